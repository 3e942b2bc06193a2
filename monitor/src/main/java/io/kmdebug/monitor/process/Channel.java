package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.io.EOFException;
import java.io.IOException;

/**
 * A unix stream socket between two monitors: messages of a kind, bytes and descriptors. On the wire: kind u32, number of
 * bytes u32, number of descriptors u32, then the descriptors by SCM_RIGHTS with one byte for each 200 of them, then the
 * bytes. Little-endian, as both ends are this host's. unix(7), cmsg(3).
 */
public final class Channel implements AutoCloseable {
    private static final int NR_READ = 0;
    private static final int NR_POLL = 7;
    private static final int NR_SENDTO = 44;
    private static final int NR_SENDMSG = 46;
    private static final int NR_RECVMSG = 47;
    private static final int NR_SHUTDOWN = 48;
    private static final int SHUT_RDWR = 2;
    private static final int NR_SOCKETPAIR = 53;
    private static final int NR_FCNTL = 72;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 02000001;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int EINTR = 4;
    private static final int HEADER_BYTES = 12;
    private static final int CMSG_HEADER_BYTES = 16;
    private static final int MSGHDR_BYTES = 56;
    private static final int DESCRIPTORS_AT_ONCE = 200;
    private static final int LARGEST_MESSAGE = 1 << 28;
    private static final short POLLIN = 1;
    private static final short POLLHUP = 16;

    private final int descriptor;
    private boolean closed;

    /** What came: {@code descriptors} are ours now. */
    public record Message(int kind, byte[] bytes, int[] descriptors) {}

    public Channel(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Two ends, above the numbers that the JVM uses. */
    public static Channel[] pair() {
        long ends = HostMemory.allocate(8);
        try {
            long result = Native.syscall(NR_SOCKETPAIR, AF_UNIX, SOCK_STREAM_CLOEXEC, 0, ends);
            if (result < 0) throw new HostFailure("cannot make a socket", -result);
            return new Channel[] {
                new Channel(aside(HostMemory.getInt(ends))), new Channel(aside(HostMemory.getInt(ends + 4)))
            };
        } finally {
            HostMemory.free(ends);
        }
    }

    private static int aside(int low) {
        long high = Native.syscall(NR_FCNTL, low, F_DUPFD_CLOEXEC, HostDescriptors.LOWEST_OF_PAYLOAD);
        if (high < 0) return low;
        HostCall.close(low);
        return (int) high;
    }

    public int descriptor() {
        return descriptor;
    }

    public void send(int kind, byte[] bytes, int... descriptors) throws IOException {
        long buffer = HostMemory.allocate(HEADER_BYTES + bytes.length);
        try {
            HostMemory.putInt(buffer, kind);
            HostMemory.putInt(buffer + 4, bytes.length);
            HostMemory.putInt(buffer + 8, descriptors.length);
            HostMemory.write(buffer + HEADER_BYTES, bytes, 0, bytes.length);
            if (descriptors.length == 0) {
                write(buffer, HEADER_BYTES + bytes.length);
                return;
            }
            write(buffer, HEADER_BYTES);
            for (int from = 0; from < descriptors.length; from += DESCRIPTORS_AT_ONCE) {
                pass(descriptors, from, Math.min(DESCRIPTORS_AT_ONCE, descriptors.length - from));
            }
            write(buffer + HEADER_BYTES, bytes.length);
        } finally {
            HostMemory.free(buffer);
        }
    }

    private void write(long from, long length) throws IOException {
        long done = 0;
        while (done < length) {
            long n = Native.syscall(NR_SENDTO, descriptor, from + done, length - done, MSG_NOSIGNAL, 0, 0);
            if (n == -EINTR) continue;
            if (n <= 0) throw new IOException("the other monitor is gone (errno " + -n + ")");
            done += n;
        }
    }

    private void pass(int[] descriptors, int from, int count) throws IOException {
        long header = message(count);
        try {
            long control = header + MSGHDR_BYTES + 32;
            HostMemory.putLong(control, CMSG_HEADER_BYTES + 4L * count);
            HostMemory.putInt(control + 8, SOL_SOCKET);
            HostMemory.putInt(control + 12, SCM_RIGHTS);
            for (int i = 0; i < count; i++) {
                HostMemory.putInt(control + CMSG_HEADER_BYTES + 4L * i, descriptors[from + i]);
            }
            long n;
            do n = Native.syscall(NR_SENDMSG, descriptor, header, MSG_NOSIGNAL);
            while (n == -EINTR);
            if (n != 1) throw new IOException("descriptors cannot be passed on (errno " + -n + ")");
        } finally {
            HostMemory.free(header);
        }
    }

    /** struct msghdr, its iovec over one byte, and room for so many descriptors behind it. */
    private static long message(int descriptors) {
        int controlBytes = CMSG_HEADER_BYTES + (4 * descriptors + 7 & -8);
        long header = HostMemory.allocate(MSGHDR_BYTES + 32 + controlBytes);
        long vector = header + MSGHDR_BYTES;
        HostMemory.putLong(vector, vector + 16);
        HostMemory.putLong(vector + 8, 1);
        HostMemory.putLong(header + 16, vector);
        HostMemory.putLong(header + 24, 1);
        HostMemory.putLong(header + 32, vector + 32);
        HostMemory.putLong(header + 40, CMSG_HEADER_BYTES + 4L * descriptors);
        return header;
    }

    /**
     * Waits for the next message.
     *
     * @throws EOFException when the other end is closed
     */
    public Message receive() throws IOException {
        byte[] header = read(HEADER_BYTES);
        int kind = int32(header, 0);
        int length = int32(header, 4);
        int count = int32(header, 8);
        if (length < 0 || length > LARGEST_MESSAGE || count < 0 || count > LARGEST_MESSAGE) {
            throw new IOException("message of " + length + " bytes and " + count + " descriptors");
        }
        int[] descriptors = new int[count];
        for (int from = 0; from < count; from += DESCRIPTORS_AT_ONCE) {
            take(descriptors, from, Math.min(DESCRIPTORS_AT_ONCE, count - from));
        }
        return new Message(kind, read(length), descriptors);
    }

    /** @throws IOException also for another kind of message */
    Message receive(int kind) throws IOException {
        Message message = receive();
        if (message.kind() != kind) throw new IOException("message " + message.kind() + " instead of " + kind);
        return message;
    }

    private static int int32(byte[] bytes, int at) {
        return bytes[at] & 0xff
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | (bytes[at + 3] & 0xff) << 24;
    }

    private byte[] read(int length) throws IOException {
        long buffer = HostMemory.allocate(Math.max(1, length));
        try {
            int done = 0;
            while (done < length) {
                long n = Native.syscall(NR_READ, descriptor, buffer + done, length - done);
                if (n == -EINTR) continue;
                if (n == 0) throw new EOFException("the other monitor is gone");
                if (n < 0) throw new IOException("cannot read from the other monitor (errno " + -n + ")");
                done += (int) n;
            }
            return HostMemory.read(buffer, length);
        } finally {
            HostMemory.free(buffer);
        }
    }

    private void take(int[] into, int from, int count) throws IOException {
        long header = message(count);
        try {
            long n;
            do n = Native.syscall(NR_RECVMSG, descriptor, header, MSG_CMSG_CLOEXEC);
            while (n == -EINTR);
            long control = header + MSGHDR_BYTES + 32;
            long got = HostMemory.getLong(control) - CMSG_HEADER_BYTES;
            if (n != 1 || got != 4L * count) {
                throw new IOException(count + " descriptors were sent, " + Math.max(0, got / 4) + " came");
            }
            for (int i = 0; i < count; i++) into[from + i] = HostMemory.getInt(control + CMSG_HEADER_BYTES + 4L * i);
        } finally {
            HostMemory.free(header);
        }
    }

    /** Whether the other end is closed, as it is when its process has ended. */
    boolean isOver() {
        return becomes(POLLHUP, 0);
    }

    /** Whether something came, or the other end is gone. */
    boolean hasInput() {
        return awaitInput(0);
    }

    /** Waits so long until something comes, or the other end is gone; false when nothing did. */
    boolean awaitInput(int millis) {
        return becomes((short) (POLLIN | POLLHUP), millis);
    }

    private boolean becomes(short events, int millis) {
        long poll = HostMemory.allocate(8);
        try {
            HostMemory.putInt(poll, descriptor);
            HostMemory.putShort(poll + 4, events);
            long n = Native.syscall(NR_POLL, poll, 1, millis);
            return n > 0 && (HostMemory.getShort(poll + 6) & events) != 0;
        } finally {
            HostMemory.free(poll);
        }
    }

    /** Both directions end; whoever waits is told. */
    public synchronized void shutDown() {
        if (!closed) Native.syscall(NR_SHUTDOWN, descriptor, SHUT_RDWR);
    }

    @Override
    public synchronized void close() {
        if (!closed) HostCall.close(descriptor);
        closed = true;
    }
}
