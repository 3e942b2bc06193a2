package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.Unwinder.Frame;
import io.kmdebug.symbols.Unwinder.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Variables of every frame of a crash, as found through frames, location lists and expressions, against gdb's. */
class LocalsTest {
    @TempDir
    static Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -g -O0 -static",
                "gcc -g -O1 -static",
                "gcc -g -O2 -static",
                "gcc -g -O2 -gdwarf-4",
                "gcc -g -O3 -gdwarf-5",
                "gcc -g -Os -gdwarf-3 -gstrict-dwarf",
                "clang -g -O0 -gdwarf-5",
                "clang -g -O2 -gdwarf-5",
                "clang -g -O2 -gdwarf-4",
                "clang -g -O1 -gdwarf-5",
                "musl-gcc -g -O2 -static"
            })
    void variablesHaveTheValuesThatGdbShows(String compiler) throws IOException {
        CrashedProgram program =
                CrashedProgram.run(folder, "locals.c", new ArrayList<>(Arrays.asList(compiler.split(" "))));
        List<String> expected = program.gdbLocals();
        List<String> found = locals(program);
        // behind main are the C library's own frames, for which only one of the two may have debug information
        expected = comparable(expected.subList(0, mainEnd(expected)), compiler);
        found = comparable(found.subList(0, mainEnd(found)), compiler);
        assertThat(functions(found)).isEqualTo(functions(expected));
        List<String> different = new ArrayList<>();
        for (int i = 0; i < Math.max(found.size(), expected.size()); i++) {
            String ours = i < found.size() ? found.get(i) : "";
            String theirs = i < expected.size() ? expected.get(i) : "";
            if (!ours.equals(theirs)) different.add(ours + ", gdb: " + theirs);
        }
        assertThat(different).as(compiler).isEmpty();
    }

    /**
     * Without what gdb has from elsewhere: main's arguments as the C library's own debug information tells them; and, in
     * clang's code, registers that a callee has overwritten, which gdb shows and we do not.
     */
    private static List<String> comparable(List<String> lines, String compiler) {
        boolean optimizingClang = compiler.startsWith("clang") && !compiler.contains("-O0");
        return lines.stream()
                .filter(l -> !l.startsWith("V argc ") && !l.startsWith("V argv "))
                .filter(l -> !optimizingClang || !l.startsWith("V name "))
                .toList();
    }

    private static List<String> functions(List<String> lines) {
        return lines.stream().filter(l -> l.startsWith("F ")).toList();
    }

    private static int mainEnd(List<String> lines) {
        int at = lines.indexOf("F main");
        assertThat(at).as(lines.toString()).isNotNegative();
        do at++;
        while (at < lines.size() && !lines.get(at).startsWith("F "));
        return at;
    }

    private static List<String> locals(CrashedProgram program) {
        List<Frame> frames = program.walk(program.core().threads().get(0), 1000);
        List<FrameContext> contexts = contexts(frames, program.memory());
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            Image image = frames.get(i).image().orElse(null);
            if (image == null) break;
            FrameContext context = contexts.get(i);
            for (FunctionScope scope : image.symbols().scopesAt(context.linkPc())) {
                lines.add("F " + scope.name());
                Map<String, String> values = new LinkedHashMap<>();
                for (VariableSymbol each : scope.localsAt(context.linkPc())) {
                    values.putIfAbsent(each.name(), value(each, context));
                }
                for (VariableSymbol each : scope.parameters()) values.putIfAbsent(each.name(), value(each, context));
                values.values().removeIf(String::isEmpty);
                values.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .forEach(e -> lines.add("V " + e.getKey() + " " + e.getValue()));
            }
        }
        return lines;
    }

    private static List<FrameContext> contexts(List<Frame> frames, MemoryReader memory) {
        List<FrameContext> contexts = new ArrayList<>();
        @Nullable FrameContext caller = null;
        for (int i = frames.size() - 1; i >= 0; i--) {
            Frame frame = frames.get(i);
            long bias = frame.image().map(Image::loadBias).orElse(0L);
            caller = new FrameContext(
                    frame.registers(), frame.cfa(), memory, bias, OptionalLong.empty(), caller, frame.afterCall());
            contexts.add(0, caller);
        }
        return contexts;
    }

    /** As the script prints it; empty for types that it leaves out. */
    private static String value(VariableSymbol variable, FrameContext context) {
        Type type = variable.type();
        while (type instanceof TypedefType || type instanceof QualifiedType) {
            type = type instanceof TypedefType typedef ? typedef.target() : ((QualifiedType) type).target();
        }
        boolean floating = type instanceof BaseType base && base.encoding() == BaseType.Encoding.FLOAT;
        if (!(type instanceof BaseType || type instanceof PointerType || type instanceof EnumType)) return "";
        int size = (int) type.byteSize();
        Location location = variable.locate(context);
        Long bits = bits(location, size, context);
        if (bits == null) return "-";
        if (floating)
            return Double.toString(size == 4 ? Float.intBitsToFloat(bits.intValue()) : Double.longBitsToDouble(bits));
        return Long.toHexString(size == 8 ? bits : bits & (1L << 8 * size) - 1);
    }

    private static @Nullable Long bits(Location location, int size, FrameContext context) {
        Registers registers = context.registers();
        if (location instanceof Location.InRegister in) return registers.get(in.register());
        if (location instanceof Location.Computed computed) return computed.value();
        if (location instanceof Location.InMemory in) {
            byte[] raw = new byte[size];
            return context.memory().read(in.address(), raw, 0, size) < size ? null : little(raw);
        }
        if (location instanceof Location.Implicit implicit) return little(implicit.bytes());
        return null;
    }

    private static long little(byte[] raw) {
        long value = 0;
        for (int i = Math.min(raw.length, 8) - 1; i >= 0; i--) value = value << 8 | raw[i] & 0xff;
        return value;
    }
}
