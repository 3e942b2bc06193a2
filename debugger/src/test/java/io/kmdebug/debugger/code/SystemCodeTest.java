package io.kmdebug.debugger.code;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.InstructionInfo;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.Tools;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.Symbols;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random functions of programs that nobody here wrote, forwards and backwards from random instructions: objdump's. */
class SystemCodeTest {
    private static final int FUNCTIONS = Integer.getInteger("kmdebug.code.functions", 25);
    private static final Pattern LINE = Pattern.compile(" *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *(?:\t(.*))?");

    @TempDir
    Path folder = Path.of("");

    /** A file as if it were loaded where it is linked. */
    private record Loaded(ElfFile file, Symbols symbols) implements Disassembler.Code {
        @Override
        public MemoryReader memory() {
            return (address, target, offset, length) -> {
                for (ElfSegment segment : file.segments()) {
                    if (segment.type() != ElfSegment.PT_LOAD || !segment.contains(address)) continue;
                    long within = address - segment.address();
                    int count = (int) Math.max(0, Math.min(length, segment.fileSize() - within));
                    file.bytes().copy(segment.offset() + within, target, offset, count);
                    return count;
                }
                return 0;
            };
        }

        @Override
        public Optional<Symbol> symbolAt(long address) {
            return symbols.symbolAt(address).map(s -> new Symbol(s.name(), s.value(), s.size()));
        }

        @Override
        public Optional<SourceLocation> locationOf(long address) {
            return Optional.empty();
        }
    }

    private record Row(long address, int bytes, String mnemonic) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/lib/x86_64-linux-gnu/libc.so.6",
                "/lib/x86_64-linux-gnu/libstdc++.so.6",
                "/lib/x86_64-linux-gnu/libcrypto.so.3",
                "/lib/x86_64-linux-gnu/libm.so.6"
            })
    void areObjdumps(String path) throws Exception {
        ElfFile file = ElfFile.open(Path.of(path).toRealPath());
        Loaded code = new Loaded(file, Symbols.of(file));
        List<ElfSymbol> functions = file.symbols().stream()
                .filter(s -> s.isFunction() && s.section() != 0 && s.size() > 20 && s.size() < 4000)
                .toList();
        assertThat(functions).hasSizeGreaterThan(200);
        Random random = new Random(7);
        for (int i = 0; i < FUNCTIONS; i++) {
            ElfSymbol function = functions.get(random.nextInt(functions.size()));
            List<Row> expected = objdump(path, function);
            compare(code, function, expected, random);
        }
    }

    private static void compare(Loaded code, ElfSymbol function, List<Row> expected, Random random) {
        List<InstructionInfo> ours = Disassembler.disassemble(code, function.value(), 0, expected.size());
        assertThat(rows(ours)).as(function.name()).isEqualTo(expected);
        int at = random.nextInt(expected.size());
        List<InstructionInfo> back =
                Disassembler.disassemble(code, expected.get(at).address(), -at, at + 1);
        assertThat(rows(back)).as("%s from instruction %d", function.name(), at).isEqualTo(expected.subList(0, at + 1));
        // across the function's start: each row ends where the next one begins
        List<InstructionInfo> across = Disassembler.disassemble(code, function.value(), -30, 31);
        assertThat(across.get(30).address()).isEqualTo(function.value());
        for (int i = 0; i < 30; i++) {
            InstructionInfo row = across.get(i);
            assertThat(row.valid())
                    .as("%s, row %d before it", function.name(), 30 - i)
                    .isTrue();
            assertThat(row.address() + row.bytes().length)
                    .isEqualTo(across.get(i + 1).address());
        }
    }

    private static List<Row> rows(List<InstructionInfo> instructions) {
        return instructions.stream()
                .map(r -> new Row(r.address(), r.bytes().length, plain(r.text())))
                .toList();
    }

    private List<Row> objdump(String path, ElfSymbol function) throws Exception {
        String out = Tools.run(
                folder,
                List.of(
                        "objdump",
                        "-d",
                        "-w",
                        "-M",
                        "intel",
                        "--start-address=" + function.value(),
                        "--stop-address=" + (function.value() + function.size()),
                        path));
        List<Row> rows = new ArrayList<>();
        for (String line : out.lines().toList()) {
            Matcher m = LINE.matcher(line);
            if (!m.matches()) continue;
            int bytes = m.group(2).trim().split(" ", -1).length;
            rows.add(new Row(Long.parseLong(m.group(1), 16), bytes, plain(m.group(3))));
        }
        return rows;
    }

    /** The two libraries spell prefixes, no-operations and some synonyms in their own ways. */
    private static String plain(String text) {
        String bare = text.replaceFirst("^((rep[nz]*e?|notrack|bnd|lock|data16|cs|ds|es|addr32|rex[.A-Z]*) )+", "");
        String word = bare.split("[ \t]", -1)[0];
        if (bare.matches("xchg +(ax|eax), ?(ax|eax).*")) return "nop";
        return switch (word) {
            case "movabs" -> "mov";
            default -> word;
        };
    }
}
