package io.kmdebug.dap;

import io.kmdebug.dap.request.Conversation;
import io.kmdebug.dap.request.Outlet;
import io.kmdebug.dap.request.RequestHandler;
import io.kmdebug.dap.request.RequestHandler.Turn;
import io.kmdebug.dap.request.Requests;
import io.kmdebug.dap.request.SessionFactory;
import io.kmdebug.dap.wire.ArgumentReader;
import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.dap.wire.Frame;
import io.kmdebug.dap.wire.FrameReader;
import io.kmdebug.dap.wire.FrameWriter;
import io.kmdebug.debugger.DebuggerException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.lsp4j.debug.OutputEventArguments;
import org.eclipse.lsp4j.debug.OutputEventArgumentsCategory;
import org.jspecify.annotations.Nullable;

/**
 * One client. A reader takes messages off the stream and runs a request itself when nothing is before it; where that
 * takes long another thread reads on, and one worker runs what comes then, in its order. What must reach through a
 * running request (pause, cancel, disconnect, the end of the input) does so from the reader's side. Whatever happens,
 * {@link #serve} returns, and the session and all it started are gone then.
 */
final class Connection implements Outlet {
    private static final System.Logger LOGGER = System.getLogger(Connection.class.getName());
    /** How long a running request has after the client wants the end, before each harder means is used. */
    private static final long PATIENCE_MILLIS = 2_000;

    /** A request that begins after an interruption needs another one. */
    private static final long INTERRUPT_MILLIS = 50;

    private static final Set<String> SHOWN_TO_USER = Set.of("launch", "attach", "configurationDone");

    private final FrameReader reader;
    private final Outbox outbox;
    private final Requests requests = new Requests();
    private final Conversation conversation;
    private final Queue<Job> queue = new ConcurrentLinkedQueue<>();

    /**
     * As many as have been queued since the worker looked last: what it has not begun stays in the queue, to be
     * cancelled.
     */
    private final Semaphore queued = new Semaphore(0);

    private final CountDownLatch over = new CountDownLatch(1);
    /** Work received and not done. */
    private final AtomicInteger unanswered = new AtomicInteger();

    /** Held by the thread that does a piece of work. */
    private final ReentrantLock turn = new ReentrantLock();

    private final Relief relief = new Relief("dap-reader", this::read);

    private volatile boolean ending;
    private volatile int exitCode;
    private volatile @Nullable Thread running;
    /** Of the reader: what the client said last was that it leaves. */
    private boolean leaving;

    Connection(InputStream in, OutputStream out, SessionFactory sessions) {
        reader = new FrameReader(in);
        outbox = new Outbox(new FrameWriter(out), () -> finish(1));
        conversation = new Conversation(sessions, this);
    }

    /** Serves until the client disconnects or is gone. @return 0 after an orderly end, else 1 */
    int serve() {
        daemon("dap-worker", this::work);
        daemon("dap-reader", this::read);
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exitCode = 1;
        }
        close();
        return exitCode;
    }

    /** Ends the session and all it started. @return whether that was done in good time */
    boolean close() {
        Thread closer = daemon("dap-closer", () -> quietly(conversation::close));
        try {
            closer.join(2 * PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !closer.isAlive();
    }

    private void finish(int code) {
        if (over.getCount() != 0) {
            exitCode = code;
        }
        over.countDown();
    }

    // The reader's side.

    private void read() {
        int code = 0;
        try {
            for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                boolean mine = true;
                if (frame instanceof Frame.Body body) {
                    mine = receive(Incoming.parse(body.json()));
                } else if (frame instanceof Frame.Broken broken) {
                    mine = receive(Incoming.broken(broken.text(), broken.problem()));
                }
                if (!mine) return;
                if (leaving) break;
            }
        } catch (EOFException e) {
            complain(e.getMessage() == null ? "the input ends inside a message" : e.getMessage());
            code = 1;
        } catch (IOException e) {
            code = 1;
        }
        relief.close();
        if (leaving) return;
        int finalCode = code;
        Job end = new Job(null, () -> finish(finalCode));
        enqueue(end);
        insist(end);
    }

    /** @return whether this thread still is the reader */
    private boolean receive(Incoming message) {
        if (message instanceof Incoming.Request request) {
            return receive(request);
        }
        if (message instanceof Incoming.Broken broken) {
            if (broken.seq() > 0) {
                outbox.answer(Outbox.failure(broken.seq(), broken.command(), broken.problem(), false));
            } else {
                complain(broken.problem());
            }
        }
        return true;
    }

    private boolean receive(Incoming.Request request) {
        RequestHandler<?, ?> handler = requests.find(request.command());
        if (handler == null) {
            enqueue(new Job(request, () -> outbox.release(unknown(request))));
            return true;
        }
        if (handler.turn() == Turn.AT_ONCE) {
            outbox.answer(result(handler, request));
            return true;
        }
        boolean busy = unanswered.get() != 0;
        Job job = new Job(request, () -> outbox.release(result(handler, request)));
        if (!busy && handler.turn() != Turn.ENDS && turn.tryLock()) {
            return runHere(job);
        }
        enqueue(job);
        if (handler.turn() == Turn.INTERRUPTS && busy) {
            interruptUntil(job);
        } else if (handler.turn() == Turn.ENDS) {
            leaving = request.command().equals("disconnect");
            insist(job);
        }
        return true;
    }

    private static Outbox.Message unknown(Incoming.Request request) {
        String problem = "unknown request '" + request.command() + "'; docs/dap.md lists those there are";
        return Outbox.failure(request.seq(), request.command(), problem, false);
    }

    /**
     * Nothing is before {@code job}: this saves two changes of threads. @return whether this thread still is the reader
     */
    private boolean runHere(Job job) {
        long move = relief.begin();
        try {
            perform(job);
        } finally {
            turn.unlock();
            // whoever cut the job off may have come late: the next one is not meant
            Thread.interrupted();
        }
        return relief.end(move);
    }

    /** Tells people at both ends about input that has no request to answer. */
    private void complain(String problem) {
        LOGGER.log(System.Logger.Level.DEBUG, problem);
        OutputEventArguments event = new OutputEventArguments();
        event.setCategory(OutputEventArgumentsCategory.STDERR);
        event.setOutput("kmdebug: protocol error: " + problem + "\n");
        outbox.eventAtOnce("output", event);
    }

    /** Interrupts the requests before {@code job}, also those that have not begun yet, until it has its turn. */
    private void interruptUntil(Job job) {
        daemon("dap-interrupt", () -> {
            do {
                quietly(conversation::interrupt);
            } while (!job.endsWithin(INTERRUPT_MILLIS));
        });
    }

    /** Sees to it that {@code job} gets its turn and ends, whatever runs before it. */
    private void insist(Job job) {
        daemon("dap-ender", () -> {
            if (!job.endsWithin(PATIENCE_MILLIS)) {
                daemon("dap-interrupt", () -> quietly(conversation::interrupt));
            }
            if (!job.endsWithin(PATIENCE_MILLIS)) {
                daemon("dap-closer", () -> quietly(conversation::close));
            }
            boolean stuck = !job.endsWithin(PATIENCE_MILLIS);
            Thread cutOff = running;
            if (stuck && cutOff != null) {
                cutOff.interrupt();
            }
            if (!job.endsWithin(PATIENCE_MILLIS)) {
                finish(1);
            }
        });
    }

    private void enqueue(Job job) {
        queue.add(job);
        queued.release();
    }

    // The worker's side.

    private void work() {
        while (over.getCount() != 0) {
            try {
                queued.acquire();
                turn.lock();
                try {
                    Job job = queue.poll();
                    if (job != null) perform(job);
                } finally {
                    turn.unlock();
                }
            } catch (InterruptedException e) {
                // insist() cuts off what runs, not the queue: what waits still gets its answer.
                LOGGER.log(System.Logger.Level.DEBUG, "a request was cut off");
            }
        }
    }

    private void perform(Job job) {
        running = Thread.currentThread();
        try {
            job.run();
        } finally {
            running = null;
        }
        if (ending) {
            finish(0);
        }
    }

    private Outbox.Message result(RequestHandler<?, ?> handler, Incoming.Request request) {
        String problem;
        try {
            return Outbox.success(request, handle(handler, request));
        } catch (BadArgument e) {
            problem = request.command() + ": " + e.getMessage();
        } catch (DebuggerException e) {
            problem = String.valueOf(e.getMessage());
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.DEBUG, "request " + request.command() + " failed", e);
            String what = e.toString().lines().findFirst().orElse("");
            problem = request.command() + " failed inside the debugger (" + what
                    + "); this is a defect, please report it";
        }
        return Outbox.failure(request.seq(), request.command(), problem, SHOWN_TO_USER.contains(request.command()));
    }

    private <A, R> @Nullable R handle(RequestHandler<A, R> handler, Incoming.Request request) {
        return handler.handle(ArgumentReader.read(request.arguments(), handler.argumentType()), conversation);
    }

    // What handlers and the session ask for.

    @Override
    public void event(String name, @Nullable Object body) {
        outbox.event(name, body);
    }

    @Override
    public void eventAtOnce(String name, @Nullable Object body) {
        outbox.eventAtOnce(name, body);
    }

    @Override
    public void later(Runnable work) {
        enqueue(new Job(null, () -> quietly(work)));
    }

    @Override
    public boolean cancel(int requestSeq) {
        for (Job job : queue) {
            Incoming.Request request = job.request;
            if (request != null && request.seq() == requestSeq && queue.remove(job)) {
                outbox.answer(Outbox.failure(request.seq(), request.command(), "cancelled", false));
                job.end();
                return true;
            }
        }
        return false;
    }

    @Override
    public void end() {
        ending = true;
    }

    /** For work that no request waits for: its failure is for the log. */
    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "work beside the requests failed", e);
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Something for the worker to do; events wait while it is the work of a request. */
    private final class Job {
        private final Incoming.@Nullable Request request;
        private final Runnable work;
        private final CountDownLatch ended = new CountDownLatch(1);

        Job(Incoming.@Nullable Request request, Runnable work) {
            this.request = request;
            this.work = work;
            unanswered.incrementAndGet();
        }

        void run() {
            if (request != null) {
                outbox.hold();
            }
            try {
                work.run();
            } finally {
                end();
            }
        }

        void end() {
            unanswered.decrementAndGet();
            ended.countDown();
        }

        boolean endsWithin(long millis) {
            try {
                return ended.await(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
        }
    }
}
