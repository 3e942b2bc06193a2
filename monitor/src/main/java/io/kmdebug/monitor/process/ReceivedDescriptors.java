package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.OpenFileState;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.OpenFile;
import io.kmdebug.monitor.syscall.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Descriptors that a parent passed on, put where they were there: epoll(7) knows its registrations by these numbers. */
final class ReceivedDescriptors {
    private static final int NR_FCNTL = 72;
    private static final int NR_DUP3 = 292;
    private static final int F_GETFD = 1;
    private static final int F_GETFL = 3;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_NONBLOCK = 04000;
    private static final int STDERR = 2;

    private ReceivedDescriptors() {}

    /**
     * The first descriptors are those of the slots; they get the slots' host numbers, the others keep away from these.
     */
    static void arrange(int[] descriptors, List<DescriptorsState.Slot> slots) throws IOException {
        int above = 0;
        for (DescriptorsState.Slot slot : slots) above = Math.max(above, slot.hostFd() + 1);
        for (int i = 0; i < descriptors.length; i++) {
            if (descriptors[i] >= above) continue;
            int low = descriptors[i];
            descriptors[i] = (int) check(Native.syscall(NR_FCNTL, low, F_DUPFD_CLOEXEC, above));
            HostCall.close(low);
        }
        for (int i = 0; i < slots.size(); i++) {
            int wanted = slots.get(i).hostFd();
            boolean taken = wanted > STDERR && Native.syscall(NR_FCNTL, wanted, F_GETFD) >= 0;
            if (taken) throw new IOException("descriptor " + wanted + " is the monitor's own");
            // the JVM's own standard descriptors are no payload's business when it starts a program, but stay open
            check(Native.syscall(NR_DUP3, descriptors[i], wanted, wanted <= STDERR ? 0 : O_CLOEXEC));
            HostCall.close(descriptors[i]);
            descriptors[i] = wanted;
        }
    }

    /** The host descriptor of what the payload's first process was started with as its standard error, or -1. */
    static int standardError(DescriptorsState state) {
        for (DescriptorsState.Slot slot : state.slots()) {
            if (state.files().get(slot.file()).standard() == STDERR) return slot.hostFd();
        }
        return -1;
    }

    private static long check(long result) throws IOException {
        if (result < 0) throw new IOException("a descriptor cannot be taken over (errno " + -result + ")");
        return result;
    }

    /** Fills an empty table. */
    static void place(DescriptorsState state, FdTable table, World world, ProcessSignals signals) {
        List<@Nullable OpenFile> files = new ArrayList<>();
        for (int i = 0; i < state.files().size(); i++) files.add(null);
        for (DescriptorsState.Slot slot : state.slots()) {
            OpenFile file = files.get(slot.file());
            if (file == null) {
                file = open(state, slot, world, signals);
                files.set(slot.file(), file);
            }
            table.place(new FdTable.Slot(slot.fd(), slot.hostFd(), slot.closeOnExec(), file));
        }
    }

    private static OpenFile open(
            DescriptorsState state, DescriptorsState.Slot slot, World world, ProcessSignals signals) {
        OpenFileState from = state.files().get(slot.file());
        OpenFile.Kind kind = OpenFile.Kind.valueOf(from.kind());
        OpenFile file;
        if (kind == OpenFile.Kind.SIGNALFD) {
            int[] hostFds = state.slots().stream()
                    .filter(other -> other.file() == slot.file())
                    .mapToInt(DescriptorsState.Slot::hostFd)
                    .toArray();
            boolean nonBlocking = (world.own(NR_FCNTL, slot.hostFd(), F_GETFL) & O_NONBLOCK) != 0;
            file = OpenFile.signalFd(world, signals, from.signalMask(), 0, nonBlocking, hostFds);
        } else if (from.procPath() != null) {
            file = OpenFile.inProc(kind, from.procPath());
        } else {
            file = new OpenFile(kind);
        }
        file.hasTimeout(from.timeout());
        file.position(from.position());
        file.standard(from.standard());
        return file;
    }
}
