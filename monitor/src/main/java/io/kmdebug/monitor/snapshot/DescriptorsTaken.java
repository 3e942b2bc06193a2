package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.FileDetails;
import io.kmdebug.monitor.state.FileIdentity;
import io.kmdebug.monitor.state.FileLock;
import io.kmdebug.monitor.state.NotKeepable;
import io.kmdebug.monitor.state.OpenFileState;
import io.kmdebug.monitor.syscall.DescriptorCapture;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.OpenFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at each of the payload's descriptors and notes how it can be made again, or says why it cannot. */
final class DescriptorsTaken {
    private static final int O_ASYNC = 020000;
    private static final int MOST_CONTENT = 256 << 20;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int F_GET_SEALS = 1034;
    private static final int O_ACCMODE = 3;
    private static final int O_WRONLY = 1;
    private static final int O_RDWR = 2;
    private static final int O_PATH = 010000000;
    private static final String DELETED = " (deleted)";
    private static final int FCNTL = 72;
    private static final int IN_ALL_EVENTS = 0xfff;

    private final DescriptorsState shared;
    /** The table's slot of each open file description, in the order of {@link DescriptorsState#files}. */
    private final List<FdTable.Slot> firstSlots = new ArrayList<>();

    private final List<OpenFile> files = new ArrayList<>();
    private final Map<Integer, Integer> guestOfHost = new HashMap<>();

    private DescriptorsTaken(FdTable table) {
        shared = DescriptorCapture.shared(table);
        Map<OpenFile, FdTable.Slot> first = new LinkedHashMap<>();
        for (FdTable.Slot slot : table.slots()) {
            first.putIfAbsent(slot.file(), slot);
            guestOfHost.put(slot.hostFd(), slot.number());
        }
        first.forEach((file, slot) -> {
            files.add(file);
            firstSlots.add(slot);
        });
    }

    /** @throws NotKeepable naming the descriptor, what it is, and why it cannot be kept */
    static DescriptorsState of(FdTable table) throws NotKeepable {
        return new DescriptorsTaken(table).complete();
    }

    private DescriptorsState complete() throws NotKeepable {
        List<OpenFileState> complete = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            complete.add(complete(i, details(i)));
        }
        return new DescriptorsState(shared.slots(), complete);
    }

    /** What else the host keeps with a description. */
    private OpenFileState complete(int index, FileDetails details) throws NotKeepable {
        HostFile host = new HostFile(firstSlots.get(index).hostFd());
        boolean inherited = details instanceof FileDetails.Inherited;
        String untold = files.get(index).untold();
        if (untold != null) throw refused(index, host, untold);
        try {
            List<FileLock> locks = LocksTaken.of(host, inherited);
            return shared.files().get(index).with(details, locks, SignalOwners.of(host, inherited));
        } catch (NotKeepable e) {
            throw refused(index, host, String.valueOf(e.getMessage()));
        }
    }

    private FileDetails details(int index) throws NotKeepable {
        OpenFile file = files.get(index);
        HostFile host = new HostFile(firstSlots.get(index).hostFd());
        int flags = host.flags();
        int type = host.mode() & HostFile.S_IFMT;
        // in a file it means nothing but that a lease is held
        if ((flags & O_ASYNC) != 0 && type != HostFile.S_IFREG) {
            throw refused(index, host, "it sends SIGIO (O_ASYNC)");
        }
        if (file.kind() == OpenFile.Kind.SIGNALFD) return new FileDetails.Signals(flags);
        // where output goes is for whoever starts the resuming km to say
        if (file.standard() == 1 || file.standard() == 2) return new FileDetails.Inherited(flags, file.standard());
        String link = host.link();
        return switch (type) {
            case HostFile.S_IFREG -> regular(index, host, flags, link);
            case HostFile.S_IFDIR, HostFile.S_IFBLK -> named(index, host, flags, link);
            case HostFile.S_IFCHR -> device(index, host, flags, link);
            case HostFile.S_IFIFO -> pipe(index, host, flags, link);
            case HostFile.S_IFSOCK -> socket(index, host, flags);
            default -> anonymous(index, host, flags, link);
        };
    }

    private NotKeepable refused(int index, HostFile host, String why) {
        return new NotKeepable("descriptor " + firstSlots.get(index).number() + " (" + host.link() + "): " + why);
    }

    private FileDetails regular(int index, HostFile host, int flags, String link) throws NotKeepable {
        if (host.isMessageQueue()) throw refused(index, host, "a message queue, whose messages others take meanwhile");
        if (link.startsWith("/memfd:")) {
            String name = link.substring("/memfd:".length());
            if (name.endsWith(DELETED)) name = name.substring(0, name.length() - DELETED.length());
            return memory(index, host, flags, name);
        }
        if (link.endsWith(DELETED)) {
            String path = link.substring(0, link.length() - DELETED.length());
            return memory(index, host, flags, path.substring(path.lastIndexOf('/') + 1));
        }
        return named(index, host, flags, link);
    }

    /** Its content is kept, so that nothing outside is needed to make it again. */
    private FileDetails memory(int index, HostFile host, int flags, String name) throws NotKeepable {
        FileIdentity identity = host.identity();
        long size = identity == null ? 0 : identity.size();
        if (size > MOST_CONTENT) {
            throw refused(
                    index, host, "a file without a name of " + size + " bytes; up to " + MOST_CONTENT + " are kept");
        }
        int seals = (int) io.kmdebug.monitor.host.Native.syscall(FCNTL, host.fd(), F_GET_SEALS);
        byte[] content = host.content((int) size);
        return new FileDetails.Memory(flags, name, host.offset(), Math.max(-1, seals), content);
    }

    private FileDetails named(int index, HostFile host, int flags, String link) throws NotKeepable {
        FileIdentity open = host.identity();
        String path = ownProc(link);
        FileIdentity there = HostFile.identity(link);
        if (open == null || there == null)
            throw refused(index, host, "its name is gone, so it could not be opened again");
        if (open.device() != there.device() || open.inode() != there.inode()) {
            throw refused(index, host, "another file has taken its name, so it could not be opened again");
        }
        return new FileDetails.Named(flags, path, (flags & O_PATH) != 0 ? 0 : host.offset(), open);
    }

    /** A file in the monitor's own part of /proc is that of whatever process opens it later. */
    private static String ownProc(String link) {
        String own = "/proc/" + HostCall.getpid();
        return link.startsWith(own + "/") ? "/proc/self" + link.substring(own.length()) : link;
    }

    private FileDetails device(int index, HostFile host, int flags, String link) throws NotKeepable {
        if (!host.isTerminal()) return named(index, host, flags, link);
        int standard = files.get(index).standard();
        if (standard >= 0) return new FileDetails.Inherited(flags, standard);
        for (int fd = 0; fd <= 2; fd++) {
            // the controlling terminal under another number, as shells keep one
            if (link.equals(HostFile.link("/proc/self/fd/" + fd))) return new FileDetails.Inherited(flags, fd);
        }
        return named(index, host, flags, link);
    }

    private FileDetails pipe(int index, HostFile host, int flags, String link) throws NotKeepable {
        int standard = files.get(index).standard();
        if (standard >= 0) return new FileDetails.Inherited(flags, standard);
        if (!link.startsWith("pipe:")) {
            throw refused(index, host, "a named pipe, whose other end may be another process's");
        }
        FileIdentity identity = host.identity();
        long number = identity == null ? 0 : identity.inode();
        int access = flags & O_ACCMODE;
        boolean writeEnd = access == O_WRONLY;
        boolean whole = access == O_RDWR;
        boolean first = true;
        boolean otherEnd = whole;
        for (int i = 0; i < files.size(); i++) {
            HostFile other = new HostFile(firstSlots.get(i).hostFd());
            if (i == index || !other.link().equals(link) || files.get(i).standard() >= 0) continue;
            boolean otherWrites = (other.flags() & O_ACCMODE) == O_WRONLY;
            if (otherWrites != writeEnd) otherEnd = true;
            else if (i < index) first = false;
        }
        int gone = writeEnd ? HostFile.POLLERR : HostFile.POLLHUP;
        if (!otherEnd && (host.events(HostFile.POLLIN) & gone) == 0) {
            throw refused(index, host, "a pipe whose other end another process has");
        }
        byte[] data = writeEnd || !first ? new byte[0] : PipeData.copy(host);
        int capacity = (int) io.kmdebug.monitor.host.Native.syscall(FCNTL, host.fd(), F_GETPIPE_SZ);
        return new FileDetails.Pipe(flags, number, writeEnd, capacity, data);
    }

    private FileDetails socket(int index, HostFile host, int flags) throws NotKeepable {
        int standard = files.get(index).standard();
        if (standard >= 0) return new FileDetails.Inherited(flags, standard);
        OpenFile peer = files.get(index).peer();
        boolean hasPeer = peer != null && files.contains(peer);
        long pair = hasPeer && peer != null ? 1 + Math.min(index, files.indexOf(peer)) : 0;
        try {
            return new SocketTaken(host, flags, pair).details();
        } catch (NotKeepable e) {
            throw refused(index, host, String.valueOf(e.getMessage()));
        }
    }

    private FileDetails anonymous(int index, HostFile host, int flags, String link) throws NotKeepable {
        return switch (link) {
            case "anon_inode:[eventfd]" -> event(host, flags);
            case "anon_inode:[timerfd]" -> timer(host, flags);
            case "anon_inode:[eventpoll]" -> poll(index, host, flags);
            case "anon_inode:inotify" -> watches(index, host, flags);
            default -> throw refused(index, host, "this kind of file cannot be made again");
        };
    }

    private static FileDetails event(HostFile host, int flags) {
        String count = host.information("eventfd-count");
        String semaphore = host.information("eventfd-semaphore");
        long value = count == null ? 0 : Long.parseUnsignedLong(count, 16);
        return new FileDetails.Event(flags, value, "1".equals(semaphore));
    }

    /** fdinfo: clockid, ticks, settime flags, it_value and it_interval as (seconds, nanoseconds). proc_pid_fdinfo(5). */
    private static FileDetails timer(HostFile host, int flags) {
        String clock = host.information("clockid");
        String ticks = host.information("ticks");
        return new FileDetails.Timer(
                flags,
                clock == null ? 1 : Integer.parseInt(clock),
                ticks == null ? 0 : Long.parseLong(ticks),
                nanoseconds(host.information("it_value")),
                nanoseconds(host.information("it_interval")));
    }

    private static long nanoseconds(@org.jspecify.annotations.Nullable String pair) {
        if (pair == null) return 0;
        int comma = pair.indexOf(',');
        long seconds = Long.parseLong(pair.substring(1, comma).trim());
        return seconds * 1_000_000_000L
                + Long.parseLong(pair.substring(comma + 1, pair.length() - 1).trim());
    }

    /** fdinfo: "tfd: N events: HEX data: HEX pos:N ino:HEX sdev:HEX" for each. proc_pid_fdinfo(5). */
    private FileDetails poll(int index, HostFile host, int flags) throws NotKeepable {
        List<FileDetails.Interest> interests = new ArrayList<>();
        for (String line : host.information()) {
            if (!line.startsWith("tfd:")) continue;
            String[] words = line.replace(":", ": ").trim().split("\\s+");
            int hostFd = Integer.parseInt(words[1]);
            Integer guest = guestOfHost.get(hostFd);
            FileIdentity there = new HostFile(hostFd).identity();
            long inode = words.length > 9 ? Long.parseUnsignedLong(words[9], 16) : 0;
            if (guest == null || there == null || there.inode() != inode) {
                throw refused(
                        index, host, "it watches a file whose descriptor is closed but which is open under another");
            }
            int events = Integer.parseUnsignedInt(words[3], 16);
            interests.add(new FileDetails.Interest(guest, events, Long.parseUnsignedLong(words[5], 16)));
        }
        return new FileDetails.Poll(flags, interests);
    }

    /** fdinfo: "inotify wd:HEX ino:HEX sdev:HEX mask:HEX ...". proc_pid_fdinfo(5). */
    private static String value(String line, String name) {
        int start = line.indexOf(name) + name.length();
        int end = line.indexOf(' ', start);
        return line.substring(start, end < 0 ? line.length() : end);
    }

    private FileDetails watches(int index, HostFile host, int flags) throws NotKeepable {
        if (host.waiting() > 0) throw refused(index, host, "inotify events wait to be read");
        List<FileDetails.Watch> watches = new ArrayList<>();
        for (String line : host.information()) {
            if (!line.startsWith("inotify ")) continue;
            int number = Integer.parseUnsignedInt(value(line, " wd:"), 16);
            String path = files.get(index).watched(number);
            FileIdentity there = path.isEmpty() ? null : HostFile.identity(path);
            if (there == null || there.inode() != Long.parseUnsignedLong(value(line, " ino:"), 16)) {
                throw refused(index, host, "watch " + number + " is of a file that cannot be found again by its path");
            }
            // those of the host that a caller cannot ask for are left out: IN_UNMOUNT, IN_Q_OVERFLOW, IN_IGNORED...
            int mask = Integer.parseUnsignedInt(value(line, " mask:"), 16) & IN_ALL_EVENTS;
            watches.add(new FileDetails.Watch(number, path, mask));
        }
        watches.sort(Comparator.comparingInt(FileDetails.Watch::number));
        return new FileDetails.Watches(flags, watches);
    }
}
