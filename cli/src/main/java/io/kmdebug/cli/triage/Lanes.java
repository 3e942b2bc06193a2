package io.kmdebug.cli.triage;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/** Work on several threads at a time, whose results are taken one after another and are not gathered. */
final class Lanes {
    /** Deep stacks are walked and deep values shown: as much as a process's first thread has. */
    private static final long STACK_BYTES = 8 << 20;

    private final int threads;

    Lanes(int threads) {
        this.threads = threads;
    }

    /**
     * Does {@code work} on each item. No more than a few results are there at a time, however many items there are.
     *
     * @param sink takes the results in the order of the items, in the calling thread
     */
    <A, B> void inOrder(List<A> items, Function<A, B> work, Consumer<B> sink) throws InterruptedException {
        ExecutorService lanes = Executors.newFixedThreadPool(threads, body -> {
            Thread lane = new Thread(null, body, "kmdebug-triage", STACK_BYTES);
            lane.setDaemon(true);
            return lane;
        });
        try {
            Deque<Future<B>> ahead = new ArrayDeque<>();
            for (A item : items) {
                if (ahead.size() == 2 * threads) sink.accept(result(ahead.remove()));
                ahead.add(lanes.submit(() -> work.apply(item)));
            }
            while (!ahead.isEmpty()) sink.accept(result(ahead.remove()));
        } finally {
            lanes.shutdownNow();
        }
    }

    private static <B> B result(Future<B> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            if (e.getCause() instanceof Error cause) throw cause;
            throw new IllegalStateException(e.getCause());
        }
    }
}
