package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Call frame information as files have it; .eh_frame is asked first, as it covers assembly too. */
final class CallFrames implements CallFrameInfo {
    /** Kept by the callee where nothing else is said: SysV amd64 §3.2.1. */
    private static final boolean[] CALLEE_SAVED = new boolean[FrameRules.REGISTERS];

    static {
        for (int register : new int[] {3, 6, 12, 13, 14, 15}) CALLEE_SAVED[register] = true;
    }

    /** Go's compiler keeps none over a call but the one that holds the goroutine: "Go internal ABI specification". */
    private static final boolean[] KEPT_BY_GO = new boolean[FrameRules.REGISTERS];

    static {
        KEPT_BY_GO[14] = true;
    }

    private final DwarfSections sections;
    private final Supplier<Optional<GoLineTable>> goTable;
    /** Rules that were in force at a few places: threads stand at the same ones. */
    private final @Nullable Known[] known = new @Nullable Known[KNOWN];

    private volatile @Nullable FrameSection ehFrame;
    private volatile @Nullable FrameSection debugFrame;

    private static final int KNOWN = 256;

    /**
     * What the call frame information says of a place.
     *
     * @param kept registers that calls keep where nothing is said of them
     */
    @SuppressWarnings("ArrayRecordComponent") // one of two constants, never compared
    private record Known(long pc, FrameEntry.Common common, FrameRules rules, boolean[] kept) {}

    /** Whether calls keep the register of this DWARF number. */
    static boolean isKept(int register) {
        return register >= 0 && register < CALLEE_SAVED.length && CALLEE_SAVED[register];
    }

    CallFrames(DwarfSections sections) {
        this.sections = sections;
        this.goTable = Lazily.of(() -> Optional.ofNullable(GoLineTable.of(sections.file())));
    }

    @Override
    public Optional<AddressRange> functionAt(long pc) {
        for (ElfSection section : sections.file().sections()) {
            if (section.name().startsWith(".plt") && section.contains(pc)) return Optional.empty();
        }
        return ehFrame().find(pc).or(() -> debugFrame().find(pc)).map(e -> new AddressRange(e.low(), e.high()));
    }

    @Override
    public Optional<CallerFrame> unwind(long lookupPc, long loadBias, Registers registers, MemoryReader memory)
            throws UnreadableMemoryException {
        Known at = at(lookupPc);
        if (at == null) return byGoTable(lookupPc, registers, memory);
        FrameRules rules = at.rules;
        FrameContext frame =
                new FrameContext(registers, OptionalLong.empty(), memory, loadBias, OptionalLong.empty(), null);
        try {
            long cfa = cfa(rules, frame);
            Registers caller = caller(rules, at.common, at.kept, frame, cfa);
            return Optional.of(new CallerFrame(caller, cfa, at.common.signalFrame()));
        } catch (ValueUnavailableException e) {
            if (e.unreadable() != null) throw e.unreadable();
            return Optional.empty();
        }
    }

    @Override
    public OptionalLong frameAddress(long lookupPc, long loadBias, Registers registers, MemoryReader memory) {
        Known at = at(lookupPc);
        if (at == null) return OptionalLong.empty();
        FrameContext frame =
                new FrameContext(registers, OptionalLong.empty(), memory, loadBias, OptionalLong.empty(), null);
        try {
            return OptionalLong.of(cfa(at.rules, frame));
        } catch (ValueUnavailableException e) {
            return OptionalLong.empty();
        }
    }

    /** Null where neither section covers {@code pc}. */
    private @Nullable Known at(long pc) {
        int slot = Long.hashCode(pc * 0x9E3779B97F4A7C15L) & KNOWN - 1;
        Known last = known[slot];
        if (last != null && last.pc == pc) return last;
        Optional<FrameEntry> entry = ehFrame().find(pc);
        boolean[] kept = CALLEE_SAVED;
        if (entry.isEmpty()) {
            entry = debugFrame().find(pc);
            // what C compilers add to a Go program has .eh_frame
            if (sections.isGo()) kept = KEPT_BY_GO;
        }
        if (entry.isEmpty()) return null;
        Known found = new Known(pc, entry.get().common(), FrameRules.at(entry.get(), pc), kept);
        known[slot] = found;
        return found;
    }

    /** Go's run-time system knows how deep the stack is at each pc, for its own walks. */
    private Optional<CallerFrame> byGoTable(long pc, Registers registers, MemoryReader memory)
            throws UnreadableMemoryException {
        GoLineTable table = goTable.get().orElse(null);
        int function = table == null || !registers.has(AmdRegister.RSP) ? -1 : table.at(pc);
        if (table == null || function < 0) return Optional.empty();
        int depth = table.value(GoLineTable.Table.STACK, function, pc);
        if (depth < 0) return Optional.empty();
        long cfa = registers.sp() + depth + 8;
        Registers caller = registers.forCaller();
        copySystemRegisters(registers, caller);
        caller.clear(AmdRegister.RIP);
        caller.set(AmdRegister.RSP, cfa);
        copy(registers, AmdRegister.R14, caller);
        if (!GoLineTable.isOutermost(table.name(function))) caller.set(AmdRegister.RIP, memory.readLong(cfa - 8));
        return Optional.of(new CallerFrame(caller, cfa, false));
    }

    private static long cfa(FrameRules rules, FrameContext frame) throws ValueUnavailableException {
        Bytes expression = rules.cfaExpression();
        if (expression != null) return StackMachine.value(expression, frame);
        return register(rules.cfaRegister(), frame.registers()) + rules.cfaOffset();
    }

    private static Registers caller(
            FrameRules rules, FrameEntry.Common common, boolean[] kept, FrameContext frame, long cfa)
            throws ValueUnavailableException {
        Registers caller = frame.registers().forCaller();
        copySystemRegisters(frame.registers(), caller);
        for (int number = 0; number < FrameRules.REGISTERS; number++) {
            AmdRegister register = AmdRegister.byDwarf(number);
            if (register == null || number == common.returnRegister()) continue;
            try {
                boolean keeps = common.signalFrame() || kept[number];
                restore(register, rules.rule(number), keeps, frame, cfa, caller);
            } catch (ValueUnavailableException e) {
                caller.clear(register); // its slot cannot be read: lost, but the walk goes on
            }
        }
        RegisterRule returnRule = rules.rule(common.returnRegister());
        caller.clear(AmdRegister.RIP);
        if (returnRule != null) {
            restore(AmdRegister.RIP, returnRule, true, frame, cfa, caller);
        }
        return caller;
    }

    private static void restore(
            AmdRegister register,
            @Nullable RegisterRule rule,
            boolean keeps,
            FrameContext frame,
            long cfa,
            Registers caller)
            throws ValueUnavailableException {
        Registers own = frame.registers();
        if (rule == null) {
            if (register == AmdRegister.RSP) caller.set(register, cfa);
            else if (keeps) copy(own, register, caller);
        } else if (rule instanceof RegisterRule.SameValue) {
            copy(own, register, caller);
        } else if (rule instanceof RegisterRule.AtOffset at) {
            caller.set(register, StackMachine.load(frame.memory(), cfa + at.offset(), 8));
        } else if (rule instanceof RegisterRule.ValueAtOffset value) {
            caller.set(register, cfa + value.offset());
        } else if (rule instanceof RegisterRule.InRegister other) {
            caller.set(register, register(other.register(), own));
        } else if (rule instanceof RegisterRule.AtExpression at) {
            long address = StackMachine.value(at.expression(), frame, cfa);
            caller.set(register, StackMachine.load(frame.memory(), address, 8));
        } else if (rule instanceof RegisterRule.ValueOfExpression value) {
            caller.set(register, StackMachine.value(value.expression(), frame, cfa));
        }
    }

    private static void copy(Registers from, AmdRegister register, Registers to) {
        if (from.has(register)) to.set(register, from.get(register));
    }

    /** Segments and their bases are the thread's, the same in every frame. */
    static void copySystemRegisters(Registers from, Registers to) {
        for (AmdRegister register : new AmdRegister[] {
            AmdRegister.FS_BASE,
            AmdRegister.GS_BASE,
            AmdRegister.CS,
            AmdRegister.SS,
            AmdRegister.DS,
            AmdRegister.ES,
            AmdRegister.FS,
            AmdRegister.GS
        }) {
            copy(from, register, to);
        }
    }

    private static long register(int number, Registers registers) throws ValueUnavailableException {
        AmdRegister register = AmdRegister.byDwarf(number);
        if (register == null || !registers.has(register)) {
            throw new ValueUnavailableException("register " + number + " was not saved");
        }
        return registers.get(register);
    }

    private FrameSection ehFrame() {
        FrameSection known = ehFrame;
        if (known == null) ehFrame = known = openEhFrame();
        return known;
    }

    private FrameSection openEhFrame() {
        ElfSection section = sections.file().section(".eh_frame").orElse(null);
        FrameSearchTable table = searchTable();
        if (section != null) return new FrameSection(sections.section(".eh_frame"), section.address(), true, table);
        if (table == null) return new FrameSection(Bytes.of(".eh_frame", new byte[0]), 0, true, null);
        return new FrameSection(loaded(table.frames()), table.frames(), true, table);
    }

    private @Nullable FrameSearchTable searchTable() {
        for (ElfSegment segment : sections.file().segments()) {
            if (segment.type() != ElfSegment.PT_GNU_EH_FRAME) continue;
            Bytes file = sections.file().bytes();
            long there = file.length() - segment.fileSize();
            if (segment.offset() < 0 || segment.fileSize() < 0 || segment.offset() > there) return null;
            return FrameSearchTable.read(sections.file().content(segment), segment.address());
        }
        return null;
    }

    /** The file's bytes from a link-time address to the end of its segment, for files without section headers. */
    private Bytes loaded(long address) {
        for (ElfSegment segment : sections.file().segments()) {
            if (segment.type() != ElfSegment.PT_LOAD) continue;
            long skip = address - segment.address();
            if (Long.compareUnsigned(skip, segment.fileSize()) >= 0) continue;
            return sections.file().content(segment).slice(skip, segment.fileSize() - skip);
        }
        return Bytes.of(".eh_frame", new byte[0]);
    }

    private FrameSection debugFrame() {
        FrameSection known = debugFrame;
        if (known == null) debugFrame = known = new FrameSection(sections.section(".debug_frame"), 0, false, null);
        return known;
    }
}
