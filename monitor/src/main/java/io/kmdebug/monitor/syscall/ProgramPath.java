package io.kmdebug.monitor.syscall;

/**
 * The path argument of execve(2) and execveat(2).
 *
 * @param host as the host is to see it; relative to the current directory or absolute
 * @param shown what AT_EXECFN and a script's argv say
 * @param closesFirst whether it goes through a descriptor that exec closes, so that no script can be read through it
 */
public record ProgramPath(String host, String shown, boolean closesFirst) {
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int READLINK = 89;

    /** @throws SyscallFailure with execveat(2)'s error number */
    static ProgramPath read(
            World world, FdTable fds, Paths paths, SyscallThread thread, long directory, long pointer, int flags) {
        if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) throw new SyscallFailure(Errno.EINVAL);
        String path = paths.read(thread, pointer);
        if (path.isEmpty() && (flags & AT_EMPTY_PATH) == 0) throw new SyscallFailure(Errno.ENOENT);
        boolean relative = path.isEmpty() || path.charAt(0) != '/';
        Scratch scratch = world.scratch();
        try (HostPath found =
                path.isEmpty() ? opened(fds, directory) : paths.at(thread, scratch, directory, pointer, true)) {
            Descriptor through = found.directory();
            boolean byDescriptor = through != null;
            String host = byDescriptor ? "/proc/self/fd/" + found.dirFd() : found.text();
            if (byDescriptor && !path.isEmpty()) host = host + "/" + found.text();
            boolean link = (flags & AT_SYMLINK_NOFOLLOW) != 0
                    && !path.isEmpty()
                    && world.call(READLINK, scratch.string(host), scratch.allocate(16), 16) >= 0;
            if (link) throw new SyscallFailure(Errno.ELOOP);
            String shown = path;
            if (relative && (int) directory != AT_FDCWD) {
                shown = "/dev/fd/" + directory + (path.isEmpty() ? "" : "/" + path);
            }
            boolean closes = through != null && through.closeOnExec();
            return new ProgramPath(host, shown, closes);
        }
    }

    private static HostPath opened(FdTable fds, long fd) {
        if ((int) fd == AT_FDCWD) throw new SyscallFailure(Errno.EACCES);
        Descriptor held = fds.acquire(fd);
        return new HostPath(held.hostFd(), "", 0, held);
    }
}
