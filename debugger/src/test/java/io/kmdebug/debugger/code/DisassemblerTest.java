package io.kmdebug.debugger.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.InstructionInfo;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.Tools;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows are those of {@code objdump -d}: addresses, bytes and mnemonics, forwards and backwards. */
class DisassemblerTest {
    private static final Pattern LINE = Pattern.compile(" *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *\t?([a-z0-9_.(]*) ?(.*)");

    /** An instruction as objdump has it. */
    private record Expected(long address, int size, String mnemonic) {}

    /** The .text of a program as memory. */
    private record Text(long start, byte[] bytes, List<ElfSymbol> symbols) implements Disassembler.Code, MemoryReader {
        @Override
        public int read(long address, byte[] target, int offset, int length) {
            long at = address - start;
            if (at < 0 || at >= bytes.length) return 0;
            int count = (int) Math.min(length, bytes.length - at);
            System.arraycopy(bytes, (int) at, target, offset, count);
            return count;
        }

        @Override
        public MemoryReader memory() {
            return this;
        }

        @Override
        public Optional<Symbol> symbolAt(long address) {
            return symbols.stream()
                    .filter(s -> address >= s.value() && address < s.value() + s.size())
                    .findFirst()
                    .map(s -> new Symbol(s.name(), s.value(), s.size()));
        }

        @Override
        public Optional<SourceLocation> locationOf(long address) {
            return Optional.of(new SourceLocation("/values.c", (int) (address - start) + 1, 0));
        }

        /** The same without any symbol. */
        Text stripped() {
            return new Text(start, bytes, List.of());
        }
    }

    @TempDir
    private static Path folder;

    private static Text text;
    private static List<Expected> expected;

    @BeforeAll
    static void disassembleWithObjdump() throws Exception {
        Path program = Tools.compile(folder, "loops.c", "-O2", "-no-pie");
        text = text(program);
        expected = objdumped(program);
        assertThat(expected).hasSizeGreaterThan(150);
    }

    private static Text text(Path program) throws Exception {
        ElfFile file = ElfFile.open(program);
        ElfSection section = file.section(".text").orElseThrow();
        byte[] bytes = file.content(section).copy(0, (int) section.size());
        List<ElfSymbol> symbols = file.symbols().stream()
                .filter(s -> s.isFunction() && s.size() > 0)
                .sorted(Comparator.comparingLong(ElfSymbol::value))
                .toList();
        return new Text(section.address(), bytes, symbols);
    }

    private static List<Expected> objdumped(Path program) throws Exception {
        String out =
                Tools.run(folder, List.of("objdump", "-d", "-M", "intel", "-w", "--section=.text", program.toString()));
        Map<Long, Expected> rows = new TreeMap<>();
        for (String line : out.lines().toList()) {
            Matcher m = LINE.matcher(line);
            if (!m.matches()) continue;
            long address = Long.parseLong(m.group(1), 16);
            rows.put(
                    address,
                    new Expected(address, m.group(2).trim().split(" ").length, mnemonic(m.group(3), m.group(4))));
        }
        return List.copyOf(rows.values());
    }

    /** objdump spells no-operations and prefixes in its own way. */
    private static String mnemonic(String word, String rest) {
        if (word.equals("cs") || word.equals("data16")) return "nop";
        if (word.equals("xchg") && rest.strip().equals("ax,ax")) return "nop";
        return word;
    }

    private static List<Expected> rows(List<InstructionInfo> ours) {
        List<Expected> rows = new ArrayList<>();
        for (InstructionInfo row : ours) {
            rows.add(new Expected(
                    row.address(),
                    row.bytes().length,
                    row.text().split(" ", -1)[0].toLowerCase(Locale.ROOT)));
        }
        return rows;
    }

    @Test
    void allOfTheTextIsAsObjdumpHasIt() {
        assertThat(rows(Disassembler.disassemble(text, text.start(), 0, expected.size())))
                .containsExactlyElementsOf(expected);
    }

    /** Capstone 4 does not know some of AVX-512. */
    @Test
    void instructionsWithoutANameKeepTheNextOnesInStep() throws Exception {
        Path program = Tools.compile(folder, "evex.c", "-O1", "-no-pie");
        Text evex = text(program);
        List<Expected> whole = objdumped(program);
        List<InstructionInfo> ours = Disassembler.disassemble(evex, evex.start(), 0, whole.size());
        assertThat(ours)
                .extracting(InstructionInfo::address)
                .containsExactlyElementsOf(whole.stream().map(Expected::address).toList());
        assertThat(ours).anyMatch(row -> row.text().startsWith(".byte 0x62, "));
        List<InstructionInfo> back = Disassembler.disassemble(
                evex.stripped(), whole.get(whole.size() - 1).address(), -8, 8);
        assertThat(back)
                .extracting(InstructionInfo::address)
                .containsExactlyElementsOf(whole.subList(whole.size() - 9, whole.size() - 1).stream()
                        .map(Expected::address)
                        .toList());
    }

    @Test
    void goingBackIsExactFromEveryInstruction() {
        for (int at = 0; at < expected.size(); at += 3) {
            int back = Math.min(at, 40);
            List<InstructionInfo> ours = Disassembler.disassemble(
                    text, expected.get(at).address(), -back, Math.min(back + 2, expected.size() - at + back));
            assertThat(rows(ours))
                    .as("before 0x%x", expected.get(at).address())
                    .isEqualTo(expected.subList(at - back, at - back + ours.size()));
        }
    }

    @Test
    void withoutSymbolsGoingBackFallsIntoStep() {
        int at = expected.size() / 2;
        List<InstructionInfo> ours =
                Disassembler.disassemble(text.stripped(), expected.get(at).address(), -5, 5);
        assertThat(rows(ours)).isEqualTo(expected.subList(at - 5, at));
    }

    @Test
    void bytesThatCannotBeReadAreInvalidRows() {
        List<InstructionInfo> ours = Disassembler.disassemble(text, text.start(), -3, 5);
        assertThat(ours).extracting(InstructionInfo::valid).containsExactly(false, false, false, true, true);
        assertThat(ours.get(2).address()).isEqualTo(text.start() - 1);
        long end = text.start() + text.bytes().length;
        assertThat(Disassembler.disassemble(text, end, 0, 3)).noneMatch(InstructionInfo::valid);
        assertThat(Disassembler.disassemble(text, end, 2, 3).get(0).address()).isEqualTo(end + 2);
    }

    @Test
    void aPositiveOffsetSkipsInstructions() {
        List<InstructionInfo> ours = Disassembler.disassemble(text, text.start(), 7, 4);
        assertThat(rows(ours)).isEqualTo(expected.subList(7, 11));
        assertThat(rows(Disassembler.disassemble(text, expected.get(20).address(), -10, 4)))
                .isEqualTo(expected.subList(10, 14));
    }

    @Test
    void rowsNameTheirSymbolTheirLineAndWhatTheyCall() {
        ElfSymbol main = text.symbols().stream()
                .filter(s -> s.name().equals("main"))
                .findFirst()
                .orElseThrow();
        List<InstructionInfo> ours = Disassembler.disassemble(text, main.value(), 0, 12);
        assertThat(ours.get(0).symbol()).isEqualTo("main");
        assertThat(ours.get(1).symbol()).isEqualTo("main+" + ours.get(0).bytes().length);
        assertThat(ours.get(0).location())
                .isEqualTo(new SourceLocation("/values.c", (int) (main.value() - text.start()) + 1, 0));
        List<InstructionInfo> all = Disassembler.disassemble(text, text.start(), 0, expected.size());
        assertThat(all)
                .anyMatch(row -> row.text().startsWith("call") && row.text().endsWith("<sum>"));
        assertThat(all)
                .anyMatch(row -> row.text().contains("[rip + ") && row.text().contains("  # 0x"));
    }

    @Test
    void attSyntaxIsToBeHad() {
        List<InstructionInfo> ours = Disassembler.disassemble(text, text.start(), 0, 30, true);
        assertThat(ours).anyMatch(row -> row.text().contains("%r"));
        assertThat(Disassembler.disassemble(text, text.start(), 0, 30))
                .noneMatch(row -> row.text().contains("%r"));
    }

    @Test
    void aMissingLibraryIsNamedWithTheCommandThatInstallsIt() {
        assertThatThrownBy(() -> Capstone.open(List.of("libnowhere.so.9")))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("apt-get install libcapstone4");
    }
}
