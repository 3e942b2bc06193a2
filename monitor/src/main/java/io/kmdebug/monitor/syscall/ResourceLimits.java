package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.EPERM;

import io.kmdebug.monitor.memory.MemoryLimits;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.state.LimitsState;

/**
 * The payload's resource limits, getrlimit(2). Kept by the monitor and not set on the host, where they would hit the
 * monitor itself, but for the soft limit of file sizes: the host's kernel alone meets it in every call that makes a file
 * longer, and the monitor lifts it when it has a core to write. They begin as those that {@code km} was started with.
 */
public final class ResourceLimits implements MemoryLimits, ProcessSignals.QueueLimit {
    public static final int CPU = 0;
    public static final int FSIZE = 1;
    public static final int DATA = 2;
    public static final int STACK = 3;
    public static final int CORE = 4;
    public static final int RSS = 5;
    public static final int NOFILE = 7;
    public static final int MEMLOCK = 8;
    public static final int AS = 9;
    public static final int SIGPENDING = 11;
    public static final int COUNT = 16;

    private static final int PRLIMIT64 = 302;
    private static final int GETPPID = 110;
    private static final long INFINITY = -1;
    private static final int MONITORS_FILES = 128;

    private final World world;
    private final long[] soft = new long[COUNT];
    private final long[] hard = new long[COUNT];
    private final boolean[] known = new boolean[COUNT];
    private volatile int hostFiles;
    private boolean coreRefused;

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

    /** Who may raise limits has CAP_IPC_LOCK, as a rule. */
    @Override
    public long locked() {
        return mayRaise() ? INFINITY : soft(MEMLOCK);
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
    public synchronized void restore(LimitsState state) {
        System.arraycopy(state.soft(), 0, soft, 0, COUNT);
        System.arraycopy(state.hard(), 0, hard, 0, COUNT);
        java.util.Arrays.fill(known, true);
        coreRefused = soft[CORE] == 0 && hostSoft(CORE) != 0;
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
    synchronized long set(int resource, long newSoft, long newHard) {
        load(resource);
        if (Long.compareUnsigned(newSoft, newHard) > 0) return -EINVAL;
        if (Long.compareUnsigned(newHard, hard[resource]) > 0 && !mayRaise()) return -EPERM;
        if (resource == NOFILE && Long.compareUnsigned(newHard, 1 << 30) > 0) return -EPERM;
        soft[resource] = newSoft;
        hard[resource] = newHard;
        if (resource == FSIZE) hostFileSize(newSoft);
        if (resource == CORE) coreRefused = newSoft == 0;
        return 0;
    }

    private boolean mayRaise() {
        return world.own(107) == 0; // geteuid
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
        known[resource] = true;
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
