package io.kmdebug.coredump;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * KM's notes about what a snapshot restores besides memory and registers, in KM's layouts (little-endian, C alignment).
 */
public final class KmSnapshotNote {
    /** How KM knows a descriptor came to be. */
    public enum How {
        OPEN,
        PIPE_READ_END,
        PIPE_WRITE_END,
        EPOLL,
        SOCKET,
        ACCEPT,
        SOCKETPAIR_FIRST,
        SOCKETPAIR_SECOND,
        RECEIVED,
        EVENTFD,
        TIMERFD
    }

    /** An entry of an epoll set. */
    public record Interest(int fd, int events, long data) {}

    private static final int VCPU_HEADER = 96;
    private static final int KVM_XSAVE_BYTES = 4096;
    private static final int FORMAT_KVM_XSAVE = 2;
    private static final int FILE_HEADER = 40;
    private static final int SOCKET_HEADER = 44;

    private KmSnapshotNote() {}

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static CoreNote note(int type, ByteBuffer content) {
        return new CoreNote(KmNoteType.OWNER, type, content.array());
    }

    /** NT_KM_VCPU. KM numbers virtual CPUs from 0 and threads from 1. */
    public static CoreNote vcpu(
            int tid, long fsBase, long clearChildTid, long stack, int stackFlags, long stackBytes, byte[] xsave) {
        ByteBuffer out = buffer(VCPU_HEADER + KVM_XSAVE_BYTES);
        out.putInt(0, tid - 1).putLong(16, fsBase).putLong(32, clearChildTid);
        out.putLong(40, stack).putInt(48, stackFlags).putLong(56, stackBytes);
        out.putInt(92, FORMAT_KVM_XSAVE);
        out.put(VCPU_HEADER, xsave, 0, Math.min(xsave.length, KVM_XSAVE_BYTES));
        return note(KmNoteType.VCPU, out);
    }

    /** NT_KM_DYNLINKER. */
    public static CoreNote dynamicLinker(GuestImage image, byte[] elfHeader, byte[] programHeaders) {
        byte[] name = (image.path() + "\0").getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = buffer(8 + elfHeader.length + programHeaders.length + name.length);
        out.putLong(image.loadAdjust()).put(elfHeader).put(programHeaders).put(name);
        return note(KmNoteType.DYNLINKER, out);
    }

    /** NT_KM_SIGHAND; KM has room for the low 32 signals of the mask. */
    public static CoreNote signalAction(int signal, long handler, long flags, long mask, long restorer) {
        ByteBuffer out = buffer(32);
        out.putInt(32)
                .putInt(signal)
                .putLong(handler)
                .putInt((int) flags)
                .putInt((int) mask)
                .putLong(restorer);
        return note(KmNoteType.SIGHAND, out);
    }

    /**
     * NT_KM_FILE.
     *
     * @param data offset of a file, the other end's descriptor of a pipe
     * @param buffered what waits in a pipe
     */
    public static CoreNote file(
            int fd, How how, int flags, int mode, int pipeBytes, long data, String path, byte[] buffered) {
        byte[] name = (path + "\0").getBytes(StandardCharsets.ISO_8859_1);
        int nameBytes = (name.length + 3) & ~3;
        int size = FILE_HEADER + nameBytes + buffered.length;
        ByteBuffer out = buffer(size);
        out.putInt(size)
                .putInt(fd)
                .putInt(how.ordinal())
                .putInt(flags)
                .putInt(mode)
                .putInt(pipeBytes)
                .putLong(data);
        out.putInt(buffered.length);
        out.put(FILE_HEADER, name).put(FILE_HEADER + nameBytes, buffered);
        return note(KmNoteType.FILE, out);
    }

    /** NT_KM_EVENTFD, with the count where a file's offset is. */
    public static CoreNote event(int fd, int flags, long count) {
        ByteBuffer out = buffer(FILE_HEADER);
        out.putInt(FILE_HEADER).putInt(fd).putInt(How.EVENTFD.ordinal()).putInt(flags);
        out.putLong(24, count);
        return note(KmNoteType.EVENTFD, out);
    }

    /**
     * NT_KM_SOCKET.
     *
     * @param state 0 open, 1 bound, 2 listening, 3 accepted, 4 connected, 5 error
     */
    public static CoreNote socket(
            int fd,
            How how,
            int state,
            int backlog,
            int domain,
            int type,
            int protocol,
            int peer,
            byte[] address,
            byte[] buffered) {
        int size = SOCKET_HEADER + address.length + buffered.length;
        ByteBuffer out = buffer(size);
        out.putInt(size).putInt(fd).putInt(how.ordinal()).putInt(state).putInt(backlog);
        out.putInt(domain)
                .putInt(type)
                .putInt(protocol)
                .putInt(peer)
                .putInt(address.length)
                .putInt(buffered.length);
        out.put(address).put(buffered);
        return note(KmNoteType.SOCKET, out);
    }

    /** NT_KM_EPOLLFD. */
    public static CoreNote epoll(int fd, int flags, List<Interest> interests) {
        int size = 16 + 16 * interests.size();
        ByteBuffer out = buffer(size);
        out.putInt(size).putInt(fd).putInt(flags).putInt(interests.size());
        for (Interest one : interests) out.putInt(one.fd()).putInt(one.events()).putLong(one.data());
        return note(KmNoteType.EPOLLFD, out);
    }

    /** NT_KM_DUP_DATA: groups of descriptors that share one open file description. */
    public static CoreNote duplicates(List<List<Integer>> groups) {
        int size = 4;
        for (List<Integer> group : groups) size += 4 + 4 * group.size();
        ByteBuffer out = buffer(size);
        out.putInt(size);
        for (List<Integer> group : groups) {
            out.putInt(4 + 4 * group.size());
            for (int fd : group) out.putInt(fd);
        }
        return note(KmNoteType.DUP_DATA, out);
    }

    /** NT_KM_IOCONTEXTS without any. */
    public static CoreNote noIoContexts() {
        return note(KmNoteType.IOCONTEXTS, buffer(16).putInt(0, 16));
    }
}
