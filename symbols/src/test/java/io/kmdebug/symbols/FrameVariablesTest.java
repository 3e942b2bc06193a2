package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.coredump.CoreThread;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.Unwinder.Frame;
import io.kmdebug.symbols.Unwinder.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of all variables of all frames of a program that crashed, compared with gdb's. */
class FrameVariablesTest {
    /** Prints "frame function", then "name line value" for each variable of the program's frames. */
    private static final String ORACLE = """
            import gdb
            # debug information of the C library, which is not part of this test, would tell main's arguments
            gdb.execute('set backtrace past-main off')
            def text(v):
                t = v.type.strip_typedefs()
                if v.is_optimized_out: return '?'
                if t.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_ARRAY):
                    return '@%x' % int(v.address) if v.address is not None else 'parts'
                if t.code == gdb.TYPE_CODE_FLT: return 'float %g' % float(v)
                return '%x' % (int(v) & ((1 << 8 * t.sizeof) - 1))
            f = gdb.newest_frame()
            while f is not None:
                s = f.find_sal().symtab
                if s is not None and s.filename.endswith('variables.c'):
                    print('F ' + f.function().name)
                    b = f.block()
                    while True:
                        for s in b:
                            if s.is_variable or s.is_argument or s.addr_class == gdb.SYMBOL_LOC_CONST:
                                if s.name.startswith('__vla') or s.name == 'vla': continue
                                try: print('V %s %d %s' % (s.name, s.line, text(s.value(f) if s.needs_frame else s.value())))
                                except gdb.error as e: print('V %s %d ?' % (s.name, s.line))
                        if b.function is not None: break
                        b = b.superblock
                f = f.older()
            for n in ('file_counter', 'global_value', 'labels', 'sink'):
                print('G %s %s' % (n, text(gdb.parse_and_eval(n))))
            """;

    private static final String LOST = "<lost>";

    @TempDir
    static Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -gdwarf-4 -O0 -static",
                "gcc -gdwarf-5 -O0",
                "gcc -gdwarf-4 -O2",
                "gcc -gdwarf-5 -O2 -static-pie",
                "gcc -gdwarf-5 -O1 -fomit-frame-pointer",
                "gcc -gdwarf-3 -gstrict-dwarf -O2",
                "clang -gdwarf-4 -O0",
                "clang -gdwarf-5 -O0 -static",
                "clang -gdwarf-4 -O2",
                "clang -gdwarf-5 -O2",
                "gcc -gdwarf-4 -O2 -gsplit-dwarf",
                "gcc -gdwarf-5 -O2 -gsplit-dwarf",
                "clang -gdwarf-4 -O2 -gsplit-dwarf",
                // gdb 13 does not find location lists of clang's DWARF 5 in .dwo files
                "clang -gdwarf-5 -O0 -gsplit-dwarf -fdebug-types-section"
            })
    void everyFramesVariablesAreThoseOfGdb(String compiler) throws IOException {
        CrashedProgram program = CrashedProgram.run(folder, "variables.c", List.of(compiler.split(" ", -1)));
        Path script = Files.writeString(folder.resolve("variables.py"), ORACLE);
        List<String> expected = program.gdb("source " + script)
                .lines()
                .filter(line -> line.matches("[FVG] .*"))
                .toList();
        List<String> actual = new ArrayList<>();
        CoreThread thread = program.core().threads().get(0);
        List<Frame> frames = program.walk(thread, 100);
        for (int i = 0; i < frames.size(); i++) describe(frames, i, program.memory(), actual);
        Image image = program.programImage();
        for (String name : List.of("file_counter", "global_value", "labels", "sink")) {
            VariableSymbol global = image.symbols().globalsNamed(name).get(0);
            FrameContext context = FrameContext.ofImage(program.memory(), image.loadBias(), OptionalLong.empty());
            actual.add("G " + name + " " + text(global.type(), global.locate(context), context));
        }
        assertThat(expected).hasSizeGreaterThan(30);
        assertThat(frameByFrame(actual)).as(compiler).hasSameSizeAs(frameByFrame(expected));
        for (int i = 0; i < frameByFrame(actual).size(); i++) {
            Map<String, Set<String>> ours = frameByFrame(actual).get(i);
            Map<String, Set<String>> gdbs = frameByFrame(expected).get(i);
            // gdb takes what its callee left in a register that calls do not keep for the caller's value
            ours.forEach((key, values) -> {
                if (values.contains(LOST)) gdbs.put(key, values);
            });
            // gdb also lists, without a value, variables that gcc put into a block within the inlined function
            gdbs.values().forEach(values -> {
                if (values.size() > 1) values.remove("?");
            });
            assertThat(ours).as("frame %d with %s", i, compiler).isEqualTo(gdbs);
        }
    }

    /** For each frame, variable and line to values. */
    private static List<Map<String, Set<String>>> frameByFrame(List<String> lines) {
        List<Map<String, Set<String>>> frames = new ArrayList<>();
        frames.add(new TreeMap<>());
        for (String line : lines) {
            int space = line.lastIndexOf(' ', line.contains(" float ") ? line.indexOf(" float ") : line.length());
            if (line.startsWith("F ")) frames.add(new TreeMap<>(Map.of(line, new TreeSet<>())));
            else
                frames.get(frames.size() - 1)
                        .computeIfAbsent(line.substring(0, space), key -> new TreeSet<>())
                        .add(line.substring(space + 1));
        }
        return frames;
    }

    /** Why the object, or parts of it, are not there. */
    private static List<String> missing(Location location) {
        if (location instanceof Location.Missing m) return List.of(m.reason());
        if (!(location instanceof Location.Pieces pieces)) return List.of();
        return pieces.pieces().stream()
                .flatMap(p -> missing(p.location()).stream())
                .toList();
    }

    private static void describe(List<Frame> frames, int index, MemoryReader memory, List<String> out) {
        Frame frame = frames.get(index);
        Image image = frame.image().orElse(null);
        FrameContext context = context(frames, index, memory);
        if (image == null || context == null) return;
        for (FunctionScope scope : image.symbols().scopesAt(context.linkPc())) {
            SourceFile file = scope.declarationFile();
            if (file == null || !file.name().equals("variables.c")) continue;
            out.add("F " + scope.name());
            List<VariableSymbol> variables = new ArrayList<>(scope.parameters());
            variables.addAll(scope.localsAt(context.linkPc()));
            for (VariableSymbol v : variables) {
                if (v.name().equals("vla")) continue; // gdb does not give the address of one
                out.add("V " + v.name() + " " + v.declarationLine() + " " + text(v.type(), v.locate(context), context));
            }
        }
    }

    private static @Nullable FrameContext context(List<Frame> frames, int index, MemoryReader memory) {
        if (index >= frames.size() || frames.get(index).image().isEmpty()) return null;
        Frame frame = frames.get(index);
        return new FrameContext(
                frame.registers(),
                frame.cfa(),
                memory,
                frame.image().orElseThrow().loadBias(),
                OptionalLong.empty(),
                context(frames, index + 1, memory),
                frame.afterCall());
    }

    private static String text(Type declared, Location location, FrameContext context) {
        Type type = declared.stripped();
        List<String> reasons = missing(location);
        if (!reasons.isEmpty()) return reasons.stream().allMatch(r -> r.startsWith("register ")) ? LOST : "?";
        if (type instanceof CompositeType || type instanceof ArrayType) {
            return location instanceof Location.InMemory m ? "@" + Long.toHexString(m.address()) : "parts";
        }
        int size = (int) type.byteSize();
        try {
            long raw;
            if (location instanceof Location.InMemory m) raw = context.memory().readUnsigned(m.address(), size);
            else raw = LocationEvaluator.value(location, context);
            if (size < 8) raw &= (1L << (8 * size)) - 1;
            if (type instanceof BaseType b && b.encoding() == BaseType.Encoding.FLOAT) {
                double value = size == 4 ? Float.intBitsToFloat((int) raw) : Double.longBitsToDouble(raw);
                return "float " + gnu(value);
            }
            return Long.toHexString(raw);
        } catch (UnreadableMemoryException | ValueUnavailableException e) {
            return "?";
        }
    }

    private static String gnu(double value) {
        String text = Double.toString(value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
