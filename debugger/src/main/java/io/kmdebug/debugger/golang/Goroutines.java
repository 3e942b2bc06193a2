package io.kmdebug.debugger.golang;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.golang.GoRuntime.Machine;
import io.kmdebug.debugger.target.ImageList;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.debugger.target.Target;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.StackSeams;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The goroutines of a payload, read as far as someone has asked at this stop. To the faces they are threads whose id is
 * their own with a minus sign in front, which no thread of an operating system has. A payload that is not Go costs a
 * look at its section names, once.
 */
public final class Goroutines {
    /** So many are listed; any other is there for who knows its id. */
    public static final int LISTED = 1000;

    /** Go itself holds no more: its debug information or its memory is broken then. */
    private static final int MAX_GOROUTINES = 50_000_000;

    private static final int CHUNK = 64;

    private final Target target;
    private final ImageList images;
    private final Consumer<String> notices;
    private int imagesSeen = -1;
    private @Nullable GoRuntime runtime;
    private @Nullable GoSeams seams;
    private boolean told;

    private List<Machine> machines = List.of();
    private boolean machinesKnown;
    private @Nullable Scan scan;

    /** How far the list has been read. */
    private static final class Scan {
        private final long[] addresses;
        private final Map<Long, Long> threads;
        private final Map<Long, Goroutine> byId = new HashMap<>();
        private final List<Goroutine> all = new ArrayList<>();
        private int next;

        private Scan(long[] addresses, Map<Long, Long> threads) {
            this.addresses = addresses;
            this.threads = threads;
        }
    }

    /** @param notices told, once, why there are no goroutines although the program is Go */
    public Goroutines(Target target, ImageList images, Consumer<String> notices) {
        this.target = target;
        this.images = images;
        this.notices = notices;
    }

    /** Whether a thread id of the faces names a goroutine. */
    public static boolean isGoroutine(long threadId) {
        return threadId < 0;
    }

    /** The payload goes on. */
    public void forget() {
        scan = null;
        machinesKnown = false;
    }

    /** For the walks of all stacks; {@link StackSeams#NONE} when no image is Go. */
    public StackSeams seams() {
        look();
        return seams == null ? StackSeams.NONE : seams;
    }

    /** Whether a parked goroutine that goes on at {@code pc} is suspended in a call there. */
    public boolean isAfterCall(long pc) {
        look();
        return seams != null && seams.isAfterCall(pc);
    }

    /** Those that are neither new nor dead, at most {@link #LISTED}; empty when the program is not Go. */
    public List<ThreadInfo> listed() {
        try {
            Scan known = scan();
            if (known == null) return List.of();
            while (known.all.size() <= LISTED && readOn(known)) {}
            List<ThreadInfo> listed = new ArrayList<>();
            for (Goroutine goroutine : known.all) {
                if (listed.size() == LISTED) break;
                listed.add(new ThreadInfo(-goroutine.id(), goroutine.title(), goroutine.thread()));
            }
            if (known.all.size() > LISTED) {
                tell("There are up to " + known.addresses.length + " goroutines; the first " + LISTED
                        + " are listed, and any other can be asked for by the negative of its id.");
            }
            return listed;
        } catch (UnreadableMemoryException e) {
            tell("Goroutines are not listed: " + e.getMessage() + ".");
            return List.of();
        }
    }

    /**
     * The goroutine with a thread id of the faces.
     *
     * @throws DebuggerException when there is none
     */
    public Goroutine named(long threadId) {
        try {
            Scan known = scan();
            if (known != null) {
                Goroutine found = known.byId.get(-threadId);
                while (found == null && readOn(known)) found = known.byId.get(-threadId);
                if (found != null) return found;
            }
        } catch (UnreadableMemoryException e) {
            throw new DebuggerException("Goroutine " + -threadId + " cannot be read: " + e.getMessage(), e);
        }
        throw new DebuggerException("There is no goroutine " + -threadId + ".");
    }

    /** Whether {@code sp} lies on the stack of the goroutine at {@code goroutine}. */
    public boolean isOnStack(long goroutine, long sp) {
        GoRuntime go = runtime();
        try {
            return go != null && go.isOnStack(goroutine, sp);
        } catch (UnreadableMemoryException e) {
            return false;
        }
    }

    /** Address of the goroutine that a thread has, be it in its scheduler just now; 0 for none. */
    public long current(Registers registers) {
        GoRuntime go = runtime();
        if (go == null) return 0;
        try {
            for (Machine machine : machines(go)) {
                if (machine.isSchedulerStack(registers.sp())) return machine.current();
                if (machine.current() != 0 && go.isOnStack(machine.current(), registers.sp())) return machine.current();
            }
        } catch (UnreadableMemoryException e) {
            return 0;
        }
        return 0;
    }

    /** The end of a goroutine's stack, which moves when it has to grow; 0 when it cannot be read. */
    public long stackHigh(long goroutine) {
        GoRuntime go = runtime();
        try {
            return go == null || goroutine == 0 ? 0 : go.stackHigh(goroutine);
        } catch (UnreadableMemoryException e) {
            return 0;
        }
    }

    List<Machine> machines(GoRuntime go) throws UnreadableMemoryException {
        if (!machinesKnown) {
            machines = go.machines();
            machinesKnown = true;
        }
        return machines;
    }

    private void tell(String notice) {
        if (!told) notices.accept(notice);
        told = true;
    }

    /** Looks once at each list of images whether one is Go. */
    private void look() {
        List<LoadedImage> all = images.all();
        if (all.size() == imagesSeen) return;
        imagesSeen = all.size();
        if (seams != null) return;
        for (LoadedImage image : all) {
            if (GoRuntime.isIn(image)) {
                seams = new GoSeams(this, image);
                return;
            }
        }
    }

    /** Null when no image is Go, or the debug information does not say enough. */
    @Nullable
    GoRuntime runtime() {
        look();
        GoSeams go = seams;
        if (go == null || runtime != null || told) return runtime;
        try {
            runtime = new GoRuntime(go.image(), target.memory());
        } catch (NoSuchElementException e) {
            tell("Goroutines are not listed: the debug information has " + e.getMessage() + ".");
        }
        return runtime;
    }

    private @Nullable Scan scan() throws UnreadableMemoryException {
        Scan known = scan;
        if (known != null) return known;
        GoRuntime go = runtime();
        if (go == null) return null;
        long[] addresses = go.goroutines(MAX_GOROUTINES);
        scan = known = new Scan(addresses, threads(go));
        return known;
    }

    /** Reads the next few. Returns whether there may be more. */
    private boolean readOn(Scan known) throws UnreadableMemoryException {
        GoRuntime go = runtime();
        if (go == null || known.next >= known.addresses.length) return false;
        int end = Math.min(known.addresses.length, known.next + CHUNK);
        for (; known.next < end; known.next++) {
            Goroutine goroutine = go.goroutine(known.addresses[known.next], known.threads);
            if (goroutine == null) continue;
            known.byId.put(goroutine.id(), goroutine);
            known.all.add(goroutine);
        }
        return true;
    }

    /** The thread of each goroutine that one has, by the goroutine's address. */
    private Map<Long, Long> threads(GoRuntime go) throws UnreadableMemoryException {
        List<Long> live = target.threadIds();
        Set<Long> tids = new HashSet<>(live);
        Map<Long, Long> threads = new HashMap<>();
        for (Machine machine : machines(go)) {
            if (machine.current() != 0 && tids.contains(machine.tid())) threads.put(machine.current(), machine.tid());
        }
        if (!threads.isEmpty()) return threads;
        // in a namespace of its own the program knows its threads by other numbers than we do
        for (long tid : live) {
            Registers registers = target.registers(tid);
            if (!registers.has(AmdRegister.FS_BASE)) continue;
            byte[] word = new byte[8];
            if (target.memory().read(registers.get(AmdRegister.FS_BASE) - 8, word, 0, 8) < 8) continue;
            long own = java.nio.ByteBuffer.wrap(word)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            for (Machine machine : machines(go)) {
                boolean its = own != 0 && (own == machine.current() || own == machine.scheduler());
                if (its && machine.current() != 0) threads.put(machine.current(), tid);
            }
        }
        return threads;
    }
}
