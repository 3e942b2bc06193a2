package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.signal.ProcessSignals;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An open file description: what descriptors made by dup(2) share, besides what the host kernel shares for them. */
public final class OpenFile {
    /** What the description is of, as far as calls treat it differently. */
    public enum Kind {
        /** Reads and writes do not block on anything but the disk. */
        REGULAR,
        DIRECTORY,
        SOCKET,
        /** Pipes, terminals, devices, eventfd, epoll and whatever else may block. */
        OTHER,
        /** A directory in /proc that the monitor lists itself. */
        LISTED,
        /** A file in /proc whose content the monitor makes. */
        GENERATED,
        SIGNALFD
    }

    private final Kind kind;
    private final @Nullable String procPath;
    private final @Nullable SignalFd signals;
    private volatile boolean timeout;
    /** What the host has been asked to do with it and does not tell afterwards. */
    private volatile @Nullable String untold;
    /** 0 to 2 when km was started with it under that number, else -1. */
    private volatile int standard = -1;
    /** The other end that pipe(2) or socketpair(2) made with it. */
    private volatile @Nullable OpenFile peer;
    /** Of inotify: paths by number of the watch. */
    private @Nullable Map<Integer, String> watches;

    private @Nullable Runnable whenClosed;

    private int position;
    private byte @Nullable [] content;
    private int descriptors;

    /** For every kind but SIGNALFD. */
    public OpenFile(Kind kind) {
        this(kind, null, null);
    }

    /** A directory in /proc, for relative look-ups and listing, or a generated file there. */
    public static OpenFile inProc(Kind kind, String procPath) {
        return new OpenFile(kind, procPath, null);
    }

    /**
     * What signalfd(2) makes, for a payload that is restored: an eventfd of its own takes the place of each of
     * {@code hostFds}.
     *
     * @param mask the signals that it takes
     * @param pending those that are pending now
     */
    public static OpenFile signalFd(
            World world, ProcessSignals signals, long mask, long pending, boolean nonBlocking, int... hostFds) {
        int flags = OpenCalls.O_CLOEXEC | (nonBlocking ? SignalFd.O_NONBLOCK : 0);
        int eventFd = (int) SyscallFailure.check(world.own(Sys.EVENTFD2, 0, flags));
        for (int hostFd : hostFds) SyscallFailure.check(world.own(Sys.DUP3, eventFd, hostFd, OpenCalls.O_CLOEXEC));
        SignalFd description = new SignalFd(world, signals, eventFd);
        signals.addListener(description);
        description.mask(mask, pending);
        return new OpenFile(Kind.SIGNALFD, null, description);
    }

    /** @param procPath the absolute path when it is a directory in /proc, for relative look-ups and listing */
    OpenFile(Kind kind, @Nullable String procPath, @Nullable SignalFd signals) {
        this.kind = kind;
        this.procPath = procPath;
        this.signals = signals;
    }

    public Kind kind() {
        return kind;
    }

    /** What this process has asked the host to do with it and the host does not tell, as a sentence; null: nothing. */
    public @Nullable String untold() {
        return untold;
    }

    void untold(@Nullable String asked) {
        untold = asked;
    }

    boolean mayBlock() {
        return kind != Kind.REGULAR && kind != Kind.DIRECTORY && kind != Kind.LISTED && kind != Kind.GENERATED;
    }

    /** The absolute path of a directory or a generated file in /proc, else null. */
    public @Nullable String procPath() {
        return procPath;
    }

    @Nullable
    SignalFd signals() {
        return signals;
    }

    /** The signals that a signalfd takes; 0 for every other kind. */
    public long signalMask() {
        return signals == null ? 0 : signals.mask();
    }

    /** 0 to 2 when the payload was started with it under that number, else -1. */
    public int standard() {
        return standard;
    }

    public void standard(int number) {
        standard = number;
    }

    /** The other end that pipe(2) or socketpair(2) made with it, or null; it may be closed by now. */
    public @Nullable OpenFile peer() {
        return peer;
    }

    /** Notes which path an inotify watch is of: the host knows the file only. */
    public synchronized void watches(int number, String path) {
        if (watches == null) watches = new HashMap<>();
        watches.put(number, path);
    }

    /** The path of an inotify watch, or "". */
    public synchronized String watched(int number) {
        return watches == null ? "" : watches.getOrDefault(number, "");
    }

    /** Makes two descriptions each other's peers. */
    public static void pair(OpenFile a, OpenFile b) {
        a.peer = b;
        b.peer = a;
    }

    /** Whether SO_RCVTIMEO or SO_SNDTIMEO was set: calls are then not restarted after a handler. signal(7). */
    public boolean hasTimeout() {
        return timeout;
    }

    public void hasTimeout(boolean has) {
        timeout = has;
    }

    /** To be run once no descriptor is left. */
    synchronized void whenClosed(Runnable deed) {
        whenClosed = deed;
    }

    synchronized void opened() {
        descriptors++;
    }

    /** One descriptor less; with the last one the description is gone. */
    void closed() {
        boolean last;
        Runnable deed;
        synchronized (this) {
            last = --descriptors == 0;
            deed = whenClosed;
        }
        if (last && signals != null) signals.close();
        if (last && deed != null) deed.run();
    }

    /** What a generated file said when it was last read from the start. */
    synchronized byte @Nullable [] content() {
        return content;
    }

    synchronized void content(byte[] made) {
        content = made;
    }

    /** Next entry of a directory that the monitor lists itself; byte of a generated file. */
    public synchronized int position() {
        return position;
    }

    public synchronized void position(int next) {
        position = next;
    }
}
