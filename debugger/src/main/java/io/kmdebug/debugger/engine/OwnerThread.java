package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.rsp.RspException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Has a session's questions about its target asked one after another: by the thread that has the question when nobody
 * else asks, which saves two changes of threads, else by a thread of its own.
 */
final class OwnerThread {
    private static final Logger LOG = System.getLogger(OwnerThread.class.getName());

    private final ThreadPoolExecutor executor;
    /** Held by the thread that asks. */
    private final ReentrantLock turn = new ReentrantLock();

    /** What has been queued and has not begun: a caller that asked itself would overtake it. */
    private final AtomicInteger queued = new AtomicInteger();

    OwnerThread(String name) {
        this.executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), body -> {
            Thread made = new Thread(body, name);
            made.setDaemon(true);
            return made;
        });
    }

    boolean isCurrent() {
        return turn.isHeldByCurrentThread();
    }

    /** Throws when called from any other thread: state of a session is never touched from outside. */
    void check() {
        if (!isCurrent()) {
            throw new IllegalStateException(
                    "called on " + Thread.currentThread().getName() + ", not on the owner");
        }
    }

    /** Runs {@code body} on the owner thread and waits for it; at once when that is the calling thread. */
    <T> T call(Supplier<T> body) {
        if (isCurrent()) return translate(body);
        if (takeTurn()) {
            try {
                return translate(body);
            } finally {
                turn.unlock();
            }
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            queue(() -> complete(result, body));
        } catch (RejectedExecutionException e) {
            throw new DebuggerException("The session is closed.", e);
        }
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            if (e.getCause() instanceof Error cause) throw cause;
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DebuggerException("The request was interrupted.", e);
        }
    }

    /** Whether nobody asks, and nobody waits to ask; the calling thread has the turn then. */
    private boolean takeTurn() {
        return queued.get() == 0 && !executor.isShutdown() && turn.tryLock();
    }

    void run(Runnable body) {
        call(() -> {
            body.run();
            return Boolean.TRUE;
        });
    }

    /** Queues {@code body}; dropped when the session is closed. */
    void post(Runnable body) {
        try {
            queue(() -> logged(() -> inTurn(() -> {
                body.run();
                return Boolean.TRUE;
            })));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the session is closed", e);
        }
    }

    /** Runs {@code body} at once where nobody else asks, else as {@link #post}. Of a thread that may wait for answers. */
    void offer(Runnable body) {
        if (isCurrent() || !takeTurn()) {
            post(body);
            return;
        }
        try {
            logged(body);
        } finally {
            turn.unlock();
        }
    }

    private static void logged(Runnable body) {
        try {
            body.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a task of the session failed", e);
        }
    }

    private void queue(Runnable body) {
        queued.incrementAndGet();
        try {
            executor.execute(body);
        } catch (RejectedExecutionException e) {
            queued.decrementAndGet();
            throw e;
        }
    }

    private <T> T inTurn(Supplier<T> body) {
        turn.lock();
        queued.decrementAndGet();
        try {
            return body.get();
        } finally {
            turn.unlock();
        }
    }

    /** Lets what is queued end and takes nothing more. */
    void shutdown() {
        executor.shutdown();
    }

    private <T> void complete(CompletableFuture<T> result, Supplier<T> body) {
        try {
            T value = inTurn(() -> translate(body));
            result.complete(value);
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** What goes wrong below becomes a message for the user; what should never happen stays what it is. */
    private static <T> T translate(Supplier<T> body) {
        try {
            return body.get();
        } catch (RspException e) {
            throw new DebuggerException(
                    switch (e.kind()) {
                        case LOST -> "The connection to the stub is lost: " + e.getMessage();
                        case TIMEOUT -> "The stub does not answer: " + e.getMessage();
                        case REFUSED, UNSUPPORTED, MALFORMED -> "The stub failed: " + e.getMessage();
                    },
                    e);
        } catch (CorruptFileException e) {
            throw new DebuggerException(e.getMessage() == null ? "A file is broken." : e.getMessage(), e);
        }
    }
}
