package io.kmdebug.monitor.snapshot;

import static io.kmdebug.monitor.snapshot.FilesAnew.check;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.FileDetails;
import io.kmdebug.monitor.state.FileLock;
import io.kmdebug.monitor.state.NotKeepable;
import io.kmdebug.monitor.state.OpenFileState;
import io.kmdebug.monitor.state.SignalOwner;
import io.kmdebug.monitor.syscall.DescriptorRestore;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.World;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the descriptors of a snapshot again: their numbers, and what their files have to do with each other. */
final class DescriptorsAnew {
    /** Told of what came back otherwise than it was, a sentence each. */
    interface Remarks {
        void remark(String sentence);
    }

    private static final int FCNTL = 72;
    private static final int EPOLL_CTL = 233;
    private static final int EVENTFD2 = 290;
    private static final int EPOLL_CREATE1 = 291;
    private static final int PIPE2 = 293;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_NONBLOCK = 04000;
    private static final int O_RDWR = 2;
    private static final int LAST_STANDARD = 2;
    private static final int EPOLL_CTL_ADD = 1;

    private final DescriptorsState state;
    private final Map<Integer, Integer> inherited;
    private final Remarks remarks;
    private final SocketsAnew sockets = new SocketsAnew();
    /** Host descriptor of each open file description. */
    private final int[] hostOf;

    private final Map<Long, int[]> pipes = new HashMap<>();

    private DescriptorsAnew(DescriptorsState state, Map<Integer, Integer> inherited, Remarks remarks) {
        this.state = state;
        this.inherited = inherited;
        this.remarks = remarks;
        hostOf = new int[state.files().size()];
        Arrays.fill(hostOf, -1);
    }

    /**
     * Fills an empty table.
     *
     * @param inherited the descriptors from 3 on that this monitor was started with: the host's by number; used up
     * @throws NotKeepable naming the descriptor that cannot be made, and why
     */
    static void into(
            World world,
            FdTable table,
            ProcessSignals signals,
            DescriptorsState state,
            Map<Integer, Integer> inherited,
            Remarks remarks)
            throws NotKeepable {
        new DescriptorsAnew(state, inherited, remarks).fill(world, table, signals);
    }

    private void fill(World world, FdTable table, ProcessSignals signals) throws NotKeepable {
        List<OpenFileState> files = state.files();
        for (int i = 0; i < files.size(); i++) {
            try {
                hostOf[i] = make(files.get(i).details());
            } catch (NotKeepable e) {
                throw new NotKeepable("descriptor " + firstNumber(i) + ": " + e.getMessage());
            }
        }
        for (int host : inherited.values()) HostCall.close(host);
        List<DescriptorsState.Slot> slots = state.slots();
        int[] received = new int[slots.size()];
        boolean[] used = new boolean[hostOf.length];
        Map<Integer, Integer> hostOfGuest = new HashMap<>();
        for (int i = 0; i < received.length; i++) {
            int file = slots.get(i).file();
            received[i] = used[file] ? another(hostOf[file]) : hostOf[file];
            used[file] = true;
            hostOfGuest.put(slots.get(i).fd(), received[i]);
        }
        // new numbers are as good as the old ones: the epoll sets are made for them
        DescriptorsState placed = new DescriptorsState(renumbered(slots, received), files);
        closeUnusedStandard(received);
        DescriptorRestore.shared(world, table, signals, placed, received);
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).details() instanceof FileDetails.Poll poll) watch(hostOf[i], poll, hostOfGuest);
        }
        for (int i = 0; i < files.size(); i++) hold(i, files.get(i), hostOfGuest);
    }

    private void hold(int index, OpenFileState file, Map<Integer, Integer> hostOfGuest) throws NotKeepable {
        if (file.locks().isEmpty() && file.owner().equals(SignalOwner.NONE)) return;
        int number = firstNumber(index);
        Integer host = hostOfGuest.get(number);
        if (host == null) return;
        try {
            // a lease makes its taker the owner
            for (FileLock lock : file.locks()) LocksAnew.take(host, lock);
            SignalOwners.set(host, file.owner());
        } catch (NotKeepable e) {
            throw new NotKeepable("descriptor " + number + ": " + e.getMessage());
        }
    }

    private int firstNumber(int file) {
        for (DescriptorsState.Slot slot : state.slots()) if (slot.file() == file) return slot.fd();
        return -1;
    }

    private static List<DescriptorsState.Slot> renumbered(List<DescriptorsState.Slot> slots, int[] hostFds) {
        DescriptorsState.Slot[] out = new DescriptorsState.Slot[hostFds.length];
        for (int i = 0; i < out.length; i++) {
            DescriptorsState.Slot slot = slots.get(i);
            out[i] = new DescriptorsState.Slot(slot.fd(), hostFds[i], slot.closeOnExec(), slot.file());
        }
        return List.of(out);
    }

    private static int another(int hostFd) throws NotKeepable {
        return (int) check(
                Native.syscall(FCNTL, hostFd, F_DUPFD_CLOEXEC, HostDescriptors.LOWEST_OF_PAYLOAD),
                "cannot be duplicated");
    }

    /** What this km was started with and the payload has closed. */
    private static void closeUnusedStandard(int[] received) throws NotKeepable {
        int empty = -1;
        for (int fd = 0; fd <= LAST_STANDARD; fd++) {
            int standard = fd;
            if (Arrays.stream(received).anyMatch(host -> host == standard)) continue;
            // standard error stays the monitor's
            if (fd == LAST_STANDARD) break;
            if (empty < 0) empty = HostCall.open("/dev/null", O_RDWR | O_CLOEXEC);
            check(Native.syscall(292, empty, fd, 0), "cannot be set aside");
        }
        if (empty >= 0) HostCall.close(empty);
    }

    private int make(@org.jspecify.annotations.Nullable FileDetails details) throws NotKeepable {
        if (details == null) throw new NotKeepable("the snapshot does not say what it was");
        int made = raw(details);
        if (made > LAST_STANDARD && made < HostDescriptors.LOWEST_OF_PAYLOAD) {
            int high = another(made);
            HostCall.close(made);
            made = high;
        }
        return made;
    }

    private int raw(FileDetails details) throws NotKeepable {
        if (details instanceof FileDetails.Inherited i) return inherited(i);
        if (details instanceof FileDetails.Named n) return FilesAnew.named(n, remarks);
        if (details instanceof FileDetails.Memory m) return FilesAnew.memory(m);
        if (details instanceof FileDetails.Pipe p) return pipe(p);
        if (details instanceof FileDetails.Event e) return FilesAnew.event(e);
        if (details instanceof FileDetails.Timer t) return FilesAnew.timer(t);
        if (details instanceof FileDetails.Signals s) {
            // a stand-in: the table puts the payload's own over it
            return (int) check(Native.syscall(EVENTFD2, 0, s.flags() & O_NONBLOCK | O_CLOEXEC), "no eventfd");
        }
        if (details instanceof FileDetails.Poll)
            return (int) check(Native.syscall(EPOLL_CREATE1, O_CLOEXEC), "no epoll set");
        if (details instanceof FileDetails.Watches w) return FilesAnew.watches(w);
        if (details instanceof FileDetails.Socket s) return sockets.make(s);
        throw new NotKeepable("of a kind that this km does not know");
    }

    /** The first takes km's own descriptor, a second description of the same a duplicate. */
    private int inherited(FileDetails.Inherited details) throws NotKeepable {
        int number = details.standardFd();
        if (number > LAST_STANDARD) return inheritedBeyond(number);
        int standard = number;
        for (int used : hostOf) if (used == standard) return another(standard);
        if (new HostFile(standard).flags() < 0) {
            remarks.remark("descriptor " + standard + " is closed here: the payload has /dev/null instead");
            int empty = HostCall.open("/dev/null", O_RDWR | O_CLOEXEC);
            check(Native.syscall(292, empty, standard, 0), "cannot be replaced");
            if (empty != standard) HostCall.close(empty);
        }
        return standard;
    }

    private int inheritedBeyond(int number) throws NotKeepable {
        Integer host = inherited.get(number);
        if (host != null) return another(host);
        remarks.remark(
                "km was not started with descriptor " + number + " this time: the payload has /dev/null instead");
        return (int) check(HostCall.open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null");
    }

    private int pipe(FileDetails.Pipe details) throws NotKeepable {
        int[] ends = pipes.get(details.pipe());
        if (ends == null) {
            ends = newPipe(details);
            pipes.put(details.pipe(), ends);
        }
        byte[] data = details.data();
        if (data.length > 0) FilesAnew.write(ends[1], data);
        boolean whole = (details.flags() & 3) == O_RDWR;
        int end = HostCall.open("/proc/self/fd/" + ends[details.writeEnd() ? 1 : 0], details.flags() | O_CLOEXEC);
        check(end, "a pipe cannot be opened " + (whole ? "in both directions" : "again"));
        dropEnds(details.pipe(), ends);
        return end;
    }

    private static int[] newPipe(FileDetails.Pipe details) throws NotKeepable {
        long pair = HostMemory.allocate(8);
        try {
            check(Native.syscall(PIPE2, pair, O_CLOEXEC | O_NONBLOCK), "no pipe");
            int[] ends = {HostMemory.getInt(pair), HostMemory.getInt(pair + 4)};
            check(Native.syscall(FCNTL, ends[1], F_SETPIPE_SZ, details.capacity()), "no pipe of that capacity");
            return ends;
        } finally {
            HostMemory.free(pair);
        }
    }

    /** The ends that all others were opened from go with the last of these, so that an end of file is one. */
    private void dropEnds(long pipe, int[] ends) {
        int left = 0;
        for (int i = 0; i < hostOf.length; i++) {
            boolean same = state.files().get(i).details() instanceof FileDetails.Pipe other && other.pipe() == pipe;
            if (same && hostOf[i] < 0) left++;
        }
        // this one is not entered yet
        if (left > 1) return;
        HostCall.close(ends[0]);
        HostCall.close(ends[1]);
    }

    /** struct epoll_event: events 4, data 8. */
    private static void watch(int epoll, FileDetails.Poll poll, Map<Integer, Integer> hostOfGuest) throws NotKeepable {
        long event = HostMemory.allocate(16);
        try {
            for (FileDetails.Interest interest : poll.interests()) {
                Integer host = hostOfGuest.get(interest.fd());
                if (host == null)
                    throw new NotKeepable("an epoll set watches descriptor " + interest.fd() + ", which is not open");
                HostMemory.putInt(event, interest.events());
                HostMemory.putLong(event + 4, interest.data());
                check(
                        Native.syscall(EPOLL_CTL, epoll, EPOLL_CTL_ADD, host, event),
                        "descriptor " + interest.fd() + " cannot be put into its epoll set");
            }
        } finally {
            HostMemory.free(event);
        }
    }
}
