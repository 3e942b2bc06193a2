package io.kmdebug.monitor.thread;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.Log;
import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.loader.LoadedProgram;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.MemoryTexts;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VirtualCpu;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.signal.HostActions;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.signal.SignalHost;
import io.kmdebug.monitor.snapshot.Snapshots;
import io.kmdebug.monitor.syscall.CallText;
import io.kmdebug.monitor.syscall.Errno;
import io.kmdebug.monitor.syscall.FutexCalls;
import io.kmdebug.monitor.syscall.GuestMemory;
import io.kmdebug.monitor.syscall.ProcessServices;
import io.kmdebug.monitor.syscall.SyscallProcess;
import io.kmdebug.monitor.syscall.SyscallTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The payload: one process in one machine. */
public final class Payload implements SyscallProcess, SignalHost {
    private static final int EXIT = 60;
    private static final int EXIT_GROUP = 231;

    private final Platform platform;
    private final AddressSpace space;
    private final GuestMemory memory;
    private final SyscallTable table;
    private final Log log;
    private volatile List<String> arguments;
    private volatile List<String> environment;
    private volatile LoadedProgram program;
    private final ProcessSignals signals = new ProcessSignals(this);
    private final List<PayloadThread> threads = new ArrayList<>();
    private final Stopper stopper = new Stopper(threads);
    private final Kicker kicker = new Kicker();
    private final ArgumentCells argumentCells = new ArgumentCells(this);
    private final Changes changes = new Changes();
    private final ProcessEnd end;
    private final int pid;
    private volatile DebugHook debugHook = new DebugHook.None();
    private @Nullable CallStatistics statistics;
    private @Nullable ProcessServices services;
    private @Nullable ProcessMaker processMaker;
    private @Nullable Snapshots snapshots;
    private Path snapshotPath = Path.of("kmsnap");
    private volatile int debugPort;
    private boolean dumpsShutdown;
    private final GuestAnswers answers;
    private volatile HostActions hostActions = HostActions.NONE;
    private @Nullable FutexCalls futexes;
    private int mainStatus;

    public Payload(
            Platform platform,
            AddressSpace space,
            GuestMemory memory,
            SyscallTable table,
            Log log,
            LoadedProgram program,
            List<String> arguments,
            List<String> environment) {
        this(platform, space, memory, table, log, program, arguments, environment, HostCall.getpid());
    }

    /** @param pid the payload's own number for itself, which a resumed one keeps whatever the host's is */
    public Payload(
            Platform platform,
            AddressSpace space,
            GuestMemory memory,
            SyscallTable table,
            Log log,
            LoadedProgram program,
            List<String> arguments,
            List<String> environment,
            int pid) {
        this.pid = pid;
        this.platform = platform;
        this.space = space;
        this.memory = memory;
        this.table = table;
        this.log = log;
        this.program = program;
        this.arguments = arguments;
        this.environment = environment;
        this.end = new ProcessEnd(this);
        this.answers = new GuestAnswers(platform, pid);
    }

    /** Makes the first thread; it starts at the program's entry when it is run on the calling platform thread. */
    public PayloadThread firstThread() {
        VirtualCpu cpu = platform.acquireCpu();
        cpu.set(GuestContext.RIP, program.entry());
        cpu.set(GuestContext.RSP, program.stackPointer());
        PayloadThread thread = new PayloadThread(this, pid, cpu, ProgramChange.programName(program.path()));
        thread.bind();
        thread.signals(signals.thread(pid, null));
        add(thread);
        return thread;
    }

    /** The number of a new thread: the host's, or the next one that no thread of the payload has. */
    int freeTid(int hostTid) {
        int tid = hostTid;
        while (thread(tid) != null || tid == pid && hostTid != HostCall.getpid()) tid++;
        return tid;
    }

    /** Makes a live thread known; it is stopped when the world is. */
    void add(PayloadThread thread) {
        synchronized (stopper) {
            synchronized (threads) {
                threads.add(thread);
                answers.threads(threads.size());
            }
            answers.numbered(thread);
            if (stopper.isStopped()) thread.request(Requests.STOP);
        }
    }

    /** The last thing that a thread does. */
    void ended(PayloadThread thread) {
        debugHook.ends(thread);
        ThreadEnd.tell(thread);
        FutexCalls used = futexes;
        if (used != null) used.ended(thread);
        ProcessServices served = services;
        if (served != null) served.calls().times().ended(thread);
        signals.remove(thread.signals());
        boolean last;
        synchronized (threads) {
            threads.remove(thread);
            last = threads.isEmpty();
        }
        if (thread.tid() == pid) mainStatus = thread.exitStatus();
        argumentCells.giveBack(thread.cpu().gsBase());
        debugHook.ended(thread);
        thread.state(PayloadThread.State.EXITED);
        platform.releaseCpu(thread.cpu());
        if (last) end.exit(mainStatus);
    }

    long serve(PayloadThread thread, long number, long[] a) {
        CallStatistics counted = statistics;
        boolean traced = Trace.on(Trace.HYPERCALL);
        if (counted == null && !traced) return table.dispatch(thread, number, a);
        boolean returns = number != EXIT && number != EXIT_GROUP;
        if (traced && !returns) Trace.line(Trace.HYPERCALL, CallText.of(thread, number, a));
        if (counted != null && !returns) counted.count(number, 0, 0);
        long start = System.nanoTime();
        long result = table.dispatch(thread, number, a);
        if (counted != null && returns) counted.count(number, result, System.nanoTime() - start);
        if (traced && returns) Trace.line(Trace.HYPERCALL, CallText.of(thread, number, a, result));
        return result;
    }

    /** Like {@link #serve}; KM answers ENOTSUP where Linux answers ENOSYS for an unknown call. */
    long servePortCall(PayloadThread thread, int number, long[] a) {
        long result = serve(thread, number, a);
        return table.serves(number) ? result : -Errno.EOPNOTSUPP;
    }

    ArgumentCells argumentCells() {
        return argumentCells;
    }

    Changes changes() {
        return changes;
    }

    /** Whether the payload has said on which NUMA nodes its memory is to be. */
    public boolean placesMemory() {
        return changes.placed();
    }

    /** The machine itself cannot go on: not the payload's doing. */
    void machineFailed(PayloadThread thread, String reason) {
        log.line("the virtual machine stopped at rip 0x"
                + Long.toHexString(thread.cpu().get(GuestContext.RIP)) + ": " + reason);
        if (dumpsShutdown) RegisterText.print(thread, log);
        end.abort();
    }

    /**
     * Calls with the same answer every time need no exit from now on: who and what process it is, and sched_yield while
     * each thread can have a processor. To be called before threads run; not when calls are counted or traced.
     */
    public void answerInGuest() {
        if (statistics != null || Trace.on(Trace.HYPERCALL)) return;
        answers.give();
        for (PayloadThread thread : threads()) answers.numbered(thread);
    }

    /** Ends {@link #answerInGuest} for good: somebody wants to see every call. */
    public void answerNothingInGuest() {
        answers.withdraw();
        for (PayloadThread thread : threads()) thread.cpu().answerGettid(0);
    }

    /** Whose rights a thread has may differ between threads from now on. */
    @Override
    public void identityChanged() {
        answers.identityChanged();
    }

    /** exec: the thread is the process's first one from now on. */
    void renumbered(PayloadThread thread) {
        answers.numbered(thread);
    }

    /** Another process runs on this machine as well, until {@link #returned}. */
    public void lent() {
        answers.lent();
    }

    /** Ends {@link #lent}. */
    public void returned() {
        answers.returned();
    }

    /** From now on calls are counted; {@link ProcessEnd} prints them. */
    public void countCalls() {
        if (statistics == null) statistics = new CallStatistics();
    }

    /** From now on the registers are printed when the machine fails. */
    public void dumpShutdown() {
        dumpsShutdown = true;
    }

    @Nullable
    CallStatistics statistics() {
        return statistics;
    }

    /** The table of {@code --hcall-stats} so far, a line each; empty when calls are not counted. */
    public List<String> callStatistics() {
        CallStatistics counted = statistics;
        return counted == null ? List.of() : counted.lines();
    }

    /** To be called once, before the first thread runs. */
    public void services(ProcessServices services) {
        this.services = services;
    }

    /** What serves the calls. */
    public ProcessServices services() {
        ProcessServices set = services;
        if (set == null) throw new IllegalStateException("no services yet");
        return set;
    }

    /** To be called once, before the first thread runs. */
    public void processMaker(ProcessMaker maker) {
        processMaker = maker;
    }

    public ProcessMaker processMaker() {
        ProcessMaker set = processMaker;
        if (set == null) throw new IllegalStateException("nobody makes processes");
        return set;
    }

    /** Where snapshots go when nothing else is said. */
    public void snapshotPath(Path path) {
        snapshotPath = path.toAbsolutePath();
    }

    /**
     * Writes a core of the payload, which stands still meanwhile and then goes on. Not to be called on a thread of the
     * payload's.
     *
     * @param path where it goes; null: where cores go
     * @return where it is
     * @throws IOException with a sentence for the user
     */
    public String writeCore(@Nullable Path path) throws IOException {
        stopper().stopAll(null);
        try {
            List<PayloadThread> now = threads();
            if (now.isEmpty()) throw new IOException("the payload has ended");
            return end.core(now.get(0), new SignalInfo(new byte[SignalInfo.BYTES]), path)
                    .path();
        } finally {
            stopper().resumeAll();
        }
    }

    public synchronized Snapshots snapshots() {
        Snapshots made = snapshots;
        if (made == null) {
            made = new Snapshots(this, snapshotPath);
            snapshots = made;
        }
        return made;
    }

    /** The TCP port at which debuggers are served; 0: none. */
    public int debugPort() {
        return debugPort;
    }

    public void debugPort(int port) {
        debugPort = port;
    }

    public ProcessEnd end() {
        return end;
    }

    public Stopper stopper() {
        return stopper;
    }

    public DebugHook debugHook() {
        return debugHook;
    }

    public void debugHook(DebugHook hook) {
        debugHook = hook;
    }

    public Platform platform() {
        return platform;
    }

    public AddressSpace space() {
        return space;
    }

    public GuestMemory memory() {
        return memory;
    }

    public LoadedProgram program() {
        return program;
    }

    /** exec: another program has taken the place of the one that was. */
    void program(LoadedProgram loaded, List<String> newArguments, List<String> newEnvironment) {
        program = loaded;
        arguments = List.copyOf(newArguments);
        environment = List.copyOf(newEnvironment);
    }

    public Log log() {
        return log;
    }

    /** Live threads in order of creation. */
    @Override
    public List<PayloadThread> threads() {
        synchronized (threads) {
            return List.copyOf(threads);
        }
    }

    @Override
    public @Nullable PayloadThread thread(int tid) {
        synchronized (threads) {
            for (PayloadThread thread : threads) if (thread.tid() == tid) return thread;
        }
        return null;
    }

    @Override
    public void wake(int tid) {
        PayloadThread thread = thread(tid);
        if (thread == null) return;
        if (thread.request(Requests.SIGNAL)) kicker.kick(thread);
        debugHook.woken(thread);
    }

    @Override
    public void terminate(int tid, SignalInfo info, boolean core) {
        PayloadThread thread = thread(tid);
        if (thread != null) thread.request(Requests.EXIT);
        end.killed(thread, info, core);
    }

    @Override
    public void stop(int tid, SignalInfo info) {
        hostActions.stopProcess(info.signal());
    }

    @Override
    public HostActions hostActions() {
        return hostActions;
    }

    /** Who wakes those that wait for locks of threads that ended. */
    public void futexes(FutexCalls calls) {
        futexes = calls;
    }

    /** Who tells the host of the payload's signals. */
    public void hostActions(HostActions actions) {
        hostActions = actions;
    }

    @Override
    public void proceed() {}

    @Override
    public @Nullable SignalInfo beforeDelivery(int tid, SignalInfo info) {
        PayloadThread thread = thread(tid);
        return thread == null ? info : debugHook.signal(thread, info);
    }

    @Override
    public long restorer() {
        return platform.restorer();
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public ProcessSignals signals() {
        return signals;
    }

    @Override
    public String executable() {
        return program.path();
    }

    @Override
    public List<String> arguments() {
        return arguments;
    }

    @Override
    public List<String> environment() {
        return environment;
    }

    @Override
    public byte[] auxiliaryVector() {
        return program.auxiliaryVector().clone();
    }

    @Override
    public String memoryMap() {
        return memoryText("maps");
    }

    @Override
    public String memoryText(String file) {
        return new MemoryTexts(space, platform, executable()).of(file);
    }

    @Override
    public long initialStackPointer() {
        return program.stackPointer();
    }

    @Override
    public void log(String line) {
        log.line(line);
    }
}
