package io.kmdebug.dap;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashDigest;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
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
import io.kmdebug.debugger.SignalPolicy;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.StackPage;
import io.kmdebug.debugger.StepKind;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.VariableInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A session without a payload: answers from a small made-up program, and notes what it was asked. */
final class FakeSession implements Session {
    static final long MAIN = 100;
    static final long WORKER = 101;
    static final int SCOPE = 10;
    static final int ARRAY = 20;
    static final int STRUCT = 30;
    static final int MIXED = 40;

    final List<String> calls = new CopyOnWriteArrayList<>();
    final SessionListener listener;
    final Path source;
    final boolean core;
    final CountDownLatch closed = new CountDownLatch(1);
    /** Reached by a request that blocks. */
    final CountDownLatch blocked = new CountDownLatch(1);

    private final CountDownLatch paused = new CountDownLatch(1);
    private volatile boolean stopped = true;
    private volatile StopReason reason = new StopReason.Entry();
    private volatile int nextId = 1;
    private volatile int stop = 1;

    FakeSession(SessionListener listener, Path source, boolean core) {
        this.listener = listener;
        this.source = source;
        this.core = core;
    }

    @Override
    public void start() {
        calls.add("start");
        if (core) {
            stop(new StopReason.Signal(11, "SIGSEGV", "Segmentation fault: address 0x0 is not mapped", 0L), WORKER);
        } else {
            stop(new StopReason.Breakpoint(List.of(1)), MAIN);
        }
    }

    void stop(StopReason why, long thread) {
        stopped = true;
        stop++;
        reason = why;
        listener.stopped(why, thread);
    }

    @Override
    public boolean isCore() {
        return core;
    }

    @Override
    public boolean isStopped() {
        return stopped;
    }

    @Override
    public List<BreakpointStatus> setSourceBreakpoints(String path, List<BreakpointRequest> requests) {
        calls.add("setSourceBreakpoints " + path + " " + requests);
        List<BreakpointStatus> statuses = new ArrayList<>();
        for (BreakpointRequest request : requests) {
            boolean exists = request.line() <= 50;
            int line = request.line() % 10 == 0 ? request.line() + 1 : request.line();
            statuses.add(new BreakpointStatus(
                    nextId++,
                    exists,
                    exists ? new SourceLocation(path, line, 5) : null,
                    exists ? 0x401000 + line : 0,
                    exists ? null : "line " + request.line() + " is behind the last line with code"));
        }
        return statuses;
    }

    @Override
    public List<BreakpointStatus> setFunctionBreakpoints(List<BreakpointRequest> requests) {
        calls.add("setFunctionBreakpoints " + requests);
        List<BreakpointStatus> statuses = new ArrayList<>();
        for (BreakpointRequest request : requests) {
            boolean exists = "main".equals(request.function());
            statuses.add(new BreakpointStatus(
                    nextId++,
                    exists,
                    exists ? new SourceLocation(source.toString(), 3, 0) : null,
                    exists ? 0x401003 : 0,
                    exists ? null : "there is no function " + request.function()));
        }
        return statuses;
    }

    @Override
    public void setSignalPolicy(SignalPolicy policy) {
        calls.add("setSignalPolicy " + policy.stopping().stream().sorted().toList());
    }

    @Override
    public List<ThreadInfo> threads() {
        return List.of(new ThreadInfo(MAIN, "app"), new ThreadInfo(WORKER, "worker"));
    }

    @Override
    public StackPage stack(long threadId, int startFrame, int levels, boolean withArguments) {
        calls.add("stack " + threadId + " " + startFrame + " " + levels + " " + withArguments);
        if (threadId != MAIN && threadId != WORKER) {
            throw new DebuggerException("there is no thread " + threadId);
        }
        List<VariableInfo> arguments = withArguments
                ? List.of(value("n", "7", "int", 0, 0, 0), value("s", "\"x\"", "char *", 0, 0, 0))
                : List.of();
        List<FrameInfo> all = List.of(
                new FrameInfo(
                        1000 * stop + 1,
                        "work",
                        0x401010,
                        new SourceLocation(source.toString(), 2, 3),
                        "app",
                        false,
                        false,
                        false,
                        false,
                        null,
                        arguments,
                        null),
                new FrameInfo(
                        1000 * stop + 2,
                        "helper",
                        0x401020,
                        new SourceLocation("/nowhere/helper.c", 9, 0),
                        "app",
                        true,
                        false,
                        false,
                        false,
                        null,
                        List.of(),
                        null),
                new FrameInfo(
                        1000 * stop + 3,
                        "?? 0x401030",
                        0x401030,
                        null,
                        "app",
                        false,
                        false,
                        false,
                        false,
                        null,
                        List.of(),
                        threadId == MAIN ? "outermost frame" : "no unwind information for 0x401030"));
        int end = levels == 0 ? all.size() : Math.min(all.size(), startFrame + levels);
        List<FrameInfo> frames = startFrame >= end ? List.of() : all.subList(startFrame, end);
        return new StackPage(frames, all.size());
    }

    @Override
    public List<ScopeInfo> scopes(int frameId) {
        if (frameId / 1000 != stop) {
            throw new DebuggerException("frame " + frameId + " is of an earlier stop; ask for the stack again");
        }
        return List.of(
                new ScopeInfo(ScopeInfo.Kind.ARGUMENTS, "Arguments", SCOPE, 2, false),
                new ScopeInfo(ScopeInfo.Kind.LOCALS, "Locals", SCOPE + 1, 4, false),
                new ScopeInfo(ScopeInfo.Kind.GLOBALS, "Globals", SCOPE + 2, 1, true),
                new ScopeInfo(ScopeInfo.Kind.REGISTERS, "Registers", SCOPE + 3, 17, true));
    }

    @Override
    public List<VariableInfo> variables(int reference, int start, int count, boolean hex) {
        calls.add("variables " + reference + " " + start + " " + count + " " + hex);
        List<VariableInfo> all = switch (reference) {
            case SCOPE + 1 ->
                List.of(
                        value("items", "{...}", "int [1000]", ARRAY, 1000, 0),
                        value("point", "{x=3, y=4}", "struct point", STRUCT, 0, 2),
                        value("mixed", "{...}", "struct mixed", MIXED, 3, 2),
                        new VariableInfo("gone", "<optimized out>", "int", false, 0, 0, 0, null, null));
            case ARRAY -> elements(1000, hex);
            case STRUCT -> List.of(value("x", "3", "int", 0, 0, 0), value("y", "4", "int", 0, 0, 0));
            case MIXED ->
                List.of(
                        value("[0]", "0", "int", 0, 0, 0),
                        value("[1]", "1", "int", 0, 0, 0),
                        value("[2]", "2", "int", 0, 0, 0),
                        value("a", "1", "int", 0, 0, 0),
                        value("b", "2", "int", 0, 0, 0));
            default -> throw new DebuggerException("variable reference " + reference + " is not valid any more");
        };
        int end = count == 0 ? all.size() : Math.min(all.size(), start + count);
        return start >= end ? List.of() : all.subList(start, end);
    }

    private static List<VariableInfo> elements(int count, boolean hex) {
        List<VariableInfo> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(value("[" + i + "]", hex ? "0x" + Integer.toHexString(i) : "" + i, "int", 0, 0, 0));
        }
        return elements;
    }

    static VariableInfo value(String name, String value, String type, int reference, int indexed, int named) {
        return new VariableInfo(name, value, type, true, reference, indexed, named, "0x7000", name);
    }

    @Override
    public VariableInfo evaluate(String expression, int frameId, EvaluationContext context, boolean hex) {
        calls.add("evaluate " + expression + " " + frameId + " " + context + " " + hex);
        switch (expression) {
            case "slow" -> block();
            case "slow and shout" -> {
                listener.output(SessionListener.OutputKind.STDOUT, "shouted\n");
                listener.breakpointChanged(new BreakpointStatus(1, false, null, 0, "lost"));
            }
            case "crash" -> throw new IllegalStateException("a defect");
            case "overflow" -> throw new StackOverflowError();
            case "nonsense" -> throw new DebuggerException("there is no 'nonsense' here");
            default -> {}
        }
        return value(expression, "42", "int", 0, 0, 0);
    }

    /** Until paused, closed or interrupted. */
    private void block() {
        blocked.countDown();
        try {
            paused.await();
        } catch (InterruptedException e) {
            throw new DebuggerException("cut off", e);
        }
    }

    @Override
    public VariableInfo setVariable(int reference, String name, String expression) {
        calls.add("setVariable " + reference + " " + name + " " + expression);
        return value(name, expression, "int", 0, 0, 0);
    }

    private void postMortem() {
        if (core) {
            throw new DebuggerException("this is post-mortem: a core cannot be run");
        }
    }

    @Override
    public void resume(long threadId) {
        calls.add("resume " + threadId);
        postMortem();
        stopped = false;
    }

    @Override
    public void step(long threadId, StepKind kind) {
        calls.add("step " + threadId + " " + kind);
        postMortem();
        if (threadId == WORKER) {
            stopped = false;
            block();
            stop(new StopReason.Pause(), threadId);
        } else {
            stop(new StopReason.Step(), threadId);
        }
    }

    @Override
    public void pause() {
        calls.add("pause");
        if (!stopped) {
            if (blocked.getCount() == 0) {
                paused.countDown();
            } else {
                stop(new StopReason.Pause(), MAIN);
            }
        }
    }

    @Override
    public Optional<StopReason> stopReason() {
        return Optional.of(reason);
    }

    @Override
    public String source(String path) {
        return "text of " + path + "\n";
    }

    @Override
    public MemoryBlock readMemory(long address, int count) {
        calls.add("readMemory " + Long.toHexString(address) + " " + count);
        int readable = Math.min(count, 4);
        return new MemoryBlock(address, Arrays.copyOf(new byte[] {1, 2, 3, 4}, readable), count - readable);
    }

    @Override
    public List<OpenFile> openFiles() {
        return List.of(new OpenFile(3, "pipe:[4711]", "O_RDONLY", 0));
    }

    @Override
    public SavedCore saveCore(@Nullable Path path) {
        calls.add("saveCore " + path);
        return new SavedCore(path == null ? "/cores/core.100" : path.toString(), List.of("4 bytes are missing"));
    }

    @Override
    public int writeMemory(long address, byte[] data) {
        calls.add("writeMemory " + Long.toHexString(address) + " " + Arrays.toString(data));
        return Math.min(data.length, 2);
    }

    @Override
    public List<InstructionInfo> disassemble(long address, int instructionOffset, int count) {
        calls.add("disassemble " + Long.toHexString(address) + " " + instructionOffset + " " + count);
        List<InstructionInfo> instructions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean valid = instructionOffset + i >= 0;
            instructions.add(new InstructionInfo(
                    address + instructionOffset + i,
                    valid ? new byte[] {(byte) 0x90} : new byte[0],
                    valid ? "nop" : "??",
                    valid ? "main+" + i : null,
                    valid ? new SourceLocation(source.toString(), 2, 0) : null,
                    valid));
        }
        return instructions;
    }

    @Override
    public List<ModuleInfo> modules() {
        return List.of(
                new ModuleInfo("1", "app", "/bin/app", "abcdef", 0, 0x400000, 0x500000, "DWARF 5"),
                new ModuleInfo("2", "[vdso]", "[vdso]", null, 0x7fff0000L, 0x7fff0000L, 0x7fff2000L, "no symbols"));
    }

    @Override
    public String explanation() {
        return "null pointer dereference: reads p->x, and p is 0x0, in area (app.c:6)";
    }

    @Override
    public List<MemoryRegion> memoryMap() {
        throw new UnsupportedOperationException("not asked for by DAP");
    }

    @Override
    public CrashDigest digest() {
        throw new UnsupportedOperationException("not asked for by DAP");
    }

    @Override
    public CrashReport report(int frameLimit) {
        throw new UnsupportedOperationException("not asked for by DAP");
    }

    @Override
    public void disconnect() {
        calls.add("disconnect");
    }

    @Override
    public void terminate() {
        calls.add("terminate");
        listener.exited(143);
        listener.terminated();
    }

    @Override
    public void close() {
        calls.add("close");
        paused.countDown();
        closed.countDown();
    }

    /** Notes what sessions were asked for. */
    static final class Factory implements io.kmdebug.dap.request.SessionFactory {
        final List<FakeSession> sessions = new CopyOnWriteArrayList<>();
        volatile @Nullable LaunchOptions launched;
        volatile @Nullable AttachOptions attached;
        volatile @Nullable CoreOptions opened;
        private final Path source;

        Factory(Path source) {
            this.source = source;
        }

        @Override
        public Session launch(LaunchOptions options, SessionListener listener) {
            launched = options;
            if (options.program().endsWith("missing")) {
                throw new DebuggerException("/missing: no such file; build it first");
            }
            return open(listener, false);
        }

        @Override
        public Session attach(AttachOptions options, SessionListener listener) {
            attached = options;
            return open(listener, false);
        }

        @Override
        public Session openCore(CoreOptions options, SessionListener listener) {
            opened = options;
            return open(listener, true);
        }

        private Session open(SessionListener listener, boolean core) {
            FakeSession session = new FakeSession(listener, source, core);
            sessions.add(session);
            return session;
        }

        FakeSession session() {
            return sessions.get(sessions.size() - 1);
        }
    }
}
