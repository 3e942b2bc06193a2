package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.FileDetails.Socket;
import io.kmdebug.monitor.state.FileDetails.SocketOption;
import io.kmdebug.monitor.state.FileDetails.SocketState;
import io.kmdebug.monitor.state.NotKeepable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a socket can be made again. socket(7), tcp(7), unix(7). */
final class SocketTaken {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_SEQPACKET = 5;
    static final int SOCK_CLOEXEC = 02000000;

    private static final int SOCKET = 41;
    private static final int RECVMSG = 47;
    private static final int SETSOCKOPT = 54;
    private static final int GETSOCKNAME = 51;
    private static final int GETPEERNAME = 52;
    private static final int SOL_SOCKET = 1;
    private static final int IPPROTO_TCP = 6;
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_DOMAIN = 39;
    private static final int SO_PEEK_OFF = 42;
    private static final int TCP_INFO = 11;
    /** In struct tcp_info: of a listening socket, its backlog. */
    private static final int TCPI_SACKED = 28;

    private static final int TCP_SYN_SENT = 2;
    private static final int DEFAULT_BACKLOG = 4096;
    private static final int MSG_PEEK_DONTWAIT = 0x42;
    private static final int MSG_TRUNC = 0x20;

    /** Level, name and bytes of the options that are carried over. */
    private static final int[][] OPTIONS = {
        {SOL_SOCKET, 2, 4}, // SO_REUSEADDR
        {SOL_SOCKET, 5, 4}, // SO_DONTROUTE
        {SOL_SOCKET, 6, 4}, // SO_BROADCAST
        {SOL_SOCKET, 9, 4}, // SO_KEEPALIVE
        {SOL_SOCKET, 10, 4}, // SO_OOBINLINE
        {SOL_SOCKET, 13, 8}, // SO_LINGER
        {SOL_SOCKET, 15, 4}, // SO_REUSEPORT
        {SOL_SOCKET, 16, 4}, // SO_PASSCRED
        {SOL_SOCKET, 18, 4}, // SO_RCVLOWAT
        {SOL_SOCKET, 20, 16}, // SO_RCVTIMEO
        {SOL_SOCKET, 21, 16}, // SO_SNDTIMEO
        {SOL_SOCKET, 29, 4}, // SO_TIMESTAMP
        {41, 26, 4}, // IPV6_V6ONLY
        {IPPROTO_TCP, 1, 4}, // TCP_NODELAY
        {IPPROTO_TCP, 4, 4}, // TCP_KEEPIDLE
        {IPPROTO_TCP, 5, 4}, // TCP_KEEPINTVL
        {IPPROTO_TCP, 6, 4}, // TCP_KEEPCNT
        {IPPROTO_TCP, 9, 4}, // TCP_DEFER_ACCEPT
        {IPPROTO_TCP, 18, 4}, // TCP_USER_TIMEOUT
        {IPPROTO_TCP, 23, 4}, // TCP_FASTOPEN
    };

    private final HostFile host;
    private final int flags;
    private final long pair;
    private final int domain;
    private final int type;
    private final int protocol;

    /** @param pair number that it shares with its peer, when the payload has both; else 0 */
    SocketTaken(HostFile host, int flags, long pair) {
        this.host = host;
        this.flags = flags;
        this.pair = pair;
        domain = host.option(SOL_SOCKET, SO_DOMAIN);
        type = host.option(SOL_SOCKET, SO_TYPE);
        protocol = host.option(SOL_SOCKET, SO_PROTOCOL);
    }

    Socket details() throws NotKeepable {
        byte[] local = bound(host.address(GETSOCKNAME));
        byte @Nullable [] peer = host.address(GETPEERNAME);
        boolean listening = host.option(SOL_SOCKET, SO_ACCEPTCONN) == 1;
        return switch (domain) {
            case AF_INET, AF_INET6 -> internet(local, peer, listening);
            case AF_UNIX -> unix(local, peer, listening);
            case AF_NETLINK -> made(SocketState.BOUND, 0, netlink(local), new byte[0], List.of());
            default -> throw new NotKeepable("sockets of address family " + domain + " cannot be made again");
        };
    }

    private Socket made(SocketState state, int backlog, byte[] local, byte[] peer, List<byte[]> data) {
        return new Socket(flags, domain, type, protocol, state, backlog, local, peer, pair, data, options());
    }

    /** Without a name it is as good as not bound. */
    private byte[] bound(byte @Nullable [] address) {
        if (address == null) return new byte[0];
        ByteBuffer view = ByteBuffer.wrap(address);
        boolean internet = domain == AF_INET || domain == AF_INET6;
        boolean none = internet ? view.getShort(2) == 0 && type != SOCK_RAW : address.length <= 2;
        return none ? new byte[0] : address;
    }

    /** sockaddr_nl: the port number, at 4, is another process's then; the groups, at 8, stay. */
    private static byte[] netlink(byte[] local) {
        byte[] address = Arrays.copyOf(local, 12);
        ByteBuffer.wrap(address)
                .order(ByteOrder.nativeOrder())
                .putShort(0, (short) AF_NETLINK)
                .putInt(4, 0);
        return address;
    }

    private Socket internet(byte[] local, byte @Nullable [] peer, boolean listening) throws NotKeepable {
        byte[] none = new byte[0];
        if (type == SOCK_DGRAM) {
            if (peer != null) return made(SocketState.CONNECTED, 0, local, peer, List.of());
            return made(local.length == 0 ? SocketState.NEW : SocketState.BOUND, 0, local, none, List.of());
        }
        if (type != SOCK_STREAM) throw new NotKeepable("raw sockets cannot be made again");
        if (listening) return made(SocketState.LISTENING, tcp(TCPI_SACKED), local, none, List.of());
        if (peer != null || tcpState() == TCP_SYN_SENT) return made(SocketState.RESET, 0, none, none, List.of());
        return made(local.length == 0 ? SocketState.NEW : SocketState.BOUND, 0, local, none, List.of());
    }

    private int tcpState() {
        byte[] info = host.option(IPPROTO_TCP, TCP_INFO, 104);
        return info == null || info.length == 0 ? 0 : info[0];
    }

    private int tcp(int at) {
        byte[] info = host.option(IPPROTO_TCP, TCP_INFO, 104);
        if (info == null || info.length < at + 4) return DEFAULT_BACKLOG;
        return ByteBuffer.wrap(info).order(ByteOrder.nativeOrder()).getInt(at);
    }

    private Socket unix(byte[] local, byte @Nullable [] peer, boolean listening) throws NotKeepable {
        byte[] none = new byte[0];
        if (listening) return made(SocketState.LISTENING, DEFAULT_BACKLOG, local, none, List.of());
        if (pair != 0) return made(SocketState.PAIRED, 0, none, none, waitingMessages());
        if (peer == null)
            return made(local.length == 0 ? SocketState.NEW : SocketState.BOUND, 0, local, none, List.of());
        if ((host.events(HostFile.POLLIN) & HostFile.POLLHUP) != 0) {
            return made(SocketState.ORPHANED, 0, none, none, waitingMessages());
        }
        if (type == SOCK_DGRAM && peer.length > 2) return made(SocketState.CONNECTED, 0, local, peer, List.of());
        if (type == SOCK_DGRAM) throw new NotKeepable("a socket pair whose other end another process has");
        return made(SocketState.RESET, 0, none, none, List.of());
    }

    /** All that waits to be read, left where it is: SO_PEEK_OFF of unix(7). */
    private List<byte[]> waitingMessages() throws NotKeepable {
        List<byte[]> messages = new ArrayList<>();
        setInt(host.fd(), SOL_SOCKET, SO_PEEK_OFF, 0);
        try {
            int most = Math.max(host.waiting(), 1 << 16);
            while (true) {
                byte[] message = peek(most);
                if (message == null) return messages;
                messages.add(message);
            }
        } finally {
            setInt(host.fd(), SOL_SOCKET, SO_PEEK_OFF, -1);
        }
    }

    /** struct msghdr: name 8, namelen 8, iov 8, iovlen 8, control 8, controllen 8, flags 4. recvmsg(2). */
    private byte @Nullable [] peek(int most) throws NotKeepable {
        long header = HostMemory.allocate(56 + 16 + 256L + most);
        try {
            long vector = header + 56;
            long control = vector + 16;
            long buffer = control + 256;
            HostMemory.putLong(header + 16, vector);
            HostMemory.putLong(header + 24, 1);
            HostMemory.putLong(header + 32, control);
            HostMemory.putLong(header + 40, 256);
            HostMemory.putLong(vector, buffer);
            HostMemory.putLong(vector + 8, most);
            long got = Native.syscall(RECVMSG, host.fd(), header, MSG_PEEK_DONTWAIT | SOCK_CLOEXEC_IN_MESSAGES);
            if (got < 0) return null;
            closeReceived(control, HostMemory.getLong(header + 40));
            if ((HostMemory.getInt(header + 48) & MSG_TRUNC) != 0) {
                throw new NotKeepable("a message longer than " + most + " bytes waits in it");
            }
            // a stream whose peer has shut down reads as empty
            if (got == 0 && type == SOCK_STREAM) return null;
            return HostMemory.read(buffer, (int) got);
        } finally {
            HostMemory.free(header);
        }
    }

    private static final int SOCK_CLOEXEC_IN_MESSAGES = 0x40000000;

    /** struct cmsghdr: length 8, level 4, type 4. Looking at a message with descriptors makes some. */
    private static void closeReceived(long control, long bytes) throws NotKeepable {
        if (bytes < 16) return;
        boolean rights = HostMemory.getInt(control + 8) == SOL_SOCKET && HostMemory.getInt(control + 12) == 1;
        if (!rights) return;
        long end = control + HostMemory.getLong(control);
        for (long at = control + 16; at + 4 <= end; at += 4) HostCall.close(HostMemory.getInt(at));
        throw new NotKeepable("a message with descriptors (SCM_RIGHTS) waits in it");
    }

    /** Those that a new socket of the kind has otherwise. */
    private List<SocketOption> options() {
        int fresh = (int) Native.syscall(SOCKET, domain, type | SOCK_CLOEXEC, protocol);
        if (fresh < 0) return List.of();
        try {
            List<SocketOption> options = new ArrayList<>();
            HostFile plain = new HostFile(fresh);
            for (int[] option : OPTIONS) {
                byte[] value = host.option(option[0], option[1], option[2]);
                if (value == null || Arrays.equals(value, plain.option(option[0], option[1], option[2]))) continue;
                options.add(new SocketOption(option[0], option[1], value));
            }
            return options;
        } finally {
            HostCall.close(fresh);
        }
    }

    static void setInt(int fd, int level, int name, int value) {
        long memory = HostMemory.allocate(8);
        HostMemory.putInt(memory, value);
        Native.syscall(SETSOCKOPT, fd, level, name, memory, 4);
        HostMemory.free(memory);
    }
}
