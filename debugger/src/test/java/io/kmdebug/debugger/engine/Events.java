package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.StopReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes down what a session reports, and waits for it. */
final class Events implements SessionListener {
    sealed interface Event {}

    record Stopped(StopReason reason, long thread) implements Event {}

    record Exited(@Nullable Integer code) implements Event {}

    record CoreWritten(String path) implements Event {}

    record Terminated() implements Event {}

    record Changed(BreakpointStatus status) implements Event {}

    private static final int TIMEOUT_SECONDS = 20;

    private final BlockingQueue<Event> queue = new LinkedBlockingQueue<>();
    private final StringBuilder output = new StringBuilder();
    private final Map<OutputKind, StringBuilder> byKind = new EnumMap<>(OutputKind.class);
    final List<Long> started = new ArrayList<>();
    final List<Long> exited = new ArrayList<>();

    Stopped awaitStop() throws InterruptedException {
        return await(Stopped.class);
    }

    /** The next event of this kind; any other one in between is an error, but for a changed breakpoint or a core. */
    <E extends Event> E await(Class<E> kind) throws InterruptedException {
        while (true) {
            Event event = queue.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (event == null) throw new AssertionError("no " + kind.getSimpleName() + ". Output:\n" + output());
            if (kind.isInstance(event)) return kind.cast(event);
            boolean onTheWay = event instanceof Changed || (event instanceof CoreWritten && kind == Exited.class);
            if (!onTheWay) throw new AssertionError("got " + event + " for " + kind.getSimpleName());
        }
    }

    /** Waits until this has been said. */
    void awaitOutput(String text) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        synchronized (output) {
            while (output.indexOf(text) < 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(limit - System.nanoTime());
                if (left <= 0) throw new AssertionError("\"" + text + "\" was not said. Output:\n" + output);
                output.wait(left);
            }
        }
    }

    boolean isQuiet() {
        return queue.isEmpty();
    }

    String output() {
        synchronized (output) {
            return output.toString();
        }
    }

    String output(OutputKind kind) {
        synchronized (output) {
            return byKind.getOrDefault(kind, new StringBuilder()).toString();
        }
    }

    @Override
    public void stopped(StopReason reason, long threadId) {
        queue.add(new Stopped(reason, threadId));
    }

    @Override
    public void continued() {
        // Every resume here was asked for.
    }

    @Override
    public void threadStarted(long threadId) {
        started.add(threadId);
    }

    @Override
    public void threadExited(long threadId) {
        exited.add(threadId);
    }

    @Override
    public void breakpointChanged(BreakpointStatus status) {
        queue.add(new Changed(status));
    }

    @Override
    public void output(OutputKind kind, String text) {
        synchronized (output) {
            output.append(text);
            byKind.computeIfAbsent(kind, k -> new StringBuilder()).append(text);
            output.notifyAll();
        }
    }

    @Override
    public void exited(@Nullable Integer exitCode) {
        queue.add(new Exited(exitCode));
    }

    @Override
    public void coreWritten(String path) {
        queue.add(new CoreWritten(path));
    }

    @Override
    public void terminated() {
        queue.add(new Terminated());
    }
}
