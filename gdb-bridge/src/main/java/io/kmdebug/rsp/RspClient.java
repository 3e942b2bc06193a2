package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.rsp.RspException.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The client half of the GDB remote serial protocol, all-stop mode, for one amd64 process: this project's stub, KM's,
 * gdbserver's or QEMU's.
 *
 * <p>Every question blocks until its answer is there, at most for the connection's timeout, and throws
 * {@link RspException}. Questions may be asked only while the payload is stopped: between {@link #resume} and the
 * event that {@link #waitForStop} returns they throw {@link IllegalStateException}. One thread at a time uses a
 * client; {@link #interrupt} and {@link #close} may come from any thread at any time.
 */
public final class RspClient implements MemoryReader, AutoCloseable {
    private static final Duration INTERRUPT_LIMIT = Duration.ofSeconds(10);
    private static final int OPEN_READ_ONLY = 0;
    private static final int MOST_COMMAND_OUTPUT = 16 << 20;

    private final ClientConnection connection;
    private final ClientExchange exchange;
    private final ServerFeatures features;
    private final ClientThreads threads;
    private final ClientRegisters registers;
    private final RegisterLayout layout;
    private final ClientMemory memory;
    private final ClientResume resumes;
    private final Set<Long> breakpoints = new HashSet<>();
    private final StopEvent initialStop;

    // guarded by runLock: an interrupt must reach the stub after the resume that it is meant for
    private final Object runLock = new Object();
    private boolean running;
    private boolean interrupted;

    private boolean ended;

    private RspClient(ClientConnection connection) {
        this.connection = connection;
        exchange = new ClientExchange(connection, this::requireStopped);
        features = exchange.features();
        layout = features.has("qXfer:features:read")
                ? RegisterLayout.parse(annex("target.xml"), this::annex)
                : RegisterLayout.withoutDescription();
        threads = new ClientThreads(exchange);
        registers = new ClientRegisters(exchange, layout);
        memory = new ClientMemory(connection, exchange.request(), features);
        resumes = new ClientResume(connection, exchange.request(), features);
        initialStop = event(exchange.ask("?"), true, false, List.of());
    }

    private String annex(String name) {
        return exchange.transferText("features", name);
    }

    /** As the other {@code connect}, to a port without a token and with no packet log. */
    public static RspClient connect(String host, int port, Duration timeout) {
        return connect(new StubAddress.Port(host, port, null), timeout, PacketLog.NONE);
    }

    /**
     * Connects, agrees on features, and reads the target description. The payload is stopped afterwards;
     * {@link #initialStop} says where.
     *
     * @param timeout for the connection and for every reply
     */
    public static RspClient connect(StubAddress address, Duration timeout, PacketLog log) {
        return over(ClientConnection.open(address, timeout, log));
    }

    /** Closes the connection when nothing comes of it. */
    static RspClient over(ClientConnection connection) {
        boolean connected = false;
        try {
            RspClient client = new RspClient(connection);
            connected = true;
            return client;
        } finally {
            if (!connected) connection.close();
        }
    }

    /** The stop in which the client found the payload; an exit when it was gone already. */
    public StopEvent initialStop() {
        return initialStop;
    }

    /** Process id as the stub gives it; empty when it gives none. */
    public OptionalInt pid() {
        return exchange.pid() > 0 ? OptionalInt.of(exchange.pid()) : OptionalInt.empty();
    }

    /** Live threads in the stub's order. */
    public List<RemoteThread> threads() {
        return threads.list();
    }

    /** Everything that the stub gives of a thread's registers. */
    public Registers registers(int tid) {
        return registers.read(tid);
    }

    /** Those of many threads, in a fraction of the time that asking for each takes; without the threads that are gone. */
    public Map<Integer, Registers> registers(List<Integer> tids) {
        return registers.readAll(tids);
    }

    /** Writes the registers that are present in {@code changed}. */
    public void writeRegisters(int tid, Registers changed) {
        registers.write(tid, changed);
    }

    /** Writes one register of 4 or 8 bytes. */
    public void writeRegister(int tid, AmdRegister register, long value) {
        writeRegisters(tid, new Registers().set(register, value));
    }

    /** {@inheritDoc} Reads of any size; large ones are split. */
    @Override
    public int read(long address, byte[] target, int offset, int length) {
        requireStopped();
        return memory.read(address, target, offset, length);
    }

    /** Writes all of {@code data}; {@link RspException.Kind#REFUSED} when the stub cannot. */
    public void writeMemory(long address, byte[] data) {
        requireStopped();
        memory.write(address, data);
    }

    /** Plants a software breakpoint; planting one twice is the caller's business. Returns whether the stub could. */
    public boolean insertBreakpoint(long address) {
        boolean done = changeBreakpoint("Z0,", address);
        if (done) breakpoints.add(address);
        return done;
    }

    /** Takes a software breakpoint out. Returns whether the stub could. */
    public boolean removeBreakpoint(long address) {
        boolean done = changeBreakpoint("z0,", address);
        if (done) breakpoints.remove(address);
        return done;
    }

    private boolean changeBreakpoint(String packet, long address) {
        exchange.start(packet).hex(address).text(",1");
        PacketCursor reply = exchange.reply();
        if (Replies.isError(reply)) return false;
        Replies.ok(exchange.request(), reply);
        return true;
    }

    /**
     * Lets threads go and returns at once. Threads that no action covers stay stopped. A thread that stands on a
     * planted breakpoint does not hit it again with this project's stub; see {@link #stepsOverBreakpoints}.
     */
    public void resume(List<ThreadAction> actions) {
        requireStopped();
        synchronized (runLock) {
            resumes.prepare(actions, exchange::idOf);
            connection.nothingRepeats();
            interrupted = false;
            running = true;
            exchange.forgetSelection();
            resumes.send();
        }
    }

    /** All threads go on. */
    public void resume() {
        resume(List.of(ThreadAction.continueOthers()));
    }

    /**
     * Whether the stub steps threads over planted breakpoints by itself when they are resumed. With any other the
     * caller has to remove the breakpoint, step that thread alone, and plant it again.
     */
    public boolean stepsOverBreakpoints() {
        return features.has(ServerDispatch.STEPS_OVER);
    }

    /** Waits for the end of the last {@link #resume}. Empty when the payload still runs after {@code timeout}. */
    public Optional<StopEvent> waitForStop(Duration timeout) {
        if (!isRunning()) throw new IllegalStateException("the payload is not running");
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            PacketCursor reply = connection.await(resumes.packet(), Duration.ofNanos(deadline - System.nanoTime()));
            if (reply == null) return Optional.empty();
            if (isConsoleOutput(reply)) {
                if (deadline - System.nanoTime() <= 0) return Optional.empty();
                continue;
            }
            boolean asked;
            synchronized (runLock) {
                running = false;
                asked = interrupted;
            }
            if (reply.atEnd() || Replies.isError(reply)) Replies.data(exchange.request(), reply);
            if (asked) connection.mayRepeat(reply);
            StopEvent event = event(reply, false, asked, resumes.actions());
            if (resumes.isUnfinished(event) && !asked) {
                synchronized (runLock) {
                    running = true;
                    resumes.repeat();
                }
                continue;
            }
            if (event.isExit()) endOfProcess();
            return Optional.of(event);
        }
    }

    private static boolean isConsoleOutput(PacketCursor reply) {
        return reply.peek() == 'O' && reply.remaining() % 2 == 1;
    }

    /** Whether a resume has not been answered by a stop yet. */
    public boolean isRunning() {
        synchronized (runLock) {
            return running;
        }
    }

    /**
     * Asks a running payload to stop; does nothing when it is stopped. Any thread.
     *
     * @return whether the payload may get a SIGINT by it after the next resume, when another stop comes first; this
     *     project's stub and lldb-server forget such an interrupt
     */
    public boolean interrupt() {
        synchronized (runLock) {
            if (!running) return false;
            interrupted = true;
            connection.interrupt();
            return !features.has(ServerDispatch.STEPS_OVER) && !features.isLldb();
        }
    }

    /**
     * Whether an {@link #interrupt} that another stop has overtaken is certain to become a SIGINT, which would end the
     * payload after a {@link #detach}.
     */
    public boolean keepsLateInterrupts() {
        return features.keepsLateInterrupts();
    }

    /** Whether an exit comes with the program's status: the original KM always says 0. */
    public boolean tellsExitStatus() {
        return !features.isOriginalKm();
    }

    /** Takes out all software breakpoints; one that the stub does not let go stays. */
    public void removeBreakpoints() {
        for (long address : List.copyOf(breakpoints)) removeBreakpoint(address);
    }

    /**
     * Signals, by Linux number, that are delivered without a stop from now on. Ignored by stubs that know no such
     * thing.
     */
    public void passSignals(Collection<Integer> signals) {
        if (!features.has("QPassSignals")) return;
        PacketWriter request = exchange.start("QPassSignals:");
        String separator = "";
        for (int signal : new TreeSet<>(signals)) {
            request.text(separator).hex(features.signalToServer(signal));
            separator = ";";
        }
        exchange.expectOk();
    }

    /** Lets the payload go on without a debugger and closes the connection. Interrupts it first when it runs. */
    public void detach() {
        if (isRunning()) {
            interrupt();
            Optional<StopEvent> stop = waitForStop(INTERRUPT_LIMIT);
            if (stop.isEmpty()) {
                close();
                throw new RspException(Kind.TIMEOUT, "the payload did not stop for the detach");
            }
        }
        if (!ended) {
            // not every stub takes them out by itself: lldb-server leaves them to the program
            if (!features.has(ServerDispatch.STEPS_OVER)) removeBreakpoints();
            PacketWriter request = exchange.start("D");
            if (exchange.pid() > 0) request.text(';').hex(exchange.pid());
            exchange.expectOk();
        }
        close();
    }

    /** Ends the payload and closes the connection. */
    public void kill() {
        if (isRunning()) {
            interrupt();
            waitForStop(INTERRUPT_LIMIT);
        }
        if (!ended && !isRunning() && exchange.pid() > 0) {
            exchange.start("vKill;").hex(exchange.pid());
            PacketCursor reply = exchange.reply();
            if (!reply.atEnd()) {
                Replies.ok(exchange.request(), reply);
                endOfProcess();
            }
        }
        if (!ended) connection.send(exchange.start("k")); // has no reply
        close();
    }

    /** The auxiliary vector's bytes; empty when the stub gives none. */
    public byte[] auxv() {
        return features.has("qXfer:auxv:read") ? exchange.transfer("auxv", "") : new byte[0];
    }

    /** Absolute path of the executable as the stub's host sees it. */
    public Optional<String> execFile() {
        if (!features.has("qXfer:exec-file:read")) return Optional.empty();
        String process = exchange.pid() > 0 ? Integer.toHexString(exchange.pid()) : "";
        return Optional.of(exchange.transferText("exec-file", process));
    }

    /** The 128 bytes of siginfo_t of the signal that stopped {@code tid}. */
    public Optional<byte[]> signalInfo(int tid) {
        if (!features.has("qXfer:siginfo:read")) return Optional.empty();
        exchange.start("qXfer:siginfo:read::0,").hex(SignalInfo.BYTES);
        PacketCursor reply = exchange.replyFor(tid);
        if (Replies.isError(reply)) return Optional.empty();
        Replies.data(exchange.request(), reply);
        reply.take();
        byte[] raw = reply.restBytes();
        return raw.length == SignalInfo.BYTES ? Optional.of(raw) : Optional.empty();
    }

    /** Runs a command of the stub's own ("monitor ..." in gdb) and returns its output. */
    public String monitorCommand(String command) {
        exchange.start("qRcmd,").hexText(command);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PacketCursor reply = exchange.data();
        while (reply.peek() == 'O' && !reply.toString().equals("OK")) {
            reply.take();
            output.writeBytes(exchange.hexText(reply));
            if (output.size() > MOST_COMMAND_OUTPUT) throw Replies.malformed(exchange.request(), reply);
            reply = Replies.data(exchange.request(), exchange.nextReply());
        }
        if (!reply.skip("OK")) output.writeBytes(exchange.hexText(reply));
        return output.toString(StandardCharsets.UTF_8);
    }

    /** A regular file as the stub's host sees it, at most {@code limitBytes} of it; empty when it cannot be read. */
    public Optional<byte[]> readFile(String path, int limitBytes) {
        return readFile(path, 0, limitBytes);
    }

    /** A part of such a file; shorter where the file ends. */
    public Optional<byte[]> readFile(String path, long offset, int limitBytes) {
        requireStopped();
        return new ClientFiles(connection, exchange.request(), features.packetBytes())
                .read(path, OPEN_READ_ONLY, offset, limitBytes);
    }

    /**
     * Has the stub write a core, which may take long; its path. Empty where the stub writes none.
     *
     * @param path absolute, on the stub's host; null: where the stub writes cores
     */
    public Optional<String> saveCore(@Nullable String path) {
        return new ClientCore(connection, exchange).save(path);
    }

    /** As {@link #pid}; asks a stub that says it only when it is asked. */
    public OptionalInt processId() {
        return new ClientCore(connection, exchange).processId();
    }

    /** The memory that the payload may access, upwards; empty where the stub does not say. */
    public List<StubTarget.MemoryRegion> regions() {
        return new ClientCore(connection, exchange).regions();
    }

    /** Drops the connection without a word; a stub lets the payload go on then. */
    @Override
    public void close() {
        connection.close();
    }

    private void requireStopped() {
        if (isRunning()) throw new IllegalStateException("the payload is running");
        if (ended) throw new RspException(Kind.LOST, "the payload has ended");
    }

    private void endOfProcess() {
        ended = true;
        close(); // so that the stub need not wait for us
    }

    private StopEvent event(PacketCursor reply, boolean initial, boolean asked, List<ThreadAction> actions) {
        StopCircumstances context =
                new StopCircumstances(initial, asked, actions, breakpoints, exchange, threads, registers);
        StopReplyReader.Read read = exchange.understand(reply, in -> new StopReplyReader(layout, context).read(in));
        exchange.learnPid(read.pid());
        return read.event();
    }
}
