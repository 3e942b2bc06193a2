package io.kmdebug.monitor.host;

/** The few host system calls that the machine itself is built from. Results are the kernel's: minus errno on failure. */
public final class HostCall {
    public static final int PROT_NONE = 0;
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int PROT_EXEC = 4;
    public static final int MAP_SHARED = 1;
    public static final int MAP_PRIVATE = 2;
    public static final int MAP_FIXED = 0x10;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MADV_DONTNEED = 4;
    public static final int MADV_HUGEPAGE = 14;

    private static final int NR_OPEN = 2;
    private static final int NR_CLOSE = 3;
    private static final int NR_GETPID = 39;
    private static final int NR_KILL = 62;
    private static final int NR_GETTID = 186;
    private static final int NR_EXIT_GROUP = 231;
    private static final int NR_TGKILL = 234;
    private static final int NR_MREMAP = 25;
    private static final int NR_MPROTECT = 10;
    private static final int NR_MUNMAP = 11;
    private static final int NR_IOCTL = 16;
    private static final int NR_MADVISE = 28;
    private static final long MMAP = Native.address("mmap");
    /** The C library's wrappers return an int, of which only the low half is a result; this one returns a long. */
    private static final long SYSCALL = Native.address("syscall");

    private HostCall() {}

    /** open(2) of a path without NUL. */
    public static int open(String path, int flags) {
        long name = cString(path);
        try {
            return (int) Native.syscall(NR_OPEN, name, flags, 0);
        } finally {
            HostMemory.free(name);
        }
    }

    /** A NUL-terminated copy of an ISO-8859-1 string; the caller frees it. */
    public static long cString(String text) {
        int length = text.length();
        long address = HostMemory.allocate(length + 1L);
        for (int i = 0; i < length; i++) HostMemory.putByte(address + i, (byte) text.charAt(i));
        return address;
    }

    public static void close(int descriptor) {
        Native.syscall(NR_CLOSE, descriptor);
    }

    public static long mmap(long address, long length, int protection, int flags, int descriptor, long offset) {
        return Native.call(MMAP, address, length, protection, flags, descriptor, offset);
    }

    public static long mprotect(long address, long length, int protection) {
        return Native.call(SYSCALL, NR_MPROTECT, address, length, protection);
    }

    public static long munmap(long address, long length) {
        return Native.call(SYSCALL, NR_MUNMAP, address, length);
    }

    public static long madvise(long address, long length, int advice) {
        return Native.call(SYSCALL, NR_MADVISE, address, length, advice);
    }

    /** Moves pages; both ranges keep their length. */
    public static long mremapFixed(long from, long oldLength, long newLength, long to) {
        // MREMAP_MAYMOVE | MREMAP_FIXED
        return Native.syscall(NR_MREMAP, from, oldLength, newLength, 3, to);
    }

    public static long ioctl(int descriptor, long request, long argument) {
        return Native.call(SYSCALL, NR_IOCTL, descriptor, request, argument);
    }

    /** Machine code, in hexadecimal digits, on a page of its own that stays; returns its address. */
    public static long code(String hex) {
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Integer.parseInt(hex, 2 * i, 2 * i + 2, 16);
        long page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page < 0 && page > -4096) throw new HostFailure("cannot map a page", -page);
        HostMemory.write(page, bytes, 0, bytes.length);
        long result = mprotect(page, 4096, PROT_READ | PROT_EXEC);
        if (result < 0) throw new HostFailure("cannot make a page executable", -result);
        return page;
    }

    public static int getpid() {
        return (int) Native.syscall(NR_GETPID);
    }

    public static int gettid() {
        return (int) Native.syscall(NR_GETTID);
    }

    /** Ends this process without any of the JVM's shutdown. Does not return. */
    public static void exitGroup(int status) {
        Native.syscall(NR_EXIT_GROUP, status);
    }

    public static long tgkill(int pid, int tid, int signal) {
        return Native.syscall(NR_TGKILL, pid, tid, signal);
    }

    public static long kill(int pid, int signal) {
        return Native.syscall(NR_KILL, pid, signal);
    }
}
