package io.kmdebug.debugger.engine;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.CrashDigest;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.InstructionInfo;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.MemoryBlock;
import io.kmdebug.debugger.MemoryRegion;
import io.kmdebug.debugger.ModuleInfo;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.SavedCore;
import io.kmdebug.debugger.ScopeInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.SessionListener.OutputKind;
import io.kmdebug.debugger.SignalPolicy;
import io.kmdebug.debugger.StackPage;
import io.kmdebug.debugger.StepKind;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.VariableInfo;
import io.kmdebug.debugger.code.Disassembler;
import io.kmdebug.debugger.target.CoreTarget;
import io.kmdebug.debugger.target.ImageList;
import io.kmdebug.debugger.target.ImageLoader;
import io.kmdebug.debugger.target.LiveTarget;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.debugger.target.Target;
import io.kmdebug.rsp.RspException;
import io.kmdebug.symbols.Symbols;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A session: puts its parts together, and lets each request run on the owner thread. */
final class DebugSession implements Session {
    private static final int MAX_READ_BYTES = 16 << 20;

    /** What runs a payload; absent for a core. */
    private record Running(
            LiveTarget target,
            PlantedBreakpoints planted,
            OwnBreakpoints own,
            LinkerWatch linker,
            Execution execution) {}

    private final OwnerThread owner;
    private final SessionListener listener;
    private final Notices notices;
    private final Target target;
    private final Payload payload;
    private final BreakpointTable breakpoints;
    private final Inspector inspector;
    private final SymbolFiles files;
    private final SessionState state;
    private final @Nullable Running running;
    private final @Nullable Launched launched;
    private volatile boolean closed;

    /** @param program where relative source paths may be relative to, or null */
    DebugSession(
            Target target,
            @Nullable Launched launched,
            Map<String, String> sourceMap,
            @Nullable Path program,
            SymbolFiles files,
            SessionListener listener) {
        this.target = target;
        this.launched = launched;
        this.listener = listener;
        this.owner = new OwnerThread("kmdebug-session");
        this.notices = new Notices(listener);
        ImageList images = new ImageList();
        ImageLoader loader = new ImageLoader(target, images, files, notices::add);
        this.files = files;
        files.tell(this::notice);
        SourceChecks checks = new SourceChecks(notices::add, owner::post);
        this.payload =
                new Payload(target, images, loader, new SourcePaths(sourceMap, program, files, checks), notices::add);
        this.inspector = new Inspector(payload);
        if (target instanceof LiveTarget live) {
            PlantedBreakpoints planted = new PlantedBreakpoints(live);
            OwnBreakpoints own = new OwnBreakpoints(planted);
            this.breakpoints = new BreakpointTable(payload, planted);
            LinkerWatch linker = new LinkerWatch(payload, own);
            this.state = new SessionState(owner, payload, breakpoints, linker, launched, listener);
            Execution execution = new Execution(owner, live, planted, own, breakpoints, inspector, state);
            this.running = new Running(live, planted, own, linker, execution);
        } else {
            this.breakpoints = new BreakpointTable(payload, null);
            this.state = new SessionState(owner, payload, breakpoints, null, launched, listener);
            this.running = null;
        }
    }

    // ---------------------------------------------------------------------------------------------- beginning

    /** Looks at a payload that stands because of {@code reason}. */
    void openLive(@Nullable Symbols program, StopReason reason, long tid) {
        owner.run(() -> {
            Running live = live("looked at");
            if (program != null) payload.loader().addExecutable(program);
            else notices.add("The stub does not name a program on this machine: there are no symbols.");
            payload.loader().addVdso();
            live.linker().begin();
            live.execution().setPolicy(new SignalPolicy(Set.of()));
            state.found(reason, tid);
        });
    }

    void openCore(CoreTarget core, @Nullable Symbols program, List<String> found) {
        owner.run(() -> {
            found.forEach(notices::add);
            payload.loader().addAllOf(core, program);
            CoreFile file = core.core();
            List<ThreadInfo> threads = core.threads();
            if (threads.isEmpty()) {
                String why = file.notices().isEmpty() ? "" : ": " + String.join("; ", file.notices());
                throw new DebuggerException("The core " + file.path() + " has no thread" + why + ".");
            }
            StopReason reason = file.signal() == 0
                    ? new StopReason.Pause()
                    : SignalTexts.describe(file.signal(), file.signalInfo().orElse(null));
            state.found(reason, threads.get(0).id());
        });
    }

    /** Something for the user, from any thread. */
    private void notice(String text) {
        if (owner.isCurrent()) notices.add(text);
        else owner.post(() -> notices.add(text));
    }

    /** The payload's own output, or its monitor's. Any thread. */
    void output(OutputKind kind, String text) {
        owner.post(() -> listener.output(kind, text));
    }

    @Override
    public void start() {
        owner.run(() -> {
            notices.tell();
            StopReason reason = state.reason();
            if (running == null || launched == null) {
                if (reason != null) listener.stopped(reason, state.focus());
                return;
            }
            LaunchOptions options = launched.options();
            if (options.stopOnEntry()) {
                listener.stopped(new StopReason.Entry(), state.focus());
                return;
            }
            if (options.stopAtMain()
                    && !payload.images().main().map(running.own()::trapMain).orElse(false)) {
                state.say("The program has no function main to stop at.");
            }
            state.resumed();
            running.execution().resume();
        });
    }

    // ------------------------------------------------------------------------------------------------ requests

    private <T> T whenStopped(Supplier<T> body) {
        return owner.call(() -> {
            checkThere();
            if (!isStopped()) throw new DebuggerException("The payload is running. Pause it first.");
            return body.get();
        });
    }

    private void checkThere() {
        if (closed) throw new DebuggerException("The session is closed.");
        if (state.isOver()) throw new DebuggerException("The payload is gone.");
    }

    private Running live(String what) {
        if (running == null) throw CoreTarget.postMortem(what);
        return running;
    }

    @Override
    public boolean isCore() {
        return !target.isLive();
    }

    @Override
    public boolean isStopped() {
        return !state.isOver() && (running == null || running.execution().isStopped());
    }

    private <T> T evenWhileRunning(Supplier<T> body) {
        return owner.call(() -> {
            checkThere();
            return running == null ? body.get() : running.execution().whileStopped(body);
        });
    }

    @Override
    public List<BreakpointStatus> setSourceBreakpoints(String path, List<BreakpointRequest> requests) {
        return evenWhileRunning(() -> breakpoints.setSource(path, requests));
    }

    @Override
    public List<BreakpointStatus> setFunctionBreakpoints(List<BreakpointRequest> requests) {
        return evenWhileRunning(() -> breakpoints.setFunctions(requests));
    }

    @Override
    public void setSignalPolicy(SignalPolicy policy) {
        evenWhileRunning(() -> {
            if (running != null) running.execution().setPolicy(policy);
            return Boolean.TRUE;
        });
    }

    @Override
    public List<ThreadInfo> threads() {
        return owner.call(() -> !closed && isStopped() ? state.refreshThreads() : state.threads());
    }

    @Override
    public StackPage stack(long threadId, int startFrame, int levels, boolean withArguments) {
        return whenStopped(() -> inspector.stack(threadId, startFrame, levels, withArguments));
    }

    @Override
    public List<ScopeInfo> scopes(int frameId) {
        return whenStopped(() -> inspector.scopes(frameId));
    }

    @Override
    public List<VariableInfo> variables(int reference, int start, int count, boolean hex) {
        return whenStopped(() -> inspector.variables(reference, start, count, hex));
    }

    @Override
    public VariableInfo evaluate(String expression, int frameId, EvaluationContext context, boolean hex) {
        return whenStopped(() -> inspector.evaluate(expression, frameId, state.focus(), context, hex));
    }

    @Override
    public VariableInfo setVariable(int reference, String name, String expression) {
        return whenStopped(() -> inspector.setVariable(reference, name, expression));
    }

    @Override
    public void resume(long threadId) {
        owner.run(() -> {
            checkThere();
            live("resumed").execution().resume();
            state.resumed();
        });
    }

    @Override
    public void step(long threadId, StepKind kind) {
        owner.run(() -> {
            checkThere();
            Running live = live("stepped");
            Execution execution = live.execution();
            if (!execution.isStopped()) throw new DebuggerException("The payload is running. Pause it first.");
            long thread = running(threadId);
            target.registers(thread);
            execution.step(StepPlan.of(kind, payload, thread, live.planted()));
            if (!execution.isStopped()) state.resumed();
        });
    }

    /** The thread to step for what the client calls one. */
    private long running(long threadId) {
        long thread = payload.thread(threadId);
        if (thread != 0) return thread;
        throw new DebuggerException(
                "The " + payload.goroutines().named(threadId).title()
                        + " is parked: no thread runs it, so it cannot be stepped. Set a breakpoint where it goes on.");
    }

    @Override
    public void pause() {
        if (running != null) running.execution().pause();
    }

    @Override
    public Optional<StopReason> stopReason() {
        return Optional.ofNullable(state.reason());
    }

    @Override
    public String source(String path) {
        return owner.call(() -> payload.sources().text(path));
    }

    @Override
    public MemoryBlock readMemory(long address, int count) {
        if (count < 0) throw new DebuggerException("A negative number of bytes cannot be read.");
        return whenStopped(() -> {
            byte[] data = new byte[Math.min(count, MAX_READ_BYTES)];
            int got = target.memory().read(address, data, 0, data.length);
            byte[] there = got == data.length ? data : Arrays.copyOf(data, got);
            return new MemoryBlock(address, there, count - got);
        });
    }

    @Override
    public int writeMemory(long address, byte[] data) {
        return whenStopped(() -> {
            target.writeMemory(address, data);
            return data.length;
        });
    }

    @Override
    public List<InstructionInfo> disassemble(long address, int instructionOffset, int count) {
        return whenStopped(() -> Disassembler.disassemble(new CodeView(payload), address, instructionOffset, count));
    }

    @Override
    public List<ModuleInfo> modules() {
        return owner.call(
                () -> payload.images().all().stream().map(LoadedImage::describe).toList());
    }

    @Override
    public List<OpenFile> openFiles() {
        return whenStopped(
                () -> target.openFiles()
                        .orElseThrow(
                                () -> new DebuggerException(
                                        isCore()
                                                ? "The core does not say which files were open."
                                                : "Open files are known of cores only; km tells them by its command \"monitor fds\".")));
    }

    @Override
    public List<MemoryRegion> memoryMap() {
        return whenStopped(() -> target instanceof CoreTarget core
                ? new AddressSpace(core, payload.images().all()).regions()
                : List.of());
    }

    @Override
    public CrashReport report(int frameLimit) {
        String commandLine = launched == null ? null : launched.commandLine();
        return whenStopped(() -> new Reporter(payload, inspector)
                .report(frameLimit, state.reason(), state.focus(), commandLine, notices::all));
    }

    @Override
    public String explanation() {
        return whenStopped(() -> new CrashAnalyzer(payload, inspector).summary(state.reason(), state.focus()));
    }

    @Override
    public SavedCore saveCore(@Nullable Path path) {
        if (running == null) throw CoreTarget.postMortem("saved: it is one");
        return evenWhileRunning(() -> new CoreSaver(running.target(), state, launched).save(path));
    }

    @Override
    public CrashDigest digest() {
        return whenStopped(() -> new CrashAnalyzer(payload, inspector).digest(state.reason(), state.focus()));
    }

    // ---------------------------------------------------------------------------------------------------- end

    @Override
    public void disconnect() {
        owner.run(() -> {
            if (state.isOver() || closed) return;
            if (running != null && !leave(running)) return;
            state.leave();
        });
        close();
    }

    /** Lets the payload go on by itself; returns whether it does, for it may have ended. */
    private boolean leave(Running left) {
        try {
            left.execution().haltToLeave();
            if (state.isOver()) return false;
            left.target().detach();
        } catch (DebuggerException | RspException e) {
            if (launched != null) throw e;
            listener.output(
                    OutputKind.IMPORTANT,
                    "The stub was left without a detach, and breakpoints may be left in the program: " + e.getMessage()
                            + "\n");
        }
        if (launched != null) launched.monitor().release();
        return true;
    }

    private void end(Running ended) {
        try {
            ended.execution().halt();
            if (!state.isOver()) ended.target().kill();
        } catch (DebuggerException | RspException e) {
            if (launched != null) throw e;
            listener.output(
                    OutputKind.IMPORTANT,
                    "The program behind the stub may still be there: it could not be ended: " + e.getMessage() + "\n");
        }
    }

    @Override
    public void terminate() {
        owner.run(() -> {
            if (state.isOver() || closed) return;
            if (running == null) {
                state.leave();
                return;
            }
            end(running);
            if (!state.isOver()) state.finish(null);
        });
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        files.close();
        if (running != null) running.execution().close();
        target.close();
        if (launched != null && !state.isOver()) launched.monitor().close();
        owner.shutdown();
    }
}
