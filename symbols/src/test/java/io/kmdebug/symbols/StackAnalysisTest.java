package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSymbol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The analysis of machine code against call frame information that compilers wrote for the same code. */
class StackAnalysisTest {
    private static final int RSP_IN_DWARF = 7;
    private static final int[][] CALLEE_SAVED = {{3, 3}, {5, 6}, {12, 12}, {13, 13}, {14, 14}, {15, 15}};

    /** Assembly that is not entered as a function, leaves its stack for another, or whose rules leave out its pushes. */
    private static final String OWN_CONVENTION =
            "_dl_runtime_\\w+|_?_?clone3?|__mpn_\\w+|_start|_dl_relocate_static_pie";

    @TempDir
    static Path folder;

    private int compared;
    private int unknown;
    private final List<String> wrong = new ArrayList<>();

    @Test
    void agreesWithTheCompilersInformationAboutAllOfGlibc() throws IOException {
        Path program = CrashedProgram.compile(folder, "walk.c", List.of("gcc", "-g", "-O2", "-static", "-pthread"));
        ElfFile file = ElfFile.open(program);
        ElfSection section = file.section(".eh_frame").orElseThrow();
        FrameSection frames = new FrameSection(file.content(section), section.address(), true, null);
        ElfSection text = file.section(".text").orElseThrow();
        Map<String, ElfSymbol> functions = new HashMap<>();
        for (ElfSymbol symbol : file.symbols()) if (symbol.isFunction()) functions.put(symbol.name(), symbol);
        for (ElfSymbol symbol : file.symbols()) {
            boolean inText = symbol.value() >= text.address() && symbol.value() < text.address() + text.size();
            if (!symbol.isFunction() || !inText || symbol.size() == 0) continue;
            if (symbol.name().matches(OWN_CONVENTION)) continue;
            StackAnalysis analysis = StackAnalysis.of(code(file, text, symbol));
            ElfSymbol whole = functions.get(symbol.name().replace(".cold", ""));
            if (symbol.name().endsWith(".cold") && whole != null) {
                analysis =
                        StackAnalysis.ofPart(code(file, text, symbol), StackAnalysis.of(code(file, text, whole)), (int)
                                (symbol.value() - whole.value()));
            }
            compare(symbol, code(file, text, symbol), analysis, frames);
        }
        assertThat(compared).isGreaterThan(100_000);
        assertThat(unknown).isLessThan(compared / 500);
        assertThat(wrong).isEmpty();
    }

    private static byte[] code(ElfFile file, ElfSection text, ElfSymbol symbol) {
        return file.bytes().copy(text.offset() + symbol.value() - text.address(), (int) symbol.size());
    }

    private void compare(ElfSymbol symbol, byte[] code, StackAnalysis analysis, FrameSection frames) {
        Amd64Instruction instruction = new Amd64Instruction();
        List<Integer> starts = new ArrayList<>();
        for (int at = 0; at < code.length; at += instruction.length) {
            if (!instruction.decode(code, at, code.length)) break;
            boolean padding = instruction.map == 1 && instruction.opcode == 0x1f
                    || instruction.map == 0 && (instruction.opcode == 0x90 || instruction.opcode == 0xcc);
            if (!padding) starts.add(at);
        }
        for (int at : starts) {
            FrameEntry entry = frames.find(symbol.value() + at).orElse(null);
            if (entry == null || entry.common().signalFrame()) continue;
            FrameRules rules = FrameRules.at(entry, symbol.value() + at);
            if (rules.cfaExpression() != null || rules.cfaRegister() != RSP_IN_DWARF) continue;
            Optional<StackState> state = analysis.before(at);
            compared++;
            if (state.isEmpty() || !StackState.isOffset(state.get().get(StackState.RSP))) {
                unknown++;
                continue;
            }
            long found = -state.get().get(StackState.RSP);
            if (found != rules.cfaOffset()) {
                wrong.add(String.format("%s+%d: rsp+%d, not rsp+%d", symbol.name(), at, found, rules.cfaOffset()));
                continue;
            }
            for (int[] register : CALLEE_SAVED) compareRegister(symbol, at, state.get(), rules, register);
        }
    }

    private void compareRegister(ElfSymbol symbol, int at, StackState state, FrameRules rules, int[] register) {
        if (!(rules.rule(register[1]) instanceof RegisterRule.AtOffset expected)) return;
        long found = state.savedAt(register[0]);
        boolean restored = state.get(register[0]) == StackState.entry(register[0]);
        if (found != expected.offset() && !restored) {
            wrong.add(String.format(
                    "%s+%d: register %d at %d, not %d", symbol.name(), at, register[0], found, expected.offset()));
        }
    }
}
