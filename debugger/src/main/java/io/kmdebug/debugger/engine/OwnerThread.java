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
 * Has a session's questions about its target asked one after another: by a thread of its own, or by the thread that has
 * the question, where nothing that it does can make it wait.
 */
final class OwnerThread {
    private static final Logger LOG = System.getLogger(OwnerThread.class.getName());

    private final ThreadPoolExecutor executor;
    /** Held by the thread that asks. */
    private final ReentrantLock turn = new ReentrantLock();

    /** What has been queued and has not begun: a caller that asked itself would overtake it. */
    private final AtomicInteger queued = new AtomicInteger();

    private final boolean lent;

    /** @param lent whether a caller asks itself when nobody else does: two changes of threads less for each question */
    OwnerThread(String name, boolean lent) {
        this.lent = lent;
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
        if (lent && queued.get() == 0 && !executor.isShutdown() && turn.tryLock()) {
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

    void run(Runnable body) {
        call(() -> {
            body.run();
            return Boolean.TRUE;
        });
    }

    /** Queues {@code body}; dropped when the session is closed. */
    void post(Runnable body) {
        try {
            queue(() -> {
                try {
                    inTurn(() -> {
                        body.run();
                        return Boolean.TRUE;
                    });
                } catch (RuntimeException e) {
                    LOG.log(Level.ERROR, "a task of the session failed", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the session is closed", e);
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
