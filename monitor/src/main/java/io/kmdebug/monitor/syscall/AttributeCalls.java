package io.kmdebug.monitor.syscall;

/**
 * Extended attributes of a path, a symbolic link or a descriptor: setxattr(2), getxattr(2), listxattr(2),
 * removexattr(2) and their l and f forms, which differ in how the file is named only.
 */
final class AttributeCalls implements SyscallGroup {
    /** XATTR_SIZE_MAX, also the longest list of names. */
    private static final int MOST_BYTES = 65536;
    /** XATTR_NAME_MAX and the NUL. */
    private static final int NAME_BYTES = 256;

    private final World world;
    private final FdTable fds;
    private final Paths paths;

    AttributeCalls(World world, FdTable fds, Paths paths) {
        this.world = world;
        this.fds = fds;
        this.paths = paths;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        Scratch scratch = world.scratch();
        switch (number) {
            case Sys.FSETXATTR, Sys.FGETXATTR, Sys.FLISTXATTR, Sys.FREMOVEXATTR:
                Descriptor d = fds.acquire(a[0]);
                try {
                    return on(t.memory(), scratch, d.hostFd(), number, a);
                } finally {
                    d.release();
                }
            default:
                try (HostPath path = paths.at(t, scratch, Paths.AT_FDCWD, a[0], follows(number))) {
                    return on(t.memory(), scratch, path.address(), number, a);
                }
        }
    }

    private static boolean follows(int number) {
        return number == Sys.SETXATTR || number == Sys.GETXATTR || number == Sys.LISTXATTR || number == Sys.REMOVEXATTR;
    }

    /** @param file host descriptor or address of a path, as the call wants it */
    private long on(GuestMemory memory, Scratch scratch, long file, int number, long[] a) {
        return switch (number) {
            case Sys.SETXATTR, Sys.LSETXATTR, Sys.FSETXATTR -> set(memory, scratch, file, number, a);
            case Sys.GETXATTR, Sys.LGETXATTR, Sys.FGETXATTR -> {
                long name = name(memory, scratch, a[1]);
                int size = atMost(a[3]);
                long out = size == 0 ? 0 : scratch.allocate(size);
                yield answered(memory, scratch, world.call(number, file, name, out, size), out, a[2]);
            }
            case Sys.LISTXATTR, Sys.LLISTXATTR, Sys.FLISTXATTR -> {
                int size = atMost(a[2]);
                long out = size == 0 ? 0 : scratch.allocate(size);
                yield answered(memory, scratch, world.call(number, file, out, size), out, a[1]);
            }
            default -> world.call(number, file, name(memory, scratch, a[1]));
        };
    }

    private long set(GuestMemory memory, Scratch scratch, long file, int number, long[] a) {
        if (Long.compareUnsigned(a[3], MOST_BYTES) > 0) return -Errno.E2BIG;
        long name = name(memory, scratch, a[1]);
        long value = scratch.bytes(memory.read(a[2], (int) a[3]));
        return world.call(number, file, name, value, a[3], a[4]);
    }

    private static long answered(GuestMemory memory, Scratch scratch, long result, long from, long buffer) {
        if (result > 0 && from != 0) memory.write(buffer, scratch.read(from, (int) result));
        return result;
    }

    private static int atMost(long size) {
        return (int) Math.min(size & Long.MAX_VALUE, MOST_BYTES);
    }

    private static long name(GuestMemory memory, Scratch scratch, long pointer) {
        return scratch.string(memory.readString(pointer, NAME_BYTES));
    }
}
