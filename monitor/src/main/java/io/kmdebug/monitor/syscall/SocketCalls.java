package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOTSOCK;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.syscall.SyscallThread.Restart;

/** The socket calls but for those with message headers: socket(7). */
final class SocketCalls implements SyscallGroup {
    /** struct sockaddr_storage. */
    static final int ADDRESS_BYTES = 128;

    private static final int SOCK_CLOEXEC = OpenCalls.O_CLOEXEC;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SOL_SOCKET = 1;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_ATTACH_BPF = 50;
    private static final int SO_PEERPIDFD = 77;
    private static final int MAX_OPTION = 65536;

    private final World world;
    private final FdTable fds;

    SocketCalls(World world, FdTable fds) {
        this.world = world;
        this.fds = fds;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        long result = serve(t, number, a);
        if (Trace.on(Trace.NETWORK)) Trace.line(Trace.NETWORK, CallText.of(t, number, a, result));
        return result;
    }

    private long serve(SyscallThread t, int number, long[] a) {
        if (number == Sys.SOCKET) return socket(a);
        if (number == Sys.SOCKETPAIR) return pair(t, a);
        Descriptor d = fds.acquire(a[0]);
        try {
            if (d.file().kind() != OpenFile.Kind.SOCKET) return -ENOTSOCK;
            return switch (number) {
                case Sys.BIND -> world.call(number, d.hostFd(), address(t, world.scratch(), a[1], a[2]), (int) a[2]);
                case Sys.CONNECT ->
                    blocking(t, d, number, d.hostFd(), address(t, world.scratch(), a[1], a[2]), (int) a[2]);
                case Sys.LISTEN, Sys.SHUTDOWN -> world.call(number, d.hostFd(), a[1]);
                case Sys.ACCEPT -> accept(t, d, a, 0);
                case Sys.ACCEPT4 -> accept(t, d, a, (int) a[3]);
                case Sys.GETSOCKNAME, Sys.GETPEERNAME -> name(t, d, number, a);
                case Sys.SENDTO -> sendto(t, d, a);
                case Sys.RECVFROM -> recvfrom(t, d, a);
                case Sys.SETSOCKOPT -> setOption(t, d, a);
                default -> option(t, d, a);
            };
        } finally {
            d.release();
        }
    }

    private long socket(long[] a) {
        fds.needRoom();
        long fd = world.call(Sys.SOCKET, a[0], a[1] | SOCK_CLOEXEC, a[2]);
        if (fd < 0) return fd;
        return fds.install(fd, new OpenFile(OpenFile.Kind.SOCKET), (a[1] & SOCK_CLOEXEC) != 0);
    }

    private long pair(SyscallThread t, long[] a) {
        t.memory().host(a[3], 8, Access.WRITE);
        Scratch scratch = world.scratch();
        long pair = scratch.allocate(8);
        long result = world.call(Sys.SOCKETPAIR, a[0], a[1] | SOCK_CLOEXEC, a[2], pair);
        if (result < 0) return result;
        return fds.installPair(t.memory(), a[3], scratch.getInt(pair), scratch.getInt(pair + 4), (int) a[1]);
    }

    private long blocking(SyscallThread t, Descriptor d, int number, long... arguments) {
        return world.blocking(t, restart(d), number, arguments);
    }

    static Restart restart(Descriptor d) {
        return d.file().hasTimeout() ? Restart.NEVER_AFTER_HANDLER : Restart.IF_SA_RESTART;
    }

    /** A copy of an address argument. */
    static long address(SyscallThread t, Scratch scratch, long pointer, long length) {
        if ((int) length < 0 || (int) length > ADDRESS_BYTES) throw new SyscallFailure(EINVAL);
        return scratch.bytes(t.memory().read(pointer, (int) length));
    }

    private long accept(SyscallThread t, Descriptor d, long[] a, int flags) {
        fds.needRoom();
        Scratch scratch = world.scratch();
        int room = a[1] == 0 ? 0 : t.memory().readInt(a[2]);
        if (room < 0) return -EINVAL;
        long address = scratch.allocate(ADDRESS_BYTES);
        long length = scratch.allocate(8);
        scratch.putInt(length, ADDRESS_BYTES);
        long fd = blocking(t, d, Sys.ACCEPT4, d.hostFd(), address, length, flags | SOCK_CLOEXEC);
        if (fd < 0) return fd;
        long number = fds.install(fd, new OpenFile(OpenFile.Kind.SOCKET), (flags & SOCK_CLOEXEC) != 0);
        if (a[1] != 0 && number >= 0) give(t, scratch, address, scratch.getInt(length), a[1], a[2], room);
        return number;
    }

    /** Writes an address as far as there is room, and its true length. */
    private static void give(
            SyscallThread t, Scratch scratch, long address, int length, long pointer, long lengthPointer, int room) {
        int bytes = Math.min(Math.min(room, length), ADDRESS_BYTES);
        t.memory().write(pointer, scratch.read(address, bytes));
        t.memory().writeInt(lengthPointer, length);
    }

    private long name(SyscallThread t, Descriptor d, int number, long[] a) {
        Scratch scratch = world.scratch();
        int room = t.memory().readInt(a[2]);
        if (room < 0) return -EINVAL;
        long address = scratch.allocate(ADDRESS_BYTES);
        long length = scratch.allocate(8);
        scratch.putInt(length, ADDRESS_BYTES);
        long result = world.call(number, d.hostFd(), address, length);
        if (result == 0) give(t, scratch, address, scratch.getInt(length), a[1], a[2], room);
        return result;
    }

    private long sendto(SyscallThread t, Descriptor d, long[] a) {
        long length = Math.min(a[2] & Long.MAX_VALUE, Iovecs.MAX_TRANSFER);
        long buffer = t.memory().range(a[1], length, Access.READ);
        Scratch scratch = world.scratch();
        long address = a[4] == 0 ? 0 : address(t, scratch, a[4], a[5]);
        int addressLength = a[4] == 0 ? 0 : (int) a[5];
        long result = blocking(
                t, d, Sys.SENDTO, d.hostFd(), buffer, length, (int) a[3] | MSG_NOSIGNAL, address, addressLength);
        return (a[3] & MSG_NOSIGNAL) != 0 ? result : TransferCalls.raisePipe(t, result);
    }

    private long recvfrom(SyscallThread t, Descriptor d, long[] a) {
        long length = Math.min(a[2] & Long.MAX_VALUE, Iovecs.MAX_TRANSFER);
        long buffer = t.memory().range(a[1], length, Access.WRITE);
        Scratch scratch = world.scratch();
        int room = a[4] == 0 ? 0 : t.memory().readInt(a[5]);
        if (room < 0) return -EINVAL;
        long address = a[4] == 0 ? 0 : scratch.allocate(ADDRESS_BYTES);
        long addressLength = scratch.allocate(8);
        scratch.putInt(addressLength, ADDRESS_BYTES);
        long result = blocking(t, d, Sys.RECVFROM, d.hostFd(), buffer, length, (int) a[3], address, addressLength);
        if (result >= 0 && a[4] != 0) give(t, scratch, address, scratch.getInt(addressLength), a[4], a[5], room);
        return result;
    }

    private long setOption(SyscallThread t, Descriptor d, long[] a) {
        if ((int) a[4] < 0) return -EINVAL;
        // No option takes more; the kernel looks at what it needs of a longer one.
        int length = Math.min((int) a[4], MAX_OPTION);
        int level = (int) a[1];
        int option = (int) a[2];
        if (level == SOL_SOCKET && option == SO_ATTACH_BPF) return -EINVAL;
        Scratch scratch = world.scratch();
        long value = a[3] == 0 ? 0 : scratch.bytes(t.memory().read(a[3], length));
        if (level == SOL_SOCKET && option == SO_ATTACH_FILTER) {
            if (length != 16) return -EINVAL;
            // struct sock_fprog: count of 8-byte instructions 2, padding 6, pointer 8
            int bytes = scratch.getShort(value) * 8;
            scratch.putLong(value + 8, scratch.bytes(t.memory().read(scratch.getLong(value + 8), bytes)));
        }
        long result = world.call(Sys.SETSOCKOPT, d.hostFd(), level, option, value, length);
        if (result == 0 && level == SOL_SOCKET && isTimeout(option)) {
            // struct timeval, 0 when there is none
            d.file().hasTimeout(scratch.getLong(value) != 0 || scratch.getLong(value + 8) != 0);
        }
        if (result == 0 && level == SOL_SOCKET && option == SO_ATTACH_FILTER)
            d.file().untold("it has a filter");
        if (result == 0 && joinsGroup(level, option)) d.file().untold("it has joined a group (multicast or anycast)");
        return result;
    }

    /** ip(7) IP_ADD_MEMBERSHIP, ..._SOURCE_...; ipv6(7) IPV6_ADD_MEMBERSHIP, ..._ANYCAST; RFC 3678 MCAST_JOIN_... */
    private static boolean joinsGroup(int level, int option) {
        boolean either = option == 42 || option == 46;
        if (level == IPPROTO_IP) return either || option == 35 || option == 39;
        return level == IPPROTO_IPV6 && (either || option == 20 || option == 27);
    }

    /** SO_RCVTIMEO and SO_SNDTIMEO, old and new. */
    private static boolean isTimeout(int option) {
        return option == 20 || option == 21 || option == 66 || option == 67;
    }

    private long option(SyscallThread t, Descriptor d, long[] a) {
        int length = t.memory().readInt(a[4]);
        if (length < 0) return -EINVAL;
        int room = Math.min(length, MAX_OPTION);
        Scratch scratch = world.scratch();
        long value = scratch.allocate(room);
        long size = scratch.allocate(8);
        scratch.putInt(size, room);
        long result = world.call(Sys.GETSOCKOPT, d.hostFd(), (int) a[1], (int) a[2], value, size);
        int used = scratch.getInt(size);
        if (result >= 0 && (int) a[1] == SOL_SOCKET && (int) a[2] == SO_PEERPIDFD && used == 4) {
            long number = fds.install(scratch.getInt(value), new OpenFile(OpenFile.Kind.OTHER), true);
            if (number < 0) return number;
            scratch.putInt(value, (int) number);
        }
        if (result >= 0 && used > 0) t.memory().write(a[3], scratch.read(value, Math.min(used, room)));
        if (result >= 0) t.memory().writeInt(a[4], used);
        return result;
    }
}
