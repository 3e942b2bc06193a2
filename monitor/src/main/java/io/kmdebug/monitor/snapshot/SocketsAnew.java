package io.kmdebug.monitor.snapshot;

import static io.kmdebug.monitor.snapshot.SocketTaken.AF_INET;
import static io.kmdebug.monitor.snapshot.SocketTaken.AF_INET6;
import static io.kmdebug.monitor.snapshot.SocketTaken.AF_UNIX;
import static io.kmdebug.monitor.snapshot.SocketTaken.SOCK_CLOEXEC;
import static io.kmdebug.monitor.snapshot.SocketTaken.SOCK_STREAM;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.FileDetails.Socket;
import io.kmdebug.monitor.state.FileDetails.SocketOption;
import io.kmdebug.monitor.state.FileDetails.SocketState;
import io.kmdebug.monitor.state.NotKeepable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Makes sockets again. A connection to another process comes back as one that the other side has reset. */
final class SocketsAnew {
    private static final int SOCKET = 41;
    private static final int CONNECT = 42;
    private static final int ACCEPT4 = 288;
    private static final int SENDTO = 44;
    private static final int BIND = 49;
    private static final int LISTEN = 50;
    private static final int GETSOCKNAME = 51;
    private static final int SOCKETPAIR = 53;
    private static final int SETSOCKOPT = 54;
    private static final int UNLINK = 87;
    private static final int FCNTL = 72;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int EADDRINUSE = 98;
    private static final int ECONNREFUSED = 111;
    private static final int SO_LINGER = 13;
    private static final int SOL_SOCKET = 1;
    private static final int MSG_NOSIGNAL_DONTWAIT = 0x4040;

    /** The ends of pairs that were not asked for yet. */
    private final Map<Long, int[]> otherEnds = new HashMap<>();

    int make(Socket details) throws NotKeepable {
        int fd = switch (details.state()) {
            case NEW, BOUND, LISTENING, CONNECTED -> named(details);
            case PAIRED -> paired(details);
            case ORPHANED -> orphaned(details);
            case RESET -> details.domain() == AF_UNIX ? resetUnix(details) : resetTcp(details);
        };
        if (details.state() != SocketState.RESET) set(fd, details);
        Native.syscall(FCNTL, fd, F_SETFL, details.flags());
        return fd;
    }

    private static long check(long result, String what) throws NotKeepable {
        if (result < 0) throw new NotKeepable(what + ": errno " + -result);
        return result;
    }

    private static void set(int fd, Socket details) {
        for (SocketOption option : details.options()) {
            byte[] value = option.value();
            long memory = HostMemory.allocate(value.length);
            HostMemory.write(memory, value, 0, value.length);
            // what the host refuses now, such as a larger limit, the socket can do without
            Native.syscall(SETSOCKOPT, fd, option.level(), option.name(), memory, value.length);
            HostMemory.free(memory);
        }
    }

    private static int socket(int domain, int type, int protocol) throws NotKeepable {
        return (int) check(Native.syscall(SOCKET, domain, type | SOCK_CLOEXEC, protocol), "no socket");
    }

    private static int named(Socket details) throws NotKeepable {
        int fd = socket(details.domain(), details.type(), details.protocol());
        // those that decide about bind, such as SO_REUSEADDR, must be there before
        set(fd, details);
        if (details.local().length > 0) {
            // the connections of the process that was, or that goes on, keep a port busy for a while
            if (details.state() == SocketState.LISTENING && details.domain() != AF_UNIX) {
                SocketTaken.setInt(fd, SOL_SOCKET, 2, 1);
            }
            bind(fd, details);
        }
        if (details.state() == SocketState.LISTENING) {
            check(Native.syscall(LISTEN, fd, details.backlog()), describe(details.local()) + " cannot be listened on");
        }
        if (details.state() == SocketState.CONNECTED) {
            long result = address(details.peer(), (at, length) -> Native.syscall(CONNECT, fd, at, length));
            check(result, describe(details.peer()) + " cannot be connected to");
        }
        return fd;
    }

    private interface WithAddress {
        long call(long address, int length);
    }

    private static long address(byte[] bytes, WithAddress call) {
        long memory = HostMemory.allocate(bytes.length);
        try {
            HostMemory.write(memory, bytes, 0, bytes.length);
            return call.call(memory, bytes.length);
        } finally {
            HostMemory.free(memory);
        }
    }

    private static void bind(int fd, Socket details) throws NotKeepable {
        byte[] local = details.local();
        long result = address(local, (at, length) -> Native.syscall(BIND, fd, at, length));
        boolean path = details.domain() == AF_UNIX && local.length > 2 && local[2] != 0;
        if (result == -EADDRINUSE && path && isDead(details)) {
            long name = HostCall.cString(path(local));
            Native.syscall(UNLINK, name);
            HostMemory.free(name);
            result = address(local, (at, length) -> Native.syscall(BIND, fd, at, length));
        }
        if (result == -EADDRINUSE) {
            throw new NotKeepable(describe(local) + " is in use: another process listens there, maybe the one that was"
                    + " snapshotted and goes on, or its old connections have not timed out yet");
        }
        check(result, describe(local) + " cannot be bound");
    }

    /** Whether a socket's file is there but nobody listens. */
    private static boolean isDead(Socket details) throws NotKeepable {
        int probe = socket(AF_UNIX, details.type(), 0);
        try {
            long result = address(details.local(), (at, length) -> Native.syscall(CONNECT, probe, at, length));
            return result == -ECONNREFUSED;
        } finally {
            HostCall.close(probe);
        }
    }

    private static String path(byte[] local) {
        int end = 2;
        while (end < local.length && local[end] != 0) end++;
        return new String(local, 2, end - 2, StandardCharsets.ISO_8859_1);
    }

    /** An address for people. */
    static String describe(byte[] address) {
        if (address.length < 2) return "an unnamed socket";
        int domain = address[0] & 0xff | (address[1] & 0xff) << 8;
        ByteBuffer view = ByteBuffer.wrap(address);
        if (domain == AF_INET && address.length >= 8) {
            return "address " + (address[4] & 0xff) + "." + (address[5] & 0xff) + "." + (address[6] & 0xff) + "."
                    + (address[7] & 0xff) + " port " + (view.getShort(2) & 0xffff);
        }
        if (domain == AF_INET6) return "IPv6 port " + (view.getShort(2) & 0xffff);
        if (domain == AF_UNIX && address.length > 2) {
            return address[2] == 0
                    ? "socket @" + new String(address, 3, address.length - 3, StandardCharsets.ISO_8859_1)
                    : "socket " + path(address);
        }
        return "an address of family " + domain;
    }

    private int[] pair(Socket details) throws NotKeepable {
        long pair = HostMemory.allocate(8);
        try {
            int type = details.type() | SOCK_CLOEXEC;
            check(Native.syscall(SOCKETPAIR, AF_UNIX, type, details.protocol(), pair), "no socket pair");
            return new int[] {high(HostMemory.getInt(pair)), high(HostMemory.getInt(pair + 4))};
        } finally {
            HostMemory.free(pair);
        }
    }

    /** The payload's descriptors stay where they are made: another's data goes through them. */
    private static int high(int low) throws NotKeepable {
        long moved =
                check(Native.syscall(FCNTL, low, F_DUPFD_CLOEXEC, HostDescriptors.LOWEST_OF_PAYLOAD), "no socket pair");
        HostCall.close(low);
        return (int) moved;
    }

    private int paired(Socket details) throws NotKeepable {
        int[] kept = otherEnds.remove(details.pair());
        int[] ends = kept == null ? pair(details) : kept;
        if (kept == null) otherEnds.put(details.pair(), new int[] {ends[1], ends[0]});
        send(ends[1], details);
        return ends[0];
    }

    private int orphaned(Socket details) throws NotKeepable {
        int[] ends = pair(details);
        send(ends[1], details);
        HostCall.close(ends[1]);
        return ends[0];
    }

    private static void send(int from, Socket details) throws NotKeepable {
        for (byte[] message : details.data()) {
            long memory = HostMemory.allocate(Math.max(1, message.length));
            try {
                HostMemory.write(memory, message, 0, message.length);
                int done = 0;
                do {
                    done += (int) check(
                            Native.syscall(
                                    SENDTO, from, memory + done, message.length - done, MSG_NOSIGNAL_DONTWAIT, 0, 0),
                            "its data cannot be put back");
                } while (done < message.length);
            } finally {
                HostMemory.free(memory);
            }
        }
    }

    /** An end whose other was closed with a byte unread: unix(7) answers that with ECONNRESET. */
    private int resetUnix(Socket details) throws NotKeepable {
        int[] ends = pair(details);
        long memory = HostMemory.allocate(8);
        Native.syscall(SENDTO, ends[0], memory, 1, MSG_NOSIGNAL_DONTWAIT, 0, 0);
        HostMemory.free(memory);
        HostCall.close(ends[1]);
        return ends[0];
    }

    /** A connection within this process whose other end is closed without lingering, which sends a reset. */
    private static int resetTcp(Socket details) throws NotKeepable {
        int domain = details.domain();
        int listener = socket(domain, SOCK_STREAM, 0);
        try {
            byte[] loopback = domain == AF_INET6 ? new byte[28] : new byte[16];
            loopback[0] = (byte) domain;
            if (domain == AF_INET) {
                loopback[4] = 127;
                loopback[7] = 1;
            } else {
                loopback[23] = 1;
            }
            check(address(loopback, (at, length) -> Native.syscall(BIND, listener, at, length)), "no loopback address");
            check(Native.syscall(LISTEN, listener, 1), "no loopback connection");
            byte[] bound = new HostFile(listener).address(GETSOCKNAME);
            if (bound == null) throw new NotKeepable("no loopback connection");
            int fd = socket(domain, SOCK_STREAM, 0);
            // options that a connected socket does not let change come first
            set(fd, details);
            check(address(bound, (at, length) -> Native.syscall(CONNECT, fd, at, length)), "no loopback connection");
            int other = (int) check(Native.syscall(ACCEPT4, listener, 0, 0, SOCK_CLOEXEC), "no loopback connection");
            long linger = HostMemory.allocate(8);
            HostMemory.putInt(linger, 1);
            Native.syscall(SETSOCKOPT, other, SOL_SOCKET, SO_LINGER, linger, 8);
            HostMemory.free(linger);
            HostCall.close(other);
            return fd;
        } finally {
            HostCall.close(listener);
        }
    }
}
