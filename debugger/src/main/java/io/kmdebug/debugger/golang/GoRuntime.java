package io.kmdebug.debugger.golang;

import io.kmdebug.debugger.golang.RuntimeStruct.Field;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.Location;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.VariableSymbol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Go's run-time system in a payload's memory: {@code runtime.g}, {@code runtime.m} and the lists of them. Where anything
 * lies is asked of the program's debug information, as it differs from one version of Go to the next.
 */
final class GoRuntime {
    private static final int MAX_MACHINES = 100_000;
    private static final int MAX_REASON_BYTES = 100;

    /** runtime2.go: the states of a goroutine. */
    private static final int IDLE = 0;

    private static final int RUNNABLE = 1;
    private static final int RUNNING = 2;
    private static final int SYSCALL = 3;
    private static final int WAITING = 4;
    private static final int DEAD = 6;
    private static final int COPYSTACK = 8;
    private static final int PREEMPTED = 9;
    private static final int SCAN = 0x1000;

    private final LoadedImage image;
    private final MemoryReader memory;
    private final RuntimeStruct g;
    private final RuntimeStruct m;
    private final long allgs;
    private final long allm;
    private final Map<Long, String> functions = new HashMap<>();
    private final Map<Integer, String> reasons = new HashMap<>();

    /** A thread of the run-time system: the stack of its scheduler, and the goroutine it has. */
    record Machine(long tid, long scheduler, long schedulerLow, long schedulerHigh, long current) {
        boolean isSchedulerStack(long sp) {
            return Long.compareUnsigned(sp - schedulerLow, schedulerHigh - schedulerLow) < 0;
        }
    }

    /** @throws NoSuchElementException when the debug information says too little, with what is missing */
    GoRuntime(LoadedImage image, MemoryReader memory) {
        this.image = image;
        this.memory = memory;
        this.g = structure("runtime.g");
        this.m = structure("runtime.m");
        this.allgs = global("runtime.allgs");
        this.allm = global("runtime.allm");
    }

    /** Whether an image was linked by Go; no more than a look at its sections. */
    static boolean isIn(LoadedImage image) {
        for (ElfSection section : image.symbols().file().sections()) {
            if (section.name().equals(".go.buildinfo") || section.name().endsWith(".gopclntab")) return true;
        }
        return false;
    }

    private RuntimeStruct structure(String name) {
        Type type = image.symbols().typeNamed(name).orElseThrow(() -> new NoSuchElementException("no type " + name));
        return new RuntimeStruct(type);
    }

    private long global(String name) {
        VariableSymbol variable = image.symbols().globalsNamed(name).stream()
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no variable " + name));
        return address(variable).orElseThrow(() -> new NoSuchElementException(name + " has no address"));
    }

    private OptionalLong address(VariableSymbol variable) {
        Location location = variable.locate(FrameContext.ofImage(memory, image.bias(), OptionalLong.empty()));
        return location instanceof Location.InMemory at ? OptionalLong.of(at.address()) : OptionalLong.empty();
    }

    /** Addresses of all {@code runtime.g}, dead ones too. */
    long[] goroutines(int limit) throws UnreadableMemoryException {
        long array = memory.readLong(allgs);
        long count = memory.readLong(allgs + 8);
        int taken = (int) Math.max(0, Math.min(count, limit));
        ByteBuffer raw = ByteBuffer.wrap(memory.read(array, taken * 8)).order(ByteOrder.LITTLE_ENDIAN);
        long[] addresses = new long[taken];
        raw.asLongBuffer().get(addresses);
        return addresses;
    }

    /** How many {@code runtime.g} there are. */
    long count() throws UnreadableMemoryException {
        return memory.readLong(allgs + 8);
    }

    List<Machine> machines() throws UnreadableMemoryException {
        List<Machine> machines = new ArrayList<>();
        long at = memory.readLong(allm);
        while (at != 0 && machines.size() < MAX_MACHINES) {
            byte[] raw = memory.read(at, m.bytes());
            long scheduler = number(raw, m.field("g0"));
            long low = scheduler == 0 ? 0 : number(scheduler, "stack.lo");
            long high = scheduler == 0 ? 0 : number(scheduler, "stack.hi");
            machines.add(
                    new Machine(number(raw, m.field("procid")), scheduler, low, high, number(raw, m.field("curg"))));
            at = number(raw, m.field("alllink"));
        }
        return machines;
    }

    private long number(long goroutine, String field) throws UnreadableMemoryException {
        Field place = g.field(field);
        return memory.readUnsigned(goroutine + place.offset(), place.bytes());
    }

    private static long number(byte[] raw, Field field) {
        long value = 0;
        for (int i = field.bytes() - 1; i >= 0; i--) value = value << 8 | raw[(int) field.offset() + i] & 0xff;
        return value;
    }

    /** Whether {@code sp} lies on the stack of the goroutine at {@code address}. */
    boolean isOnStack(long address, long sp) throws UnreadableMemoryException {
        long low = number(address, "stack.lo");
        return Long.compareUnsigned(sp - low, number(address, "stack.hi") - low) < 0;
    }

    /** Where a goroutine has left its own stack; empty when what it saved does not lie there. */
    Optional<Registers> parkedAt(long address) throws UnreadableMemoryException {
        long sp = number(address, "sched.sp");
        if (!isOnStack(address, sp)) return Optional.empty();
        Registers registers = new Registers();
        registers.set(AmdRegister.RIP, number(address, "sched.pc"));
        registers.set(AmdRegister.RSP, sp);
        if (g.has("sched.bp")) registers.set(AmdRegister.RBP, number(address, "sched.bp"));
        registers.set(AmdRegister.R14, address);
        return Optional.of(registers);
    }

    long stackHigh(long address) throws UnreadableMemoryException {
        return number(address, "stack.hi");
    }

    /** Its id; 0 for those of schedulers and signal handlers. */
    long id(long address) throws UnreadableMemoryException {
        return number(address, "goid");
    }

    /**
     * The goroutine at {@code address}, or null when it has ended or not begun.
     *
     * @param threads tid by address, of those that a thread has
     */
    @org.jspecify.annotations.Nullable
    Goroutine goroutine(long address, Map<Long, Long> threads) throws UnreadableMemoryException {
        byte[] raw = memory.read(address, g.bytes());
        int status = (int) number(raw, g.field("atomicstatus")) & ~SCAN;
        if (status == IDLE || status == DEAD) return null;
        boolean onThread = status == RUNNING || status == SYSCALL || status == COPYSTACK;
        long thread = onThread ? threads.getOrDefault(address, 0L) : 0;
        long start = number(raw, g.field("startpc"));
        String function = functions.computeIfAbsent(start, this::functionName);
        long bp = g.has("sched.bp") ? number(raw, g.field("sched.bp")) : 0;
        boolean locked = g.has("lockedm") && number(raw, g.field("lockedm")) != 0;
        return new Goroutine(
                address,
                number(raw, g.field("goid")),
                state(status, raw),
                thread,
                number(raw, g.field("sched.pc")),
                number(raw, g.field("sched.sp")),
                bp,
                function,
                isSystem(function),
                locked);
    }

    /** As {@code runtime.goroutineheader} says it. */
    private String state(int status, byte[] raw) {
        return switch (status) {
            case RUNNABLE -> "runnable";
            case RUNNING -> "running";
            case SYSCALL -> "syscall";
            case WAITING -> g.has("waitreason") ? reason((int) number(raw, g.field("waitreason"))) : "waiting";
            case COPYSTACK -> "copystack";
            case PREEMPTED -> "preempted";
            default -> "status " + status;
        };
    }

    private String reason(int number) {
        return reasons.computeIfAbsent(number, this::readReason);
    }

    private String readReason(int number) {
        try {
            for (VariableSymbol table : image.symbols().globalsNamed("runtime.waitReasonStrings")) {
                boolean holds = table.type().stripped() instanceof ArrayType array && number < array.count();
                OptionalLong place = address(table);
                if (!holds || place.isEmpty()) continue;
                long text = memory.readLong(place.getAsLong() + 16L * number);
                long length = memory.readLong(place.getAsLong() + 16L * number + 8);
                if (length <= 0 || length > MAX_REASON_BYTES) return "waiting";
                return new String(memory.read(text, (int) length), StandardCharsets.UTF_8);
            }
        } catch (UnreadableMemoryException e) {
            return "waiting, " + e.getMessage();
        }
        return "waiting";
    }

    private String functionName(long pc) {
        List<FunctionScope> scopes = image.symbols().scopesAt(pc - image.bias());
        return scopes.isEmpty() ? "" : scopes.get(scopes.size() - 1).name();
    }

    /** As {@code runtime.isSystemGoroutine} decides it. */
    private static boolean isSystem(String function) {
        return function.startsWith("runtime.")
                && !function.equals("runtime.main")
                && !function.equals("runtime.handleAsyncEvent");
    }

    LoadedImage image() {
        return image;
    }
}
