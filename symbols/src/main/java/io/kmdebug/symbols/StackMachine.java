package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.UnitContext.DieLocation;
import io.kmdebug.symbols.UnitContext.LocationSource;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs DWARF expressions. DWARF 5 §2.5, §2.6, with GNU's extensions of the same meaning. Bounded in steps, stack and
 * nesting, so that no input can hold it up.
 */
final class StackMachine {
    private static final int STACK_LIMIT = 1000;
    /** More of a thread-local block is not copied for one variable. */
    private static final int LARGEST_INITIAL = 1 << 20;

    /** Bytes of the largest value that is computed with. */
    private static final int WIDEST = 16;

    private static final int RSP = 7;

    private final FrameContext frame;
    private @Nullable UnitContext unit;
    private @Nullable LocationSource frameBase;
    private Effort effort;
    private final List<TypedValue> stack = new ArrayList<>();
    private final List<Location.Piece> pieces = new ArrayList<>();
    private @Nullable Location direct;

    /**
     * @param unit null for call frame information, which refers to nothing
     * @param frameBase DW_AT_frame_base of the enclosing function; null where there is none
     * @param effort of the question that this is run for
     */
    StackMachine(FrameContext frame, @Nullable UnitContext unit, @Nullable LocationSource frameBase, Effort effort) {
        this.frame = frame;
        this.unit = unit;
        this.frameBase = frameBase;
        this.effort = effort;
    }

    /** What a call frame expression computes; {@code initial} is on the stack at its start. */
    static long value(Bytes expression, FrameContext frame, long... initial) throws ValueUnavailableException {
        StackMachine machine = new StackMachine(frame, null, null, Effort.none());
        for (long each : initial) machine.push(each);
        machine.run(expression);
        return machine.pop().bits();
    }

    /** Reads {@code size} bytes, 1 to 8, little-endian. */
    static long load(MemoryReader memory, long address, int size) throws ValueUnavailableException {
        try {
            return memory.readUnsigned(address, size);
        } catch (UnreadableMemoryException e) {
            throw new ValueUnavailableException(e);
        }
    }

    /** Where an object is. */
    Location locate(Bytes expression) throws ValueUnavailableException {
        if (expression.length() == 0) return new Location.Missing(LocationEvaluator.OPTIMIZED_OUT);
        run(expression);
        if (!pieces.isEmpty()) return new Location.Pieces(List.copyOf(pieces));
        return direct != null ? direct : new Location.InMemory(pop().bits());
    }

    /** What the expression computes, taken as a value: DW_AT_call_value, a frame base. */
    long value(Bytes expression) throws ValueUnavailableException {
        return LocationEvaluator.value(locate(expression), frame);
    }

    private void run(Bytes expression) throws ValueUnavailableException {
        Cursor in = new Cursor(expression);
        while (!in.atEnd()) {
            effort.step();
            step(in.u1("operation"), in);
        }
    }

    private void step(int op, Cursor in) throws ValueUnavailableException {
        if (direct != null && op != 0x93 && op != 0x9d && op != 0x96 && op != 0xf0) {
            throw broken("an operation behind the place that the expression has found");
        }
        if (op >= 0x30 && op <= 0x4f) {
            push(op - 0x30);
        } else if (op >= 0x50 && op <= 0x6f) {
            direct = register(op - 0x50);
        } else if (op >= 0x70 && op <= 0x8f) {
            push(registerValue(op - 0x70) + in.sleb("offset"));
        } else if (op < 0x20 || op <= 0x27 && op >= 0x20 || op >= 0x29 && op <= 0x2e) {
            constantOrArithmetic(op, in);
        } else {
            other(op, in);
        }
    }

    private void constantOrArithmetic(int op, Cursor in) throws ValueUnavailableException {
        switch (op) {
            case 0x03 -> push(frame.threadLocals().moved(in.unsigned(addressSize(), "address") + frame.loadBias()));
            case 0x06 -> push(load(frame.memory(), pop().bits(), addressSize()));
            case 0x08 -> push(in.u1("constant"));
            case 0x09 -> push(in.signed(1, "constant"));
            case 0x0a -> push(in.u2("constant"));
            case 0x0b -> push(in.signed(2, "constant"));
            case 0x0c -> push(in.u4("constant"));
            case 0x0d -> push(in.signed(4, "constant"));
            case 0x0e, 0x0f -> push(in.u8("constant"));
            case 0x10 -> push(in.uleb("constant"));
            case 0x11 -> push(in.sleb("constant"));
            case 0x12 -> push(peek(0));
            case 0x13 -> pop();
            case 0x14 -> push(peek(1));
            case 0x15 -> push(peek(in.u1("index")));
            case 0x16 -> stack.add(stack.size() - 2, pop(2)); // the index is counted before the pop
            case 0x17 -> stack.add(stack.size() - 3, pop(3));
            case 0x18 -> throw otherSpace(); // DW_OP_xderef
            case 0x19 -> push(pop().abs());
            case 0x1f -> push(pop().negate());
            case 0x20 -> push(pop().not());
            case 0x23 -> push(pop().apply(0x22, TypedValue.generic(in.uleb("addend"))));
            case 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27 -> {
                TypedValue right = pop();
                push(pop().apply(op, right));
            }
            case 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e -> {
                TypedValue right = pop();
                int order = pop().compare(right);
                boolean holds = switch (op) {
                    case 0x29 -> order == 0;
                    case 0x2a -> order >= 0;
                    case 0x2b -> order > 0;
                    case 0x2c -> order <= 0;
                    case 0x2d -> order < 0;
                    default -> order != 0;
                };
                push(holds ? 1 : 0);
            }
            default -> throw unknown(op);
        }
    }

    private void other(int op, Cursor in) throws ValueUnavailableException {
        switch (op) {
            case 0x28 -> {
                long distance = in.signed(2, "distance");
                if (pop().bits() != 0) jump(in, distance);
            }
            case 0x2f -> jump(in, in.signed(2, "distance"));
            case 0x90 -> direct = register((int) in.uleb("register"));
            case 0x91 -> push(frameBase() + in.sleb("offset"));
            case 0x92 -> {
                int register = (int) in.uleb("register");
                push(registerValue(register) + in.sleb("offset"));
            }
            case 0x93 -> piece(8 * in.uleb("size"), 0);
            case 0x94 -> push(load(frame.memory(), pop().bits(), size(in)));
            case 0x95, 0xa7 -> throw otherSpace(); // DW_OP_xderef_size, DW_OP_xderef_type
            case 0x96, 0xf0 -> {} // DW_OP_nop, DW_OP_GNU_uninit
            case 0x97 -> throw new ValueUnavailableException("it depends on an object that is not known here");
            case 0x98 -> call(unit().offset() + in.u2("DIE"));
            case 0x99 -> call(unit().offset() + in.u4("DIE"));
            case 0x9a -> call(in.unsigned(unit().offsetSize(), "DIE"));
            case 0x9b, 0xe0 -> threadLocal(pop().bits(), in.atEnd());
            case 0x9c -> push(canonicalFrameAddress());
            case 0x9d -> {
                long size = in.uleb("size");
                piece(size, in.uleb("offset"));
            }
            case 0x9e -> {
                Bytes block = in.block(in.uleb("length"), "value");
                direct = new Location.Implicit(block.copy(0, (int) block.length()));
            }
            case 0x9f -> direct = computed(pop());
            case 0xa0, 0xf2 -> implicitPointer(in);
            case 0xa1, 0xfb -> push(frame.threadLocals().moved(unit().address(in.uleb("index")) + frame.loadBias()));
            case 0xa2, 0xfc -> push(unit().address(in.uleb("index")));
            case 0xa3, 0xf3 -> push(entryValues().of(in.block(in.uleb("length"), "expression")));
            case 0xa4, 0xf4 -> {
                BaseType type = baseType(in.uleb("type"));
                int size = in.u1("size");
                Bytes constant = in.block(size, "constant");
                push(TypedValue.of(constant.copy(0, Math.min(size, WIDEST)), type));
            }
            case 0xa5, 0xf5 -> {
                int register = (int) in.uleb("register");
                push(registerValue(register, baseType(in.uleb("type"))));
            }
            case 0xa6, 0xf6 -> {
                int size = in.u1("size");
                if (size < 1 || size > WIDEST) throw broken("a size of " + size + " bytes");
                push(TypedValue.of(bytes(pop().bits(), size), baseType(in.uleb("type"))));
            }
            case 0xa8, 0xf7 -> push(pop().convert(baseType(in.uleb("type"))));
            case 0xa9, 0xf9 -> push(pop().reinterpret(baseType(in.uleb("type"))));
            case 0xfa -> push(entryValues().ofParameter(unit().offset() + in.u4("DIE")));
            case 0xfd -> push(content(in.unsigned(unit().offsetSize(), "DIE")));
            default -> throw unknown(op);
        }
    }

    private static Location computed(TypedValue value) {
        BigInteger wide = value.wide();
        return wide == null ? new Location.Computed(value.bits()) : new Location.Implicit(value.bytes(wide));
    }

    private byte[] bytes(long address, int size) throws ValueUnavailableException {
        try {
            return frame.memory().read(address, size);
        } catch (UnreadableMemoryException e) {
            throw new ValueUnavailableException(e);
        }
    }

    /** What is in a register, seen as {@code type}. */
    private TypedValue registerValue(int number, @Nullable BaseType type) throws ValueUnavailableException {
        AmdRegister register = AmdRegister.byDwarf(number);
        byte[] all = register == null || !TypedValue.isWide(type)
                ? null
                : frame.registers().bytes(register);
        return all != null ? TypedValue.of(all, type) : TypedValue.of(registerValue(number), type);
    }

    /** The value of a variable of up to 8 bytes. DW_OP_GNU_variable_value. */
    private long content(long infoOffset) throws ValueUnavailableException {
        DieLocation die = unit().dieLocation(infoOffset).orElse(null);
        if (die == null) throw broken("no variable at 0x" + Long.toHexString(infoOffset));
        Location location = LocationEvaluator.evaluate(die, frame, effort.deeper());
        if (!(location instanceof Location.InMemory memory)) return LocationEvaluator.value(location, frame);
        int size = unit().scalarSize(infoOffset);
        if (size == 0) throw new ValueUnavailableException("computed with a variable that is no number");
        return load(frame.memory(), memory.address(), size);
    }

    private void jump(Cursor in, long distance) throws ValueUnavailableException {
        long target = in.position() + distance;
        if (target < 0 || target > in.end()) throw broken("a jump out of its expression");
        in.seek(target);
    }

    private void piece(long bits, long offset) throws ValueUnavailableException {
        Location location;
        if (direct != null) location = direct;
        else if (!stack.isEmpty()) location = new Location.InMemory(pop().bits());
        else location = new Location.Missing(LocationEvaluator.OPTIMIZED_OUT);
        direct = null;
        pieces.add(new Location.Piece(location, bits, offset));
    }

    private void call(long infoOffset) throws ValueUnavailableException {
        DieLocation die = unit().dieLocation(infoOffset).orElse(null);
        LocationSource source = die == null ? null : die.source();
        if (die == null || source == null) return; // DWARF 5 §2.5.1.5: without a location, nothing happens
        Bytes called = LocationEvaluator.expression(source, die.unit(), frame).orElse(null);
        if (called == null) return;
        Effort own = effort;
        effort = own.deeper();
        UnitContext callersUnit = unit;
        LocationSource callersBase = frameBase;
        unit = die.unit();
        frameBase = die.frameBase();
        run(called);
        effort = own;
        unit = callersUnit;
        frameBase = callersBase;
    }

    private void implicitPointer(Cursor in) throws ValueUnavailableException {
        int size = unit().version() == 2 ? unit().addressSize() : unit().offsetSize();
        long infoOffset = in.unsigned(size, "DIE");
        long byteOffset = in.sleb("offset");
        Effort more = effort.deeper();
        Location target = unit().dieLocation(infoOffset)
                .map(die -> LocationEvaluator.evaluate(die, frame, more))
                .orElseGet(() -> new Location.Missing(LocationEvaluator.OPTIMIZED_OUT));
        direct = new Location.ImplicitPointer(target, byteOffset);
    }

    private EntryValues entryValues() throws ValueUnavailableException {
        return new EntryValues(frame, unit(), effort);
    }

    private long frameBase() throws ValueUnavailableException {
        if (frameBase == null || unit == null) throw broken("DW_OP_fbreg without a frame base");
        Location base =
                LocationEvaluator.evaluate(new DieLocation(unit, frameBase, null, null), frame, effort.deeper());
        return LocationEvaluator.value(base, frame);
    }

    private long canonicalFrameAddress() throws ValueUnavailableException {
        if (frame.cfa().isEmpty()) throw new ValueUnavailableException("the frame's address is not known");
        return frame.cfa().getAsLong();
    }

    /** @param last whether nothing of the expression follows: then the object need not have an address */
    private void threadLocal(long offset, boolean last) throws ValueUnavailableException {
        ThreadLocals.Block block = frame.threadLocals().block();
        if (block instanceof ThreadLocals.Block.At at) {
            push(at.address() + offset);
        } else if (block instanceof ThreadLocals.Block.Untouched untouched) {
            if (!last) throw new ValueUnavailableException("not allocated yet in this thread");
            direct = initial(untouched, offset);
        } else {
            throw new ValueUnavailableException(((ThreadLocals.Block.Unknown) block).reason());
        }
    }

    private Location initial(ThreadLocals.Block.Untouched block, long offset) throws ValueUnavailableException {
        if (offset < 0 || offset > block.size()) throw broken("a thread-local variable out of its block");
        byte[] bytes = new byte[(int) Math.min(LARGEST_INITIAL, block.size() - offset)];
        int there = (int) Math.max(0, Math.min(bytes.length, block.initialized() - offset));
        if (frame.memory().read(block.template() + offset, bytes, 0, there) < there) {
            throw new ValueUnavailableException("not allocated yet in this thread");
        }
        return new Location.Untouched(bytes);
    }

    private Location register(int number) {
        AmdRegister register = AmdRegister.byDwarf(number);
        if (register == null) return new Location.Missing("register " + number + " cannot be read");
        if (!frame.registers().has(register)) {
            byte[] carried = frame.registers().carried(register);
            if (carried != null && unit != null && unit.tracksCallees()) return new Location.Implicit(carried);
            return new Location.Missing("register " + register.gdbName() + " was not saved");
        }
        return new Location.InRegister(register);
    }

    private long registerValue(int number) throws ValueUnavailableException {
        return LocationEvaluator.value(register(number), frame);
    }

    private @Nullable BaseType baseType(long unitOffset) throws ValueUnavailableException {
        if (unitOffset == 0) return null;
        BaseType type = unit().baseType(unitOffset).orElse(null);
        if (type == null) throw broken("no base type at 0x" + Long.toHexString(unitOffset));
        return type;
    }

    private UnitContext unit() throws ValueUnavailableException {
        if (unit == null) throw broken("call frame information refers to a unit");
        return unit;
    }

    private int addressSize() {
        return unit == null ? 8 : unit.addressSize();
    }

    private static int size(Cursor in) throws ValueUnavailableException {
        int size = in.u1("size");
        if (size < 1 || size > 8) throw broken("a size of " + size + " bytes");
        return size;
    }

    private void push(long generic) throws ValueUnavailableException {
        push(TypedValue.generic(generic));
    }

    private void push(TypedValue value) throws ValueUnavailableException {
        if (stack.size() >= STACK_LIMIT) throw broken("an expression that fills its stack");
        stack.add(value);
    }

    private TypedValue pop() throws ValueUnavailableException {
        return pop(1);
    }

    /** Takes the top, when there are {@code needed} entries at least. */
    private TypedValue pop(int needed) throws ValueUnavailableException {
        if (stack.size() < needed) throw broken("an expression that finds its stack empty");
        return stack.remove(stack.size() - 1);
    }

    private TypedValue peek(int below) throws ValueUnavailableException {
        if (stack.size() <= below) throw broken("an expression that finds its stack empty");
        return stack.get(stack.size() - 1 - below);
    }

    private static ValueUnavailableException otherSpace() {
        return new ValueUnavailableException("it lies in another address space, and x86-64 has only one");
    }

    private static ValueUnavailableException unknown(int op) {
        return new ValueUnavailableException("DWARF operation 0x" + Integer.toHexString(op) + " is not supported");
    }

    private static ValueUnavailableException broken(String what) {
        return new ValueUnavailableException("broken debug information: " + what);
    }
}
