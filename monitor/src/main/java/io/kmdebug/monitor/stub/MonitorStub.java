package io.kmdebug.monitor.stub;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.thread.BorrowedMemory;
import io.kmdebug.monitor.thread.CoreSink;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.rsp.BreakpointCondition;
import io.kmdebug.rsp.PeerProcess;
import io.kmdebug.rsp.Refusal;
import io.kmdebug.rsp.StubTarget;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The payload as a debugger sees it. Has no state of its own: asks the payload, its memory and {@link RunControl}. */
final class MonitorStub implements StubTarget {
    private final Payload payload;
    private final boolean endsWithLostClient;
    private final RunControl control;
    private final Breakpoints breakpoints;
    private final Watchpoints watchpoints;
    private final ChildSessions children;
    /** Null: the client is connected to this monitor. */
    private final @Nullable ChildLink line;
    /** Whose memory the payload runs on; null: its own. */
    private final @Nullable MonitorStub lender;

    /** The first process, whose client is connected here. */
    MonitorStub(Payload payload, boolean endsWithLostClient) {
        this(payload, endsWithLostClient, null, null);
    }

    /** A child in a monitor of its own, which debuggers reach by the line. */
    static MonitorStub ofChild(Payload payload, boolean endsWithLostClient, ChildLink line) {
        return new MonitorStub(payload, endsWithLostClient, line, null);
    }

    /** A child on this payload's memory. */
    MonitorStub ofBorrower(Payload child, ChildLink line) {
        return new MonitorStub(child, endsWithLostClient, line, this);
    }

    private MonitorStub(
            Payload payload, boolean endsWithLostClient, @Nullable ChildLink line, @Nullable MonitorStub lender) {
        this.payload = payload;
        this.endsWithLostClient = endsWithLostClient;
        this.line = line;
        this.lender = lender;
        breakpoints = lender == null ? new Breakpoints(payload.space()) : new Breakpoints(lender.breakpoints);
        watchpoints = lender == null ? new Watchpoints(payload.space()) : lender.watchpoints;
        control = new RunControl(payload, breakpoints, watchpoints, lender == null ? null : lender.control);
        children = new ChildSessions(payload, this, control, breakpoints, line);
    }

    RunControl control() {
        return control;
    }

    /** @param lastWords what is done when the process has ended and its end was told */
    PayloadEvents events(Runnable lastWords) {
        return new PayloadEvents(payload, control, breakpoints, watchpoints, children, lastWords);
    }

    @Override
    public void attach() {
        control.attach();
    }

    @Override
    public int pid() {
        return payload.pid();
    }

    @Override
    public List<ThreadDescription> threads() {
        List<ThreadDescription> described = new ArrayList<>();
        for (PayloadThread thread : payload.threads()) {
            described.add(new ThreadDescription(thread.tid(), thread.name(), control.describe(thread)));
        }
        return described;
    }

    @Override
    public boolean hasThread(int tid) {
        return thread(tid).isPresent();
    }

    @Override
    public Optional<Registers> registers(int tid) {
        return thread(tid).map(ThreadRegisters::read);
    }

    @Override
    public Optional<Registers> generalRegisters(int tid) {
        return thread(tid).map(ThreadRegisters::general);
    }

    @Override
    public boolean writeRegisters(int tid, Registers changed) {
        PayloadThread thread = payload.thread(tid);
        if (thread == null) return false;
        boolean moves =
                changed.has(AmdRegister.RIP) && changed.pc() != thread.context().get(GuestContext.RIP);
        ThreadRegisters.write(thread, changed);
        if (moves) {
            control.moved(thread);
            // an interrupted call is not made again from another place
            if (!changed.has(AmdRegister.ORIG_RAX)) thread.context().originalRax(-1);
        }
        return true;
    }

    private Optional<PayloadThread> thread(int tid) {
        return Optional.ofNullable(payload.thread(tid));
    }

    @Override
    public int readMemory(long address, byte[] target, int offset, int length) {
        synchronized (control.lock()) {
            return breakpoints.readMemory(address, target, offset, length);
        }
    }

    @Override
    public boolean writeMemory(long address, byte[] data) {
        synchronized (control.lock()) {
            boolean written = breakpoints.writeMemory(address, data);
            if (written && watchpoints.any()) watchpoints.written(address, data.length);
            return written;
        }
    }

    @Override
    public boolean insertBreakpoint(long address) {
        synchronized (control.lock()) {
            return breakpoints.insert(address, List.of());
        }
    }

    @Override
    public boolean evaluatesConditions() {
        return true;
    }

    @Override
    public boolean insertBreakpoint(long address, List<BreakpointCondition> conditions) {
        synchronized (control.lock()) {
            return breakpoints.insert(address, conditions);
        }
    }

    @Override
    public boolean removeBreakpoint(long address) {
        synchronized (control.lock()) {
            return breakpoints.remove(address);
        }
    }

    @Override
    public boolean watches(WatchKind kind) {
        return true;
    }

    @Override
    public @Nullable String insertWatchpoint(WatchKind kind, long address, long length) {
        synchronized (control.lock()) {
            return watchpoints.insert(kind, address, length);
        }
    }

    @Override
    public boolean removeWatchpoint(WatchKind kind, long address, long length) {
        synchronized (control.lock()) {
            return watchpoints.remove(kind, address, length);
        }
    }

    @Override
    public void resume(Map<Integer, Action> actions, boolean newborns) {
        control.resume(actions, newborns);
    }

    @Override
    public void interrupt() {
        control.interrupt();
    }

    @Override
    public void passSignals(Set<Integer> signals) {
        control.passSignals(signals);
    }

    @Override
    public void programSignals(Set<Integer> signals) {
        control.programSignals(signals);
    }

    @Override
    public boolean reportsEvents() {
        return true;
    }

    @Override
    public void catchCalls(@Nullable Set<Integer> calls) {
        control.catchCalls(calls);
    }

    @Override
    public void catchExec(boolean on) {
        control.catchExec(on);
    }

    @Override
    public boolean reportsForks() {
        return true;
    }

    @Override
    public void catchForks(boolean forks, boolean vforks) {
        children.catchForks(forks, vforks);
    }

    @Override
    public boolean reportsThreads() {
        return true;
    }

    @Override
    public void threadEvents(boolean on) {
        control.threadEvents().want(on);
    }

    @Override
    public @Nullable PeerProcess child(int pid) {
        return children.take(pid);
    }

    @Override
    public void remember(String kind, byte[] packet) {
        children.remember(kind, packet);
    }

    @Override
    public void onStop(Consumer<Stop> listener) {
        control.listener(listener);
    }

    @Override
    public void detach() {
        children.forget();
        undebug();
        control.detach();
    }

    /** What happens from now on in a payload on another one's memory is nobody's business but its own. */
    private void undebug() {
        if (lender != null) payload.debugHook(BorrowedMemory.undebugged(lender.payload));
    }

    @Override
    public boolean endsWithLostClient() {
        return endsWithLostClient;
    }

    @Override
    public void kill() {
        if (line == null) payload.end().kill();
        else if (lender == null) payload.end().killBySignal();
        else killBorrower();
    }

    /** The monitor is the lender's as well. */
    private void killBorrower() {
        SignalInfo info = SignalInfo.sent(LinuxSignal.SIGKILL.number(), SignalInfo.SI_USER, payload.pid(), 0);
        undebug();
        payload.end().killBorrower(info);
        detach();
    }

    /** The payload goes on in another monitor, at the other end of this descriptor's line. */
    void moved(int descriptor) {
        ChildLink link = line;
        if (link == null) return;
        try {
            link.send(ChildLink.MOVED, new byte[0], descriptor);
        } catch (IOException gone) {
            payload.log("process " + payload.pid() + " goes on without a debugger: " + gone.getMessage());
        }
    }

    @Override
    public byte[] auxv() {
        return payload.auxiliaryVector();
    }

    @Override
    public String executable() {
        return payload.executable();
    }

    @Override
    public Optional<byte[]> signalInfo(int tid) {
        return Optional.ofNullable(control.waiting(tid)).map(SignalInfo::raw).map(byte[]::clone);
    }

    @Override
    public boolean writeSignalInfo(int tid, byte[] info) {
        return control.replaceWaiting(tid, new SignalInfo(info.clone()));
    }

    @Override
    public @Nullable Long threadLocal(int tid, long linkMap, long offset) {
        PayloadThread thread = payload.thread(tid);
        if (thread == null) throw Refusal.because("no thread " + tid);
        return new ThreadLocals(payload, this::readMemory).address(thread, linkMap, offset);
    }

    @Override
    public @Nullable List<Library> libraries() {
        return new LinkMaps(payload, this::readMemory).libraries();
    }

    @Override
    public long librariesPointer() {
        return new LinkMaps(payload, this::readMemory).pointer();
    }

    @Override
    public @Nullable List<Map<String, String>> systemTable(String type) {
        return new SystemTables(payload).of(type);
    }

    @Override
    public List<MemoryRegion> regions() {
        List<MemoryRegion> regions = new ArrayList<>();
        for (Region region : payload.space().regions()) {
            regions.add(new MemoryRegion(region.start(), region.end(), region.protection(), region.name()));
        }
        return regions;
    }

    @Override
    public byte @Nullable [] payloadFile(String path) {
        return new ProcPaths(payload).content(path);
    }

    @Override
    public String hostPath(String path) {
        return new ProcPaths(payload).host(path);
    }

    @Override
    public String saveCore(@Nullable String path) {
        return writeCore(path).path();
    }

    /** @throws Refusal when it cannot be written */
    CoreSink.Saved writeCore(@Nullable String path) {
        int tid = control.currentThread();
        PayloadThread first = payload.thread(tid);
        if (first == null) throw Refusal.because("no core: no thread is left");
        SignalInfo waiting = control.waiting(tid);
        try {
            SignalInfo info = waiting == null ? new SignalInfo(new byte[SignalInfo.BYTES]) : waiting;
            return payload.end().core(first, info, path == null ? null : Path.of(path));
        } catch (IOException | InvalidPathException e) {
            throw Refusal.because("no core: " + e.getMessage());
        }
    }

    @Override
    public @Nullable String monitorCommand(String command) {
        return new MonitorCommands(payload, this).answer(command);
    }
}
