package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Everything that a program's debug information says, as text: at every address of its functions the line, the
 * functions with what is inlined, the variables with where they live; all types with their layout; all globals.
 */
final class ProgramFacts {
    private static final List<String> FUNCTIONS = List.of("total", "visit", "main", "combine");

    private final Symbols symbols;
    private final boolean places;
    private final Unwinder unwinder;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, String> types = new TreeMap<>();

    private ProgramFacts(Symbols symbols, boolean places) {
        this.symbols = symbols;
        this.places = places;
        Unwinder.Image image = new Unwinder.Image(symbols, 0);
        this.unwinder = Unwinder.over(address -> Optional.of(image));
    }

    /** @param places whether to say where variables live */
    static String of(Symbols symbols, boolean places) {
        ProgramFacts facts = new ProgramFacts(symbols, places);
        facts.collect();
        return facts.out.toString();
    }

    private void collect() {
        for (String name : FUNCTIONS) {
            List<FunctionScope> found = symbols.functionsNamed(name);
            line(name + " " + found.size());
            for (FunctionScope function : found) {
                line("  break 0x" + Long.toHexString(symbols.breakpointPc(function)));
                for (AddressRange range : function.ranges()) {
                    String before = "";
                    for (long pc = range.low(); pc < range.high(); pc++) {
                        String now = at(pc);
                        if (!now.equals(before)) line("0x" + Long.toHexString(pc) + now);
                        before = now;
                    }
                }
            }
        }
        for (String name : List.of(
                "first", "calls", "thread_total", "shapes::Box<short, 3>::made", "shapes::Box<short int, 3>::made")) {
            for (VariableSymbol global : symbols.globalsNamed(name)) line(variable(global, context(0)));
        }
        for (String name : List.of("node_t", "struct flags", "shapes::Base", "shapes::Kind")) {
            symbols.typeNamed(name).ifPresentOrElse(this::describe, () -> line("no type " + name));
        }
        for (String name : List.of("scaled", "area")) {
            for (FunctionScope inlined : symbols.inlinedNamed(name)) line(name + " inlined " + inlined.ranges());
        }
        for (int line = 1; line < 60; line++) {
            for (String file : List.of("formats_c.c", "formats_cpp.cpp")) {
                for (LineRow row : symbols.breakpointRows(file, line))
                    line("break " + file + ":" + line + " " + row(row));
            }
        }
        types.forEach((name, detail) -> line("type " + name + " " + detail));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private String at(long pc) {
        StringBuilder text = new StringBuilder();
        symbols.lineAt(pc).ifPresent(row -> text.append(' ').append(row(row)));
        for (FunctionScope scope : symbols.scopesAt(pc)) {
            text.append(" | ").append(scope.returnType().name()).append(' ').append(scope.name());
            if (scope.inlined()) {
                text.append(" at ")
                        .append(
                                scope.callFile() == null
                                        ? "?"
                                        : scope.callFile().name());
                text.append(':').append(scope.callLine());
            }
            if (scope.declarationFile() != null) {
                text.append(" declared ")
                        .append(scope.declarationFile().name())
                        .append(':')
                        .append(scope.declarationLine());
            }
            for (VariableSymbol v : scope.parameters()) text.append("; ").append(variable(v, context(pc)));
            for (VariableSymbol v : scope.localsAt(pc)) text.append("; local ").append(variable(v, context(pc)));
        }
        return text.toString();
    }

    private static String row(LineRow row) {
        return row.file().name() + ":" + row.line() + ":" + row.column() + (row.statement() ? " s" : "");
    }

    private String variable(VariableSymbol variable, FrameContext frame) {
        describe(variable.type());
        return variable.type().name() + " " + variable.name() + " " + variable.declarationLine()
                + (places ? " " + location(variable.locate(frame)) : "");
    }

    private static String location(Location location) {
        if (location instanceof Location.Implicit i) return "Implicit " + java.util.Arrays.toString(i.bytes());
        return location.toString();
    }

    /** A frame whose registers and memory are numbers that fit every integer type and that nothing else has. */
    private FrameContext context(long pc) {
        Registers registers = new Registers();
        for (AmdRegister register : AmdRegister.values()) {
            registers.set(register, 0x1000L + 0x10L * register.ordinal());
        }
        registers.set(AmdRegister.RIP, pc);
        OptionalLong cfa =
                unwinder.walk(registers, ProgramFacts::memory, 1).get(0).cfa();
        FrameContext caller = new FrameContext(
                registers, OptionalLong.of(0x7fff_2000L), ProgramFacts::memory, 0, OptionalLong.of(0x5000), null);
        return new FrameContext(registers, cfa, ProgramFacts::memory, 0, OptionalLong.of(0x5000), caller);
    }

    private static int memory(long address, byte[] target, int offset, int length) {
        for (int i = 0; i < length; i++) target[offset + i] = (byte) ((address + i) * 7);
        return length;
    }

    private void describe(Type type) {
        List<Type> next = new ArrayList<>(List.of(type));
        while (!next.isEmpty()) {
            Type each = next.remove(next.size() - 1);
            String name = each.getClass().getSimpleName() + " " + each.name();
            if (types.containsKey(name)) continue;
            types.put(name, "");
            types.put(name, each.byteSize() + detail(each, next));
        }
    }

    private static String detail(Type type, List<Type> next) {
        StringBuilder text = new StringBuilder();
        if (type instanceof CompositeType c) {
            text.append(c.kind()).append(c.isDeclaration() ? " declared" : "");
            for (CompositeType.Member m : c.members()) {
                text.append("\n  ")
                        .append(m.name())
                        .append(' ')
                        .append(m.type().name())
                        .append(' ')
                        .append(m.bitOffset());
                text.append(':').append(m.bitSize()).append(m.base() ? " base" : "");
                next.add(m.type());
            }
        } else if (type instanceof EnumType e) {
            text.append(e.signed()).append(e.enumerators());
        } else if (type instanceof ArrayType a) {
            text.append(a.count());
            next.add(a.element());
        } else if (type instanceof PointerType p) {
            text.append(p.kind());
            next.add(p.target());
        } else if (type instanceof TypedefType t) {
            next.add(t.target());
        } else if (type instanceof QualifiedType q) {
            next.add(q.target());
        } else if (type instanceof FunctionType f) {
            next.add(f.returnType());
            f.parameters().forEach(p -> next.add(p.type()));
        } else if (type instanceof BaseType b) {
            text.append(b.encoding());
        }
        return text.toString();
    }
}
