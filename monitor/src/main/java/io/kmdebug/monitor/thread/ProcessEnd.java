package io.kmdebug.monitor.thread;

import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.MonitorClasses;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.LastSignal;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.syscall.ResourceLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How the payload ends, and the monitor with it. Only the first end counts. */
public final class ProcessEnd {
    private static final int SIGKILL = 9;

    private final Payload payload;
    /** Set by the launcher while it records a class archive, which the JVM writes in its shutdown. */
    private static final boolean RECORDED = System.getProperty("kmdebug.record") != null;
    /** Whether that archive is the one of runs without options. */
    private static final boolean ORDINARY = "ordinary".equals(System.getProperty("kmdebug.record"));

    private @Nullable CoreSink coreSink;
    private volatile @Nullable Finish finish;
    private @Nullable Runnable lastDeed;
    private boolean ending;

    ProcessEnd(Payload payload) {
        this.payload = payload;
    }

    /** Who writes cores; nobody: none is written. */
    public void coreSink(CoreSink sink) {
        coreSink = sink;
    }

    /**
     * A core of a payload that goes on; all threads are at rest.
     *
     * @param thread the one that comes first
     * @param info of the signal that it has stopped with, or zeros
     * @param path where to; null: where it goes when the payload crashes
     * @return where it is
     */
    public CoreSink.Saved core(PayloadThread thread, SignalInfo info, @Nullable Path path) throws IOException {
        CoreSink sink = coreSink;
        if (sink == null) throw new IOException("this process writes no cores");
        ResourceLimits limits = payload.services().limits();
        limits.liftFileSize();
        try {
            return sink.write(payload, thread, info, path);
        } finally {
            limits.imposeFileSize();
        }
    }

    /** What takes the process's end from the payload's side to the host's. */
    public interface Finish {
        /** @param status 0 to 255 */
        void exit(int status);

        /** Ended by a signal. */
        void signal(int number);
    }

    /** For a payload whose host process is not this one. */
    public void finish(Finish elsewhere) {
        finish = elsewhere;
    }

    private synchronized boolean first() {
        boolean first = !ending;
        ending = true;
        Runnable deed = lastDeed;
        if (first && deed != null) deed.run();
        return first;
    }

    /** Whether the process is ending: by an exit, a signal, or at a debugger's wish. */
    synchronized boolean hasBegun() {
        return ending;
    }

    /** Done once, by whoever ends the process: what it leaves in the host's file system is taken away. */
    public void lastDeed(Runnable deed) {
        lastDeed = deed;
    }

    /** exit_group(2): the monitor ends with the same status. Does not return for the first caller. */
    public void exit(int status) {
        if (!first()) return;
        Finish elsewhere = finish;
        if (elsewhere != null) {
            elsewhere.exit(status & 0xff);
            return;
        }
        payload.debugHook().processEnds(status & 0xff, 0);
        printStatistics();
        payload.processMaker().ends();
        if (!RECORDED) payload.platform().close();
        end(status & 0xff);
    }

    /** A debugger kills a payload that another one's monitor runs. Its threads leave only afterwards: none ends it first. */
    public void killBorrower(SignalInfo info) {
        killed(null, info, false);
    }

    /** Killed by a signal: the core first, then the monitor ends by the same signal. */
    void killed(@Nullable PayloadThread thread, SignalInfo info, boolean core) {
        if (!first()) {
            if (core && thread != null && finish == null) awaitEnd(thread);
            return;
        }
        int signal = info.signal();
        Finish elsewhere = finish;
        if (elsewhere != null) {
            if (core) payload.log().line(describe(thread, info));
            elsewhere.signal(signal);
            return;
        }
        CoreSink sink = coreSink;
        if (core && payload.services().limits().refusesCore()) {
            payload.log().line(describe(thread, info) + ", no core: the payload's limit of core sizes is 0");
        } else if (core && sink != null && thread != null) {
            payload.stopper().stopAll(thread);
            payload.debugHook().coreComes();
            payload.services().limits().liftFileSize();
            try {
                payload.log().line(describe(thread, info) + ", core written to " + sink.write(payload, thread, info));
            } catch (IOException e) {
                payload.log().line(describe(thread, info) + ", no core: " + e.getMessage());
            }
        } else if (core) {
            payload.log().line(describe(thread, info));
        }
        payload.debugHook().processEnds(0, signal);
        printStatistics();
        payload.processMaker().ends();
        payload.platform().close();
        if (core && LastSignal.leavesCore()) LastSignal.raise(LastSignal.SIGABRT);
        if (RECORDED) end(128 + signal);
        LastSignal.raise(signal);
    }

    /** A thread that crashes while another one's core is being written is in that core as it stands. Does not return. */
    private static void awaitEnd(PayloadThread thread) {
        thread.cpu().settle();
        thread.state(PayloadThread.State.PARKED);
        while (true) LockSupport.park();
    }

    private static String describe(@Nullable PayloadThread thread, SignalInfo info) {
        int signal = info.signal();
        String text = "payload killed by " + LinuxSignal.nameOf(signal) + " (" + LinuxSignal.describe(signal) + ")";
        if (thread != null) text += " at 0x" + Long.toHexString(thread.cpu().get(GuestContext.RIP));
        if (info.hasFaultAddress()) text += ", address 0x" + Long.toHexString(info.faultAddress());
        return text;
    }

    /** The machine failed, not the payload. */
    void abort() {
        if (!first()) return;
        payload.debugHook().processEnds(0, LastSignal.SIGABRT);
        payload.platform().close();
        LastSignal.raise(LastSignal.SIGABRT);
    }

    /** The debugger wants it gone. */
    public void kill() {
        first();
        payload.platform().close();
        HostCall.exitGroup(1);
    }

    /** The debugger wants a child gone: as its parent expects it of kill(2). */
    public void killBySignal() {
        first();
        payload.platform().close();
        LastSignal.raise(SIGKILL);
    }

    /**
     * At once: even {@code halt} waits, 300 ms for each thread of the JVM that is in a host call. In order only where
     * the launcher records a class archive at the exit.
     */
    private void end(int status) {
        if (ORDINARY) {
            MonitorClasses.loadOrdinary();
            payload.platform().close();
            // exit would bring the classes of the system's loggers
            Runtime.getRuntime().halt(status);
        }
        if (RECORDED) {
            MonitorClasses.loadAll();
            for (PayloadThread thread : payload.threads()) {
                if (thread.isCurrent()) payload.processMaker().rehearse(thread);
            }
            payload.platform().close();
            System.exit(status);
        }
        HostCall.exitGroup(status);
    }

    private void printStatistics() {
        CallStatistics statistics = payload.statistics();
        if (statistics != null) statistics.print(payload.log());
    }
}
