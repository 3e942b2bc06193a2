package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.state.ControlState;
import io.kmdebug.monitor.state.TimersState;
import org.jspecify.annotations.Nullable;

/** The calls about files, descriptors, sockets, time, identity and signals; each subject loads when it is first used. */
public final class StandardCalls implements GroupSource {
    private final World world;
    private final FdTable fds;
    private final ResourceLimits limits;
    private final SyscallProcess process;
    private final ProcFiles proc;
    private final Paths paths;
    private final PayloadTimes times;
    private @Nullable TimerCalls timers;
    private @Nullable ProcessorLimit processorLimit;
    private @Nullable ProcessCalls controls;

    public StandardCalls(World world, FdTable fds, ResourceLimits limits, SyscallProcess process) {
        this.world = world;
        this.fds = fds;
        this.limits = limits;
        this.process = process;
        proc = new ProcFiles(world, fds, limits, process);
        paths = new Paths(world, fds, proc);
        times = new PayloadTimes(world, process);
    }

    /** The payload's processor time. */
    public PayloadTimes times() {
        return times;
    }

    /** Registers all of them; nothing of a subject is loaded by that. */
    public void register(SyscallTable table) {
        process.signals().queueLimit(limits);
        table.limits(limits);
        limits.whenProcessorLimitChanges(this::processorLimitChanged);
        for (int number = 0; number < SyscallTable.SIZE; number++) {
            int group = StandardGroups.of(number);
            if (group != StandardGroups.NONE) table.register(this, group, number);
        }
    }

    /** The payload ignores and blocks what {@code km} was started to ignore and to block, as after execve(2). */
    public void signalsAsStarted() {
        String status = world.ownText("/proc/self/status");
        process.signals().ignore(set(status, "SigIgn:\t") | Long.getLong("kmdebug.ignored", 0));
        long blocked = set(status, "SigBlk:\t");
        SyscallThread first = process.thread(process.pid());
        if (blocked != 0 && first != null) first.signals().mask(blocked);
    }

    /** A set of signals; the launcher says which of those that the JVM uses itself (PIPE, USR2, XFSZ) were ignored. */
    private static long set(String status, String name) {
        int line = status.indexOf(name);
        if (line < 0) return 0;
        int start = line + name.length();
        return Long.parseUnsignedLong(status.substring(start, start + 16), 16);
    }

    private void processorLimitChanged() {
        ProcessorLimit watched;
        synchronized (this) {
            if (processorLimit == null) processorLimit = new ProcessorLimit(times, process.signals(), limits);
            watched = processorLimit;
        }
        watched.changed();
    }

    private synchronized TimerCalls timers() {
        TimerCalls made = timers;
        if (made == null) {
            made = new TimerCalls(world, process, times);
            timers = made;
        }
        return made;
    }

    private synchronized ProcessCalls controls() {
        ProcessCalls made = controls;
        if (made == null) {
            made = new ProcessCalls(world);
            controls = made;
        }
        return made;
    }

    /** The payload's timers, with the time they have left. */
    public synchronized TimersState captureTimers() {
        return timers == null ? TimersState.NONE : timers.capture();
    }

    /** Takes over what {@link #captureTimers} gave: they run from now on. */
    public void restoreTimers(TimersState state) {
        if (!state.equals(TimersState.NONE)) timers().restore(state);
    }

    public synchronized ControlState captureControls() {
        HostSettings written = proc.settings();
        int filter = limits.coreFilter();
        boolean initial = controls == null && written.isEmpty() && filter == CoreFilter.DEFAULT;
        return initial ? ControlState.INITIAL : controls().capture(written, filter);
    }

    public void restoreControls(ControlState state) {
        if (state.isInitial()) return;
        controls().restore(state);
        proc.settings().restore(world, HostSettings.OUT_OF_MEMORY_SCORE, state.outOfMemoryScore(), process::log);
        limits.coreFilter(state.coreFilter());
    }

    /**
     * The path argument of execve(2), where {@code directory} is AT_FDCWD, and execveat(2).
     *
     * @throws SyscallFailure with the call's error number
     */
    public ProgramPath programPath(SyscallThread thread, long directory, long pointer, int flags) {
        return ProgramPath.read(world, fds, paths, thread, directory, pointer, flags);
    }

    /** What a new program does not take over: POSIX timers and some settings of prctl(2). */
    public synchronized void exec() {
        if (timers != null) timers.exec();
        if (controls != null) controls.exec();
    }

    @Override
    public SyscallGroup open(int group) {
        return switch (group) {
            case StandardGroups.TRANSFER -> new TransferCalls(world, fds, proc);
            case StandardGroups.OPEN -> new OpenCalls(world, fds, paths, proc);
            case StandardGroups.PATH -> new PathCalls(world, fds, paths, proc);
            case StandardGroups.DESCRIPTOR -> new DescriptorCalls(world, fds, proc);
            case StandardGroups.CONTROL -> new ControlCalls(world, fds);
            case StandardGroups.SIGNAL -> new SignalCalls(world, fds);
            case StandardGroups.POLL -> new PollCalls(world, fds, limits);
            case StandardGroups.SOCKET -> new SocketCalls(world, fds);
            case StandardGroups.MESSAGE -> new MessageCalls(world, fds);
            case StandardGroups.TIME -> new TimeCalls(world, times);
            case StandardGroups.TIMER -> timers();
            case StandardGroups.INFO -> new InfoCalls(world, limits, times);
            case StandardGroups.PROCESS -> controls();
            case StandardGroups.ATTRIBUTE -> new AttributeCalls(world, fds, paths);
            case StandardGroups.PIDFD -> new PidfdCalls(world, fds);
            default -> throw new IllegalArgumentException("group " + group);
        };
    }
}
