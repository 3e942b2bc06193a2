package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Fuzz target: units, entries, types, scopes, names, lines, lists and indexes of a file of {@link PackedSections}. */
final class DwarfFuzz {
    private static final int MOST_ENTRIES = 1500;
    private static final int MOST_NAMES = 24;
    private static final int MOST_DEPTH = 6;

    private static final MemoryReader MEMORY = (address, target, offset, length) -> {
        if (address < 0x1000 || address >= 0x10_0000) return 0;
        int there = (int) Math.min(length, 0x10_0000 - address);
        for (int i = 0; i < there; i++) target[offset + i] = (byte) ((address + i) * 31 >> 3);
        return there;
    };

    private DwarfFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzLimits.within(() -> ask(PackedSections.of(data, 0).elf("")));
    }

    /** Asks what a debugger asks; only what is left open by the interface may be thrown. */
    static void ask(ElfFile file) {
        DebugFiles none = new DebugFiles(List.of());
        DwarfSymbols symbols = new DwarfSymbols(file, none);
        symbols.status();
        Set<String> names = new LinkedHashSet<>();
        Set<Long> places = new LinkedHashSet<>(List.of(PackedSections.CODE, PackedSections.CODE + 0x123));
        DwarfImage image = new DwarfImage(new DwarfSections(file, none), none);
        for (Unit unit : image.unitsWithEntries()) entries(unit, names, places);
        for (long pc : places) at(symbols, pc);
        for (String name : names) named(symbols, name);
        symbols.rowsIn(new AddressRange(PackedSections.CODE, PackedSections.CODE + PackedSections.CODE_BYTES));
        for (SourceFile source : symbols.sourceFiles()) {
            symbols.breakpointRows(source.path(), 1);
            symbols.breakpointRows(source.name(), 7);
            if (names.size() > MOST_NAMES + 8) break;
            names.add(source.name());
        }
        symbols.status();
    }

    /** The entries one by one, as an index over them would go. */
    private static void entries(Unit unit, Set<String> names, Set<Long> places) {
        try {
            Die die = new Die(unit);
            long at = unit.rootOffset();
            for (int i = 0; i < MOST_ENTRIES && at < unit.end(); i++) {
                if (die.seek(at)) {
                    if (names.size() < MOST_NAMES) {
                        String name = die.name();
                        if (name != null && name.length() < 200) names.add(name);
                    }
                    if (die.tag() == Tag.SUBPROGRAM || die.tag() == Tag.INLINED_SUBROUTINE) {
                        for (AddressRange range : RangeLists.of(die)) {
                            if (places.size() < MOST_NAMES) places.add(range.low());
                        }
                    }
                    if (i < 200) describe(unit.image().types().at(new DieRef(unit, at)), 0);
                }
                at = die.next();
            }
        } catch (CorruptFileException e) {
            unit.image().note("unit", e);
        }
    }

    private static void at(DwarfSymbols symbols, long pc) {
        symbols.lineAt(pc);
        symbols.symbolAt(pc);
        symbols.scopesAt(pc).forEach(function -> describe(symbols, function, pc));
        symbols.globalsAt(pc).stream().limit(40).forEach(v -> describe(v, pc));
    }

    private static void named(DwarfSymbols symbols, String name) {
        symbols.functionsNamed(name).stream().limit(8).forEach(f -> describe(symbols, f, f.entryPc()));
        symbols.inlinedNamed(name).stream().limit(8).forEach(f -> describe(symbols, f, f.entryPc()));
        symbols.globalsNamed(name).stream().limit(8).forEach(v -> describe(v, PackedSections.CODE));
        symbols.typeNamed(name).ifPresent(type -> describe(type, 0));
        symbols.typeNamed("struct " + name).ifPresent(type -> describe(type, 0));
    }

    private static void describe(DwarfSymbols symbols, FunctionScope function, long pc) {
        function.name();
        function.linkageName();
        function.ranges();
        function.declarationFile();
        function.declarationLine();
        function.callFile();
        function.callLine();
        function.optimized();
        symbols.breakpointPc(function);
        describe(function.returnType(), 0);
        function.parameters().stream().limit(20).forEach(v -> describe(v, pc));
        function.localsAt(pc).stream().limit(20).forEach(v -> describe(v, pc));
    }

    private static void describe(VariableSymbol variable, long pc) {
        variable.name();
        variable.declarationFile();
        variable.declarationLine();
        variable.isStatic();
        describe(variable.type(), 0);
        variable.locate(frame(pc, frame(pc + 5, null)));
    }

    private static FrameContext frame(long pc, @org.jspecify.annotations.Nullable FrameContext caller) {
        Registers registers = new Registers();
        for (int i = 0; i < 16; i++) {
            var register = io.kmdebug.machine.AmdRegister.byDwarf(i);
            if (register != null) registers.set(register, 0x8000 + 64 * i);
        }
        registers.set(io.kmdebug.machine.AmdRegister.RIP, pc);
        return new FrameContext(registers, OptionalLong.of(0x9000), MEMORY, 0, OptionalLong.of(0x7000), caller);
    }

    private static void describe(Type type, int depth) {
        type.name();
        type.byteSize();
        Type stripped = type.stripped();
        if (depth >= MOST_DEPTH) return;
        if (stripped instanceof CompositeType composite) {
            composite.members().stream().limit(6).forEach(m -> describe(m.type(), depth + 2));
        } else if (stripped instanceof PointerType pointer) {
            describe(pointer.target(), depth + 1);
        } else if (stripped instanceof ArrayType array) {
            describe(array.element(), depth + 1);
        } else if (stripped instanceof FunctionType function) {
            function.parameters().stream().limit(6).forEach(p -> describe(p.type(), depth + 2));
        }
    }
}
