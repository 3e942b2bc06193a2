package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.EPERM;

import io.kmdebug.monitor.memory.MemoryLimits;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.state.LimitsState;
import org.jspecify.annotations.Nullable;

/**
 * The payload's resource limits, getrlimit(2). Kept by the monitor and not set on the host, where they would hit the
 * monitor itself, but for the soft limit of file sizes: the host's kernel alone meets it in every call that makes a file
 * longer, and the monitor lifts it when it has a core to write; and for RLIMIT_RTTIME, which concerns threads in real
 * time only, as none of the monitor's own is. They begin as those that {@code km} was started with.
 */
public final class ResourceLimits implements MemoryLimits, ProcessSignals.QueueLimit {
    public static final int CPU = 0;
    public static final int FSIZE = 1;
    public static final int DATA = 2;
    public static final int STACK = 3;
    public static final int CORE = 4;
    public static final int RSS = 5;
    public static final int NPROC = 6;
    public static final int NOFILE = 7;
    public static final int MEMLOCK = 8;
    public static final int AS = 9;
    public static final int SIGPENDING = 11;
    public static final int RTTIME = 15;
    public static final int COUNT = 16;

    private static final int PRLIMIT64 = 302;
    private static final int GETPPID = 110;
    private static final int CAPGET = 125;
    private static final long CAPABILITY_VERSION = 0x2008_0522;
    private static final int IPC_LOCK = 14;
    private static final int SYS_RESOURCE = 24;
    private static final long INFINITY = -1;
    private static final int MONITORS_FILES = 128;

    private final World world;
    private final long[] soft = new long[COUNT];
    private final long[] hard = new long[COUNT];
    private final boolean[] known = new boolean[COUNT];
    private volatile int hostFiles;
    private boolean coreRefused;
    private boolean tasksLimited;
    private @Nullable Runnable processorLimitChanged;
    private int coreFilter = CoreFilter.DEFAULT;

    public ResourceLimits(World world) {
        this.world = world;
    }

    /** Soft limit; -1 is infinity. */
    public synchronized long soft(int resource) {
        load(resource);
        return soft[resource];
    }

    /** Hard limit; -1 is infinity. */
    public synchronized long hard(int resource) {
        load(resource);
        return hard[resource];
    }

    @Override
    public long addressSpace() {
        return soft(AS);
    }

    @Override
    public long data() {
        return soft(DATA);
    }

    @Override
    public long stack() {
        return soft(STACK);
    }

    @Override
    public long locked() {
        return has(IPC_LOCK) ? INFINITY : soft(MEMLOCK);
    }

    @Override
    public long mostQueued() {
        long limit = soft(SIGPENDING);
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    /** Soft RLIMIT_NOFILE as a bound for descriptor numbers. */
    int openFiles() {
        long limit = soft(NOFILE);
        return limit < 0 || limit > 1 << 20 ? 1 << 20 : (int) limit;
    }

    /**
     * Where host descriptors for the payload end. The rest is the monitor's: it must be able to write a core, to make a
     * thread and to serve a debugger when the payload has taken all it could get.
     */
    int hostFiles() {
        if (hostFiles == 0) {
            Scratch scratch = world.innerScratch();
            long pair = scratch.allocate(16);
            SyscallFailure.check(world.own(PRLIMIT64, 0, NOFILE, 0, pair));
            long limit = scratch.getLong(pair);
            int all = limit < 0 || limit > 1 << 30 ? 1 << 30 : (int) limit;
            hostFiles = all - Math.min(MONITORS_FILES, all / 4);
        }
        return hostFiles;
    }

    /** All of them. */
    public synchronized LimitsState capture() {
        for (int resource = 0; resource < COUNT; resource++) load(resource);
        return new LimitsState(soft.clone(), hard.clone());
    }

    /** Takes over what {@link #capture} gave. */
    public void restore(LimitsState state) {
        takeOver(state);
        if (state.soft()[CPU] != INFINITY) processorLimitIsOurs();
    }

    private synchronized void takeOver(LimitsState state) {
        System.arraycopy(state.soft(), 0, soft, 0, COUNT);
        System.arraycopy(state.hard(), 0, hard, 0, COUNT);
        java.util.Arrays.fill(known, true);
        known[RTTIME] = false;
        if (state.soft()[RTTIME] != soft(RTTIME)) hostLimit(RTTIME, state.soft()[RTTIME], state.hard()[RTTIME]);
        coreRefused = soft[CORE] == 0 && hostSoft(CORE) != 0;
        tasksLimited = soft[NPROC] != hostSoft(NPROC);
        if (soft[FSIZE] != hostSoft(FSIZE)) hostFileSize(soft[FSIZE]);
    }

    /**
     * Whether the payload, or one that it descends from, asked for no core. A limit of 0 that {@code km} was started with
     * does not count: it is the usual one, and says nothing about cores of {@code km}.
     */
    public synchronized boolean refusesCore() {
        return coreRefused;
    }

    /** As an ancestor did. */
    public synchronized void refuseCore() {
        coreRefused = true;
    }

    /** Which mappings a core has the content of: {@link CoreFilter}. */
    public synchronized int coreFilter() {
        return coreFilter;
    }

    public synchronized void coreFilter(int bits) {
        coreFilter = bits;
    }

    /** A core may be longer than the payload's files. */
    public void liftFileSize() {
        soft(FSIZE); // known before it is another
        hostFileSize(INFINITY);
    }

    /** Ends {@link #liftFileSize}. */
    public void imposeFileSize() {
        hostFileSize(soft(FSIZE));
    }

    private void hostFileSize(long limit) {
        Scratch scratch = world.innerScratch();
        long pair = scratch.allocate(16);
        if (world.own(PRLIMIT64, 0, FSIZE, 0, pair) < 0) return;
        long most = scratch.getLong(pair + 8);
        scratch.putLong(pair, Long.compareUnsigned(limit, most) < 0 ? limit : most);
        world.own(PRLIMIT64, 0, FSIZE, pair, 0);
    }

    private long hostSoft(int resource) {
        Scratch scratch = world.innerScratch();
        long pair = scratch.allocate(16);
        return world.own(PRLIMIT64, 0, resource, 0, pair) < 0 ? INFINITY : scratch.getLong(pair);
    }

    /** Soft and hard limit are at most {@code most} from now on. */
    public synchronized void lower(int resource, long most) {
        load(resource);
        if (Long.compareUnsigned(soft[resource], most) > 0) soft[resource] = most;
        if (Long.compareUnsigned(hard[resource], most) > 0) hard[resource] = most;
    }

    /** 0, -EINVAL or -EPERM. */
    long set(int resource, long newSoft, long newHard) {
        long result = keep(resource, newSoft, newHard);
        if (result == 0 && resource == CPU) processorLimitIsOurs();
        return result;
    }

    private synchronized long keep(int resource, long newSoft, long newHard) {
        load(resource);
        if (Long.compareUnsigned(newSoft, newHard) > 0) return -EINVAL;
        if (Long.compareUnsigned(newHard, hard[resource]) > 0 && !mayRaise()) return -EPERM;
        if (resource == NOFILE && Long.compareUnsigned(newHard, 1 << 30) > 0) return -EPERM;
        if (resource == RTTIME) return hostLimit(RTTIME, newSoft, newHard);
        soft[resource] = newSoft;
        hard[resource] = newHard;
        if (resource == NPROC) tasksLimited = true;
        if (resource == FSIZE) hostFileSize(newSoft);
        if (resource == CORE) coreRefused = newSoft == 0;
        return 0;
    }

    /** @param told when the payload sets RLIMIT_CPU, or comes with one */
    void whenProcessorLimitChanges(Runnable told) {
        processorLimitChanged = told;
    }

    /** The soft limit moves with each SIGXCPU, unless it was set meanwhile. */
    synchronized void processorSoft(long old, long seconds) {
        if (soft[CPU] == old) soft[CPU] = seconds;
    }

    /**
     * What {@code km} was started with the host sees to, for all of the monitor; from now on its soft limit says nothing.
     * Not under the lock: who is told looks at the limits, with locks of its own.
     */
    private void processorLimitIsOurs() {
        Scratch scratch = world.innerScratch();
        long pair = scratch.allocate(16);
        if (world.own(PRLIMIT64, 0, CPU, 0, pair) == 0) {
            scratch.putLong(pair, scratch.getLong(pair + 8));
            world.own(PRLIMIT64, 0, CPU, pair, 0);
        }
        Runnable told = processorLimitChanged;
        if (told != null) told.run();
    }

    private long hostLimit(int resource, long newSoft, long newHard) {
        return world.own(PRLIMIT64, 0, resource, world.innerScratch().pair(newSoft, newHard), 0);
    }

    /** How many threads and processes the user may have, for the payload to be held to; -1: the host sees to it. */
    public synchronized long tasks() {
        return tasksLimited ? soft(NPROC) : INFINITY;
    }

    /** CAP_SYS_RESOURCE is effective. */
    private boolean mayRaise() {
        return has(SYS_RESOURCE);
    }

    private boolean has(int capability) {
        Scratch scratch = world.innerScratch();
        long header = scratch.pair(CAPABILITY_VERSION, 0);
        long data = scratch.allocate(24);
        return world.own(CAPGET, header, data) == 0 && (scratch.getInt(data) >>> capability & 1) != 0;
    }

    private void load(int resource) {
        if (known[resource]) return;
        Scratch scratch = world.innerScratch();
        long pair = scratch.allocate(16);
        SyscallFailure.check(world.call(PRLIMIT64, 0, resource, 0, pair));
        soft[resource] = scratch.getLong(pair);
        hard[resource] = scratch.getLong(pair + 8);
        // the JVM raises its own soft limit of descriptors, so the starter's says what a native program would have got
        if (resource == NOFILE) soft[resource] = startersOpenFiles(soft[resource]);
        known[resource] = resource != RTTIME;
    }

    private long startersOpenFiles(long otherwise) {
        for (String line :
                world.ownText("/proc/" + world.own(GETPPID) + "/limits").split("\n")) {
            if (!line.startsWith("Max open files")) continue;
            String value = line.substring("Max open files".length()).trim().split("\\s+")[0];
            long starters = value.equals("unlimited") ? INFINITY : Long.parseLong(value);
            return Long.compareUnsigned(starters, otherwise) < 0 ? starters : otherwise;
        }
        return otherwise;
    }
}
