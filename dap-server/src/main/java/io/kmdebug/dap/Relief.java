package io.kmdebug.dap;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets the thread at a post do other work now and then: while that is short nothing happens, and when it is long another
 * thread takes the post over. So nobody has to be woken for what is done at once.
 */
final class Relief {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String name;
    private final Runnable post;

    /** Counts up when other work begins, when it ends and when the post is taken over: odd while work is watched. */
    private final AtomicLong moves = new AtomicLong();

    private volatile @Nullable Thread watcher;
    private volatile boolean asleep;
    private volatile boolean closed;

    /** @param post what the thread does that takes over */
    Relief(String name, Runnable post) {
        this.name = name;
        this.post = post;
    }

    /** The thread at the post begins other work. @return what {@link #end} is to be told */
    long begin() {
        long move = moves.incrementAndGet();
        Thread watching = watcher;
        if (watching == null) {
            watching = new Thread(this::watch, name);
            watching.setDaemon(true);
            watcher = watching;
            watching.start();
        } else if (asleep) {
            asleep = false;
            LockSupport.unpark(watching);
        }
        return move;
    }

    /** The work is done. @return whether the post is still the caller's */
    boolean end(long move) {
        return moves.compareAndSet(move, move + 1);
    }

    /** There is no post any more. */
    void close() {
        closed = true;
        LockSupport.unpark(watcher);
    }

    private void watch() {
        long seen = moves.get();
        while (!closed) {
            LockSupport.parkNanos(PATIENCE_NANOS);
            long now = moves.get();
            boolean working = (now & 1) == 1;
            if (now == seen && working && moves.compareAndSet(now, now + 1)) {
                watcher = null;
                post.run();
                return;
            }
            if (now == seen && !working) sleep(now);
            seen = moves.get();
        }
    }

    /** Until work begins. */
    private void sleep(long seen) {
        asleep = true;
        while (asleep && !closed && moves.get() == seen) LockSupport.park(this);
        asleep = false;
    }
}
