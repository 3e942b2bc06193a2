package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.OpenFileState;
import java.util.Arrays;
import java.util.List;

/** Makes a descriptor table of records. */
public final class DescriptorRestore {
    private static final int F_GETFD = 1;
    private static final int F_GETFL = 3;
    private static final int O_NONBLOCK = 04000;
    private static final int HIGHEST_STANDARD = 2;

    private final World world;
    private final FdTable table;
    private final ProcessSignals signals;
    private final DescriptorsState state;

    private DescriptorRestore(World world, FdTable table, ProcessSignals signals, DescriptorsState state) {
        this.world = world;
        this.table = table;
        this.signals = signals;
        this.state = state;
    }

    /**
     * Descriptors that were passed on. Each goes to the host number that it had, because epoll(7) knows its
     * registrations by that; where the number is taken in this process it stays where it is.
     *
     * @param table empty
     * @param received for each slot its host descriptor, close-on-exec; they are used up
     * @throws SyscallFailure when the host refuses to move or make one
     */
    public static void shared(
            World world, FdTable table, ProcessSignals signals, DescriptorsState state, int[] received) {
        new DescriptorRestore(world, table, signals, state).place(received);
    }

    private void place(int[] received) {
        List<DescriptorsState.Slot> slots = state.slots();
        int[] hostFds = received.clone();
        // first out of the way of each other, then to their places
        for (int i = 0; i < hostFds.length; i++)
            hostFds[i] = moved(hostFds[i], slots.get(i).hostFd(), hostFds, i);
        OpenFile[] files = new OpenFile[state.files().size()];
        for (int i = 0; i < files.length; i++) files[i] = file(i, hostFds);
        for (int i = 0; i < hostFds.length; i++) {
            DescriptorsState.Slot slot = slots.get(i);
            table.place(new FdTable.Slot(slot.fd(), hostFds[i], slot.closeOnExec(), files[slot.file()]));
        }
    }

    /** Where the descriptor ends up. A number that another received one sits on is freed by moving that one first. */
    private int moved(int hostFd, int wanted, int[] all, int index) {
        if (hostFd == wanted) return hostFd;
        for (int other = index + 1; other < all.length; other++) {
            if (all[other] != wanted) continue;
            all[other] =
                    (int) SyscallFailure.check(world.own(Sys.FCNTL, wanted, 1030, HostDescriptors.LOWEST_OF_PAYLOAD));
            world.own(Sys.CLOSE, wanted);
        }
        boolean free = wanted <= HIGHEST_STANDARD || world.own(Sys.FCNTL, wanted, F_GETFD) < 0;
        if (!free) return hostFd;
        int flags = wanted <= HIGHEST_STANDARD ? 0 : OpenCalls.O_CLOEXEC;
        SyscallFailure.check(world.own(Sys.DUP3, hostFd, wanted, flags));
        world.own(Sys.CLOSE, hostFd);
        return wanted;
    }

    private OpenFile file(int index, int[] hostFds) {
        OpenFileState file = state.files().get(index);
        OpenFile.Kind kind = OpenFile.Kind.valueOf(file.kind());
        OpenFile made;
        if (kind == OpenFile.Kind.SIGNALFD) {
            int[] own = hostFdsOf(index, hostFds);
            boolean nonBlocking = (world.own(Sys.FCNTL, own[0], F_GETFL) & O_NONBLOCK) != 0;
            made = OpenFile.signalFd(world, signals, file.signalMask(), signals.pending(), nonBlocking, own);
        } else if (file.procPath() != null) {
            made = OpenFile.inProc(kind, file.procPath());
        } else {
            made = new OpenFile(kind);
        }
        made.hasTimeout(file.timeout());
        made.position(file.position());
        made.standard(file.standard());
        return made;
    }

    private int[] hostFdsOf(int index, int[] hostFds) {
        int[] own = new int[hostFds.length];
        int count = 0;
        for (int i = 0; i < hostFds.length; i++) {
            if (state.slots().get(i).file() == index) own[count++] = hostFds[i];
        }
        return Arrays.copyOf(own, count);
    }
}
