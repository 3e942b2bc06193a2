package io.kmdebug.monitor.control;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Stream sockets with a path, by descriptor: unix(7). Nothing here waits but {@link #poll}. */
final class UnixSocket {
    /** {@code sun_path} less its NUL. */
    static final int LONGEST_PATH = 107;

    private static final int NR_CLOSE = 3;
    private static final int NR_POLL = 7;
    private static final int NR_SOCKET = 41;
    private static final int NR_CONNECT = 42;
    private static final int NR_SENDTO = 44;
    private static final int NR_RECVFROM = 45;
    private static final int NR_BIND = 49;
    private static final int NR_LISTEN = 50;
    private static final int NR_FCNTL = 72;
    private static final int NR_UNLINK = 87;
    private static final int NR_FCHMOD = 91;
    private static final int NR_ACCEPT4 = 288;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOCK_NONBLOCK = 04000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int OWNER_ONLY = 0600;
    private static final int BACKLOG = 128;
    private static final int EADDRINUSE = 98;
    private static final int ECONNREFUSED = 111;
    private static final int SOCKET = 0140000;
    private static final int ADDRESS_BYTES = 110;

    private UnixSocket() {}

    /**
     * A listening socket at a path, which only this user can connect to. One that nobody listens at any more is
     * replaced.
     *
     * @param lowest the descriptor is this or the next free one
     */
    static int listen(String path, int lowest) throws IOException {
        if (path.length() > LONGEST_PATH) {
            throw new IOException(path + ": a socket's path has at most " + LONGEST_PATH + " bytes");
        }
        int made = open(SOCK_NONBLOCK);
        // Before it has a name: what it gets is what it has. Nobody connects before it listens.
        Native.syscall(NR_FCHMOD, made, OWNER_ONLY);
        long result = named(NR_BIND, made, path);
        if (result == -EADDRINUSE && isDead(path)) {
            unlink(path);
            result = named(NR_BIND, made, path);
        }
        if (result >= 0) result = Native.syscall(NR_LISTEN, made, BACKLOG);
        if (result < 0) {
            close(made);
            throw new IOException("cannot make the socket " + path + ": " + reason(-result));
        }
        long moved = Native.syscall(NR_FCNTL, made, F_DUPFD_CLOEXEC, lowest);
        if (moved < 0) return made;
        close(made);
        return (int) moved;
    }

    private static String reason(long errno) {
        if (errno == EADDRINUSE) return "it exists, and somebody listens there or it is no socket";
        if (errno == 2) return "there is no such folder";
        if (errno == 13) return "this user may not write there";
        return "errno " + errno;
    }

    private static int open(int flags) throws IOException {
        long made = Native.syscall(NR_SOCKET, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
        if (made < 0) throw new IOException("cannot make a socket: errno " + -made);
        return (int) made;
    }

    private static long named(int call, int socket, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        long address = HostMemory.allocate(ADDRESS_BYTES);
        HostMemory.putShort(address, AF_UNIX);
        HostMemory.write(address + 2, bytes, 0, bytes.length);
        long result = Native.syscall(call, socket, address, 2 + bytes.length + 1);
        HostMemory.free(address);
        return result;
    }

    /** Whether there is a socket at the path that refuses connections: its process is gone. */
    static boolean isDead(String path) throws IOException {
        if (RecordFolder.kind(path) != SOCKET) return false;
        int probe = open(SOCK_NONBLOCK);
        long result = named(NR_CONNECT, probe, path);
        close(probe);
        return result == -ECONNREFUSED;
    }

    /** Why {@link #connect} failed. */
    static String refusal(int errno) {
        return switch (errno) {
            case 2 -> "there is no such socket";
            case 13 -> "this user may not use it";
            case 111 -> "nobody listens there: the payload has ended, or it is no socket";
            default -> "errno " + errno;
        };
    }

    /** A connected socket, or minus an errno. */
    static int connect(String path) throws IOException {
        if (path.length() > LONGEST_PATH) return -36; // ENAMETOOLONG
        int made = open(0);
        long result = named(NR_CONNECT, made, path);
        if (result >= 0) return made;
        close(made);
        return (int) result;
    }

    /** A connection that waits to be taken, or minus an errno. */
    static int accept(int listener) {
        return (int) Native.syscall(NR_ACCEPT4, listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
    }

    /** What is there, at most {@code bytes}; 0 at the end, minus an errno when there is nothing yet. */
    static int receive(int socket, long buffer, int bytes) {
        return (int) Native.syscall(NR_RECVFROM, socket, buffer, bytes, MSG_DONTWAIT, 0, 0);
    }

    /** As much as the peer's buffer takes; a peer that is gone is no signal to us. */
    static int send(int socket, byte[] bytes, int from) {
        int length = bytes.length - from;
        long buffer = HostMemory.allocate(Math.max(1, length));
        HostMemory.write(buffer, bytes, from, length);
        long sent = Native.syscall(NR_SENDTO, socket, buffer, length, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0);
        HostMemory.free(buffer);
        return (int) sent;
    }

    /** poll(2) of {@code count} structs of 8 bytes; a timeout below 0 is none. */
    static int poll(long structs, int count, int timeoutMillis) {
        return (int) Native.syscall(NR_POLL, structs, count, timeoutMillis);
    }

    static void close(int descriptor) {
        Native.syscall(NR_CLOSE, descriptor);
    }

    static void unlink(String path) {
        long name = HostCall.cString(path);
        Native.syscall(NR_UNLINK, name);
        HostMemory.free(name);
    }
}
