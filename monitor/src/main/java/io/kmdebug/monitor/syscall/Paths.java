package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.ELOOP;
import static io.kmdebug.monitor.syscall.Errno.ENAMETOOLONG;
import static io.kmdebug.monitor.syscall.Errno.ENOENT;
import static io.kmdebug.monitor.syscall.Errno.ENOTDIR;

import org.jspecify.annotations.Nullable;

/** Turns path arguments of the payload into paths for the host: the same, but for the process's own part of /proc. */
final class Paths {
    static final int AT_FDCWD = -100;
    /** Flag of openat2(2): links in /proc that are no paths are not followed. */
    static final int RESOLVE_NO_MAGICLINKS = 2;

    private static final int O_PATH_CLOEXEC = 012000000;
    /** Bytes, the NUL included. */
    private static final int PATH_MAX = 4096;

    private static final int STAT_BYTES = 144;

    private final World world;
    private final FdTable fds;
    private final ProcFiles proc;
    private volatile @Nullable String currentProcDirectory;
    private volatile long procDevice = -1;

    Paths(World world, FdTable fds, ProcFiles proc) {
        this.world = world;
        this.fds = fds;
        this.proc = proc;
    }

    /** A path relative to the current directory; a symbolic link at its end is followed by the call. */
    HostPath at(SyscallThread thread, Scratch scratch, long pointer) {
        return at(thread, scratch, AT_FDCWD, pointer, true);
    }

    /**
     * A path relative to {@code directory}, a descriptor of the payload or AT_FDCWD.
     *
     * @param follow whether the call follows a symbolic link at the path's end
     */
    HostPath at(SyscallThread thread, Scratch scratch, long directory, long pointer, boolean follow) {
        String path = read(thread, pointer);
        Descriptor held = null;
        int hostDirectory = AT_FDCWD;
        if ((int) directory != AT_FDCWD && (path.isEmpty() || path.charAt(0) != '/')) {
            held = fds.acquire(directory);
            hostDirectory = held.hostFd();
        }
        String own = ownPath(thread, path, held);
        if (own != null) {
            if (held != null) held.release();
            return ofOwn(scratch, own, follow);
        }
        return new HostPath(hostDirectory, path, scratch.string(path), held);
    }

    /** The host's path for one below "/proc/self". */
    HostPath ofOwn(Scratch scratch, String own, boolean follow) {
        String host = proc.hostPath(own, follow);
        return new HostPath(AT_FDCWD, host, scratch.string(host), null);
    }

    /**
     * Where a path leads that the host would follow to a file of the monitor's: the path to the payload's own, which
     * need not be closed. Null when the path is good as it is. For calls that follow links to what they change or show.
     */
    @Nullable
    HostPath behindLinks(SyscallThread thread, Scratch scratch, HostPath path) {
        if (path.text().startsWith("/proc/self/")) return null;
        long how = scratch.allocate(24);
        scratch.putLong(how, O_PATH_CLOEXEC);
        scratch.putLong(how + 16, RESOLVE_NO_MAGICLINKS);
        long fd = world.own(Sys.OPENAT2, path.dirFd(), path.address(), how, 24);
        if (fd >= 0) world.own(Sys.CLOSE, fd);
        if (fd != -ELOOP && !(fd == -ENOENT && isLink(scratch, path))) return null;
        String own = throughLinks(thread, path, true);
        return own == null ? null : ofOwn(scratch, own, true);
    }

    /**
     * Whether the path names a symbolic link. One to a descriptor that the payload has and the monitor has not under that
     * number leads nowhere on the host.
     */
    boolean isLink(Scratch scratch, HostPath path) {
        return world.own(Sys.READLINKAT, path.dirFd(), path.address(), scratch.allocate(16), 16) >= 0;
    }

    /**
     * The path below "/proc/self" that a path leads to through symbolic links, or null.
     *
     * @param follow whether a link at the end counts
     */
    @Nullable
    String throughLinks(SyscallThread thread, HostPath path, boolean follow) {
        String base = path.dirFd() == AT_FDCWD ? workingDirectory() : ofHostFd(path.dirFd());
        return new ProcLinks(world, proc).resolve(thread, base, path.text(), follow);
    }

    /**
     * The path as the payload gave it, wherever it leads.
     *
     * @param rooted whether an absolute path begins at {@code directory}, too: RESOLVE_IN_ROOT and RESOLVE_BENEATH
     */
    HostPath untranslated(SyscallThread thread, Scratch scratch, long directory, long pointer, boolean rooted) {
        String path = read(thread, pointer);
        if ((int) directory == AT_FDCWD || !rooted && path.startsWith("/")) {
            return new HostPath(AT_FDCWD, path, scratch.string(path), null);
        }
        Descriptor held = fds.acquire(directory);
        return new HostPath(held.hostFd(), path, scratch.string(path), held);
    }

    String read(SyscallThread thread, long pointer) {
        String path = thread.memory().readString(pointer, PATH_MAX);
        if (path.length() >= PATH_MAX) throw new SyscallFailure(ENAMETOOLONG);
        return path;
    }

    /**
     * The path as an absolute one that begins with "/proc/self/", when it can be told from the text that it leads into
     * the process's own part of /proc; else null.
     */
    @Nullable
    String ownPath(SyscallThread thread, String path, @Nullable Descriptor directory) {
        if (path.isEmpty()) return null;
        String absolute;
        if (path.charAt(0) == '/') {
            if (!path.contains("proc/") && !path.contains("dev/")) return null;
            absolute = path;
        } else {
            String base =
                    directory == null ? currentProcDirectory : directory.file().procPath();
            if (base == null) return null;
            absolute = base + "/" + path;
        }
        return proc.own(thread, normalise(absolute));
    }

    /** The same for a path argument of a call that takes it relative to {@code directory}. */
    @Nullable
    String ownPath(SyscallThread thread, long directory, long pointer) {
        String path = read(thread, pointer);
        if ((int) directory == AT_FDCWD || path.startsWith("/")) return ownPath(thread, path, null);
        Descriptor held = fds.acquire(directory);
        try {
            return ownPath(thread, path, held);
        } finally {
            held.release();
        }
    }

    /** To be called after the current directory has changed. */
    void directoryChanged() {
        String now = workingDirectory();
        currentProcDirectory = now.startsWith("/proc/") || now.equals("/proc") ? now : null;
    }

    private String workingDirectory() {
        Scratch scratch = world.innerScratch();
        long buffer = scratch.allocate(PATH_MAX);
        long length = world.own(Sys.GETCWD, buffer, PATH_MAX);
        return length > 0 ? string(scratch.read(buffer, (int) length - 1)) : "";
    }

    /** The absolute path of an open host descriptor as the kernel knows it; not always a path at all. */
    String ofHostFd(long hostFd) {
        Scratch scratch = world.innerScratch();
        long name = scratch.string("/proc/self/fd/" + hostFd);
        long buffer = scratch.allocate(PATH_MAX);
        long length = world.own(89, name, buffer, PATH_MAX);
        return length > 0 ? string(scratch.read(buffer, (int) length)) : "";
    }

    /** Whether that is the st_dev of /proc. */
    boolean isProcDevice(long device) {
        if (procDevice == -1) {
            Scratch scratch = world.innerScratch();
            long path = scratch.string("/proc/self");
            long stat = scratch.allocate(STAT_BYTES);
            procDevice = world.own(Sys.STAT, path, stat) == 0 ? scratch.getLong(stat) : -2;
        }
        return device == procDevice;
    }

    static String string(byte[] latin1) {
        return new String(latin1, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** Without ".", ".." and empty parts, by the text alone. */
    static String normalise(String absolute) {
        if (!absolute.contains("/.") && !absolute.contains("//") && !absolute.endsWith("/")) return absolute;
        StringBuilder out = new StringBuilder();
        for (String part : absolute.split("/")) {
            if (part.isEmpty() || part.equals(".")) continue;
            if (part.equals("..")) out.setLength(Math.max(0, out.lastIndexOf("/")));
            else out.append('/').append(part);
        }
        return out.length() == 0 ? "/" : out.toString();
    }

    /** The descriptor as a directory, or ENOTDIR. */
    static Descriptor directory(Descriptor descriptor) {
        OpenFile.Kind kind = descriptor.file().kind();
        if (kind == OpenFile.Kind.DIRECTORY || kind == OpenFile.Kind.LISTED) return descriptor;
        descriptor.release();
        throw new SyscallFailure(ENOTDIR);
    }
}
