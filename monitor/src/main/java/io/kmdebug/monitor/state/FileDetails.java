package io.kmdebug.monitor.state;

import java.util.List;

/** What an open file description is of, in enough detail to make it again in another process. */
public sealed interface FileDetails {
    /** Status flags as F_GETFL gives them. */
    int flags();

    /**
     * What the payload was started with as descriptor 0 to 2, but for files it reads: the resuming km's own takes its
     * place.
     */
    record Inherited(int flags, int standardFd) implements FileDetails {}

    /**
     * A file, folder or device with a path.
     *
     * @param offset file offset, or where a folder is read on
     */
    record Named(int flags, String path, long offset, FileIdentity identity) implements FileDetails {}

    /**
     * memfd_create(2), and the texts that the monitor makes for files in /proc.
     *
     * @param seals F_GET_SEALS, or -1 when there are none
     */
    record Memory(int flags, String name, long offset, int seals, byte[] content) implements FileDetails {}

    /**
     * An end of a pipe both of whose ends the payload has; ends with the same {@code pipe} belong together.
     *
     * @param data what waits to be read; in one of the ends only
     */
    record Pipe(int flags, long pipe, boolean writeEnd, int capacity, byte[] data) implements FileDetails {}

    /** eventfd(2). */
    record Event(int flags, long count, boolean semaphore) implements FileDetails {}

    /**
     * timerfd_create(2).
     *
     * @param ticks expiries that were not read yet
     * @param left nanoseconds to the next expiry; 0: not armed
     */
    record Timer(int flags, int clock, long ticks, long left, long interval) implements FileDetails {}

    /** signalfd(2); its mask is in {@link OpenFileState}. */
    record Signals(int flags) implements FileDetails {}

    /** epoll_create(2). */
    record Poll(int flags, List<Interest> interests) implements FileDetails {}

    /**
     * A descriptor in an epoll set.
     *
     * @param fd the payload's number
     * @param events with EPOLLET and the like; 0 in the low bits after EPOLLONESHOT fired
     * @param data the payload's own
     */
    record Interest(int fd, int events, long data) {}

    /**
     * inotify_init(2).
     *
     * @param watches in order of their numbers
     */
    record Watches(int flags, List<Watch> watches) implements FileDetails {}

    record Watch(int number, String path, int mask) {}

    /**
     * A socket.
     *
     * @param state what is known of it
     * @param backlog of listen(2)
     * @param local sockaddr that it is bound to; empty: none
     * @param peer sockaddr that it is connected to, for datagram sockets; empty: none
     * @param pair number that the two ends of a socketpair(2) share, or 0
     * @param data messages that wait to be read; a stream has one at most
     * @param options that differ from a new socket's
     */
    record Socket(
            int flags,
            int domain,
            int type,
            int protocol,
            SocketState state,
            int backlog,
            byte[] local,
            byte[] peer,
            long pair,
            List<byte[]> data,
            List<SocketOption> options)
            implements FileDetails {}

    /** What a socket is, as far as it can be made again. */
    enum SocketState {
        NEW,
        BOUND,
        LISTENING,
        /** A datagram socket with a default peer. */
        CONNECTED,
        /** One end of a socketpair whose other end the payload has too. */
        PAIRED,
        /** An end whose other end is gone. */
        ORPHANED,
        /** A connection to another process: it cannot be kept, calls answer ECONNRESET. */
        RESET
    }

    /** An option of getsockopt(2). */
    record SocketOption(int level, int name, byte[] value) {}
}
