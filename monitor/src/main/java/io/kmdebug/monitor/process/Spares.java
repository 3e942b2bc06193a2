package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.HostFailure;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Monitors for the payload's processes to come. From the first one on that is taken, another one is always being started
 * or waits. All are started by one thread that is there for good, as {@link Nursery} wants it.
 */
final class Spares implements Runnable {
    private static final int ATTEMPTS = 2;
    /**
     * The child that took the last one has its first steps to itself: on a small host its start would take them both
     * longer.
     */
    private static final long PAUSE_NANOS = 25_000_000;

    private final SpareCommand.Source source;
    private final Queue<Order> orders = new ArrayDeque<>();
    private @Nullable SpareMonitor next;
    private boolean ordered;
    private boolean running;
    /** One is being started at this moment. */
    private boolean starting;

    private boolean ended;
    private @Nullable SpareCommand command;

    /** A monitor to be started, for somebody who waits or in stock. */
    private static final class Order {
        private final boolean forStock;
        private final long due;
        private @Nullable SpareMonitor made;
        private @Nullable HostFailure failure;

        Order(boolean forStock) {
            this.forStock = forStock;
            due = System.nanoTime() + (forStock ? PAUSE_NANOS : 0);
        }

        /** In nanoseconds; negative when it is due. */
        long remains() {
            return due - System.nanoTime();
        }

        synchronized void done(@Nullable SpareMonitor spare, @Nullable HostFailure why) {
            made = spare;
            failure = why;
            notifyAll();
        }

        synchronized SpareMonitor await() {
            boolean interrupted = false;
            while (made == null && failure == null) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
            if (made == null) throw new HostFailure("cannot start another monitor: " + String.valueOf(failure));
            return made;
        }
    }

    Spares(SpareCommand.Source source) {
        this.source = source;
    }

    /**
     * One that has started, and is the caller's to adopt or to discard.
     *
     * @throws HostFailure when the host does not let us have one
     */
    SpareMonitor take() {
        IOException last = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            SpareMonitor spare = inStock();
            if (spare == null) spare = placeFirst(new Order(false)).await();
            try {
                spare.awaitStart();
                return spare;
            } catch (IOException gone) {
                spare.discard();
                last = gone;
            }
        }
        throw new HostFailure("another monitor does not start: " + (last == null ? "" : last.getMessage()));
    }

    private synchronized @Nullable SpareMonitor inStock() {
        SpareMonitor spare = next;
        next = null;
        if (spare != null && !spare.fits()) {
            spare.discard();
            spare = null;
        }
        return spare;
    }

    /** Has one more started unless there is one already. */
    synchronized void replenish() {
        if (next != null || ordered) return;
        ordered = true;
        place(new Order(true));
    }

    /** The process ends: the one in stock goes first, and the one that is being started. */
    synchronized void end() {
        ended = true;
        ordered = true;
        boolean interrupted = false;
        while (starting) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        SpareMonitor spare = next;
        next = null;
        if (spare != null) spare.discard();
    }

    /** In the place of one for the stock that nobody started with. */
    private synchronized Order placeFirst(Order order) {
        if (orders.removeIf(other -> other.forStock)) ordered = false;
        return place(order);
    }

    private synchronized Order place(Order order) {
        if (!running) {
            running = true;
            Thread thread = new Thread(null, this, "km-spares", 0, false);
            thread.setDaemon(true);
            thread.start();
        }
        orders.add(order);
        notifyAll();
        return order;
    }

    @Override
    public void run() {
        while (true) {
            Order order = await();
            try {
                SpareCommand how = command;
                if (how == null) command = how = source.get();
                SpareMonitor spare = SpareMonitor.start(how);
                if (order.forStock) stock(spare);
                else order.done(spare, null);
            } catch (HostFailure failure) {
                // whoever needs one next hears of it
                if (order.forStock) stock(null);
                else order.done(null, failure);
            }
            started();
        }
    }

    private synchronized void stock(@Nullable SpareMonitor spare) {
        next = spare;
        ordered = false;
    }

    private synchronized void started() {
        starting = false;
        notifyAll();
    }

    private synchronized Order await() {
        while (true) {
            Order order = ended ? null : orders.peek();
            long remains = order == null ? 0 : order.remains();
            if (order != null && remains <= 0) {
                starting = true;
                return orders.remove();
            }
            try {
                if (order == null) wait();
                else wait(remains / 1_000_000, (int) (remains % 1_000_000));
            } catch (InterruptedException e) {
                // nobody interrupts it; its end would end the spares
                Thread.interrupted();
            }
        }
    }
}
