package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the payload does not use costs nothing, and what it gives back is given back. */
class MemoryCostTest {
    @TempDir
    private Path folder;

    /** Kilobytes of the payload's page tables, kilobytes resident in the monitor, its descriptors. */
    private record Cost(long tables, long resident, long descriptors) {}

    @Test
    void reservationsAndCyclesLeaveNothingBehind() throws Exception {
        TestProgram program = TestProgram.compile(folder, "cost", "gcc -static");
        Map<String, Cost> costs = run(program.binary());
        assertThat(costs)
                .containsOnlyKeys("start", "reserved", "grown", "opened", "untouched", "cycled", "varied", "scattered");
        Cost start = costs.get("start");
        costs.forEach((step, cost) -> {
            // some files are opened when they are first needed, and stay
            assertThat(cost.descriptors())
                    .as("descriptors, %s", step)
                    .isBetween(start.descriptors(), start.descriptors() + 8);
            // the monitor's own heap and compiled code may still grow a little
            assertThat(cost.resident()).as("resident, %s", step).isLessThan(start.resident() + 96_000);
        });
        for (String step : List.of("reserved", "grown", "untouched", "cycled")) {
            // beside them there may be the tables that reading /proc/self/status needs
            assertThat(costs.get(step).tables()).as("tables, %s", step).isLessThan(start.tables() + 16_000);
        }
        assertThat(costs.get("reserved").tables()).isEqualTo(start.tables());
        assertThat(costs.get("scattered").tables()).as("tables, scattered").isLessThan(start.tables() + 24_000);
    }

    private Map<String, Cost> run(Path binary) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(TestProgram.km());
        command.add(binary.toString());
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("messages").toFile())
                .start();
        Map<String, Cost> costs = new LinkedHashMap<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                String[] words = line.split(" ");
                costs.put(words[0], cost(process.pid(), Long.parseLong(words[1])));
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
            }
            assertThat(process.waitFor())
                    .as(Files.readString(folder.resolve("messages")))
                    .isZero();
            return costs;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Cost cost(long pid, long tables) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        long resident = 0;
        for (String line : Files.readAllLines(proc.resolve("smaps_rollup"))) {
            if (line.startsWith("Rss:")) resident = Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            return new Cost(tables, resident, descriptors.count());
        }
    }
}
