package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conditions of breakpoints that real gdb leaves to the real monitor: where one does not hold, gdb hears of nothing. */
class ConditionsWithGdbTest {
    @TempDir
    private Path folder;

    private Path program;
    private Path log;

    @BeforeEach
    void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc", "conditions");
        log = folder.resolve("log");
    }

    private DebuggedKm km(int threads, int visits) throws Exception {
        List<String> options = List.of("-g0", "-Vgdb", "-k", log.toString());
        return DebuggedKm.start(folder, options, program, Integer.toString(threads), Integer.toString(visits));
    }

    /** Stops that gdb was told of, and inserted breakpoints with conditions. */
    private void assertTold(int stops, int insertions) throws Exception {
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        assertThat(lines.stream()
                        .filter(line -> line.matches(".* out T05[^ ]*swbreak:.*"))
                        .count())
                .as("stops")
                .isEqualTo(stops);
        assertThat(lines.stream()
                        .filter(line -> line.matches(".* in +Z0,.*;X.*"))
                        .count())
                .as("insertions with conditions")
                .isGreaterThanOrEqualTo(insertions);
    }

    @Test
    void everyKindOfExpressionIsEvaluatedByTheMonitor() throws Exception {
        Map<Integer, String> conditions = new TreeMap<>();
        conditions.put(3, "i == 3");
        conditions.put(10, "i * 3 - 2 > 26 && n->small == 300");
        conditions.put(14, "i > 10 && n->small > 100");
        conditions.put(17, "i >= 15 && (n->small + 2) / 2 == 0 && n->low == 2");
        conditions.put(20, "i > 17 && n->high == 17 && n->name[0] == 111");
        conditions.put(23, "i > 20 && n->next == 0");
        conditions.put(26, "i > 23 && n->next != 0 && n->next->low == 4");
        conditions.put(32, "!(i & 31) && i");
        conditions.put(37, "(i ^ 5) == 32");
        conditions.put(40, "i > 37 && i % 8 == 0 && -i < 0 && ~i == -41");
        conditions.put(48, "i << 2 == 192 || i >> 1 == 900");
        conditions.put(50, "(i > 48 ? i : 0) == 50");
        conditions.put(53, "$rdi == 53");
        conditions.put(57, "(unsigned char) (i + 199) == 0");
        conditions.put(60, "byte + i == 260 && byte > 199");
        conditions.put(64, "(unsigned long) -1 / i == 0x3ffffffffffffff");
        conditions.put(68, "i > 64 && nodes[i % 4].low == 1 && *n->name == 111");
        conditions.put(72, "(int) i - 100 <= -28 && i >= 72 && total >= 0");
        List<String> commands = new ArrayList<>(List.of("set breakpoint condition-evaluation target"));
        for (String condition : conditions.values()) {
            commands.addAll(List.of("tbreak visit if " + condition, "continue", "output i", "echo :i\\n"));
        }
        commands.addAll(List.of("delete", "continue"));
        try (DebuggedKm km = km(1, 100)) {
            String said = km.gdb(program, commands.toArray(String[]::new));
            assertThat(said.lines().filter(line -> line.endsWith(":i")))
                    .containsExactlyElementsOf(
                            conditions.keySet().stream().map(i -> i + ":i").toList());
            assertThat(said).contains("exited normally");
            assertThat(km.rest()).isEqualTo("total 4950\n");
        }
        assertTold(conditions.size(), conditions.size());
    }

    @Test
    void manyThreadsPassABreakpointThatNeverStops() throws Exception {
        try (DebuggedKm km = km(8, 60)) {
            String said = km.gdb(
                    program,
                    "set breakpoint condition-evaluation target",
                    "break visit if i == 1000",
                    "break visit if n->small == 5",
                    "continue");
            assertThat(said).contains("exited normally").doesNotContain("hit Breakpoint");
            assertThat(km.rest()).isEqualTo("total 14160\n");
        }
        assertTold(0, 1);
    }

    @Test
    void stepsGoThroughIt() throws Exception {
        try (DebuggedKm km = km(1, 20)) {
            String said = km.gdb(
                    program,
                    "set breakpoint condition-evaluation target",
                    "break visitor",
                    "continue",
                    "break visit if i == 15",
                    "next",
                    "next",
                    "next",
                    "next",
                    "stepi 40",
                    "output i < 15",
                    "echo :before\\n",
                    "continue",
                    "output i",
                    "echo :i\\n",
                    "continue");
            assertThat(said).containsSubsequence("1:before", "15:i", "exited normally");
        }
    }

    @Test
    void aConditionThatMakesNoSenseStopsAndOneCanBeChanged() throws Exception {
        try (DebuggedKm km = km(1, 50)) {
            String said = km.gdb(
                    program,
                    "set breakpoint condition-evaluation target",
                    "break visit if *nowhere == 5",
                    "continue",
                    "set breakpoint always-inserted on",
                    "condition 1 i == 7",
                    "continue",
                    "output i",
                    "echo :i\\n",
                    "condition 1 i == 9 && n->low == 2",
                    "continue",
                    "output i",
                    "echo :i\\n",
                    "condition 1",
                    "continue",
                    "output i",
                    "echo :i\\n",
                    "delete 1",
                    "continue");
            assertThat(said)
                    .containsSubsequence(
                            "Error in testing breakpoint condition", "7:i", "9:i", "10:i", "exited normally");
            assertThat(km.rest()).isEqualTo("total 1225\n");
        }
        assertTold(4, 3);
    }
}
