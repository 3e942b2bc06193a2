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
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that have ended leave nothing behind: no descriptor, no memory, no process; and the spare goes with km. */
class ForkCostTest {
    private static final int IN_A_ROW = Integer.getInteger("kmdebug.forks", 200);
    private static final int AT_ONCE = 50;
    /** The spare and its nursery. */
    private static final int HELPERS = 2;

    private static final long LIMIT_NANOS = 120_000_000_000L;
    private static final long LOOK_NANOS = 10_000_000;

    @TempDir
    private Path folder;

    /** What the monitor has: descriptors, resident kilobytes, and processes below it. */
    private record Cost(long descriptors, long resident, List<Long> processes) {}

    @Test
    void manyForksLeaveNothingBehind() throws Exception {
        TestProgram program = TestProgram.compile(folder, "forks", "gcc -static");
        List<String> command = new ArrayList<>(TestProgram.km());
        command.addAll(List.of(program.binary().toString(), Integer.toString(IN_A_ROW), Integer.toString(AT_ONCE)));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("messages").toFile())
                .start();
        Map<String, Cost> costs = new LinkedHashMap<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                costs.put(line, settled(process));
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
            }
            assertThat(process.waitFor())
                    .as("forks that failed, " + Files.readString(folder.resolve("messages")))
                    .isZero();
        } finally {
            process.destroyForcibly();
        }
        System.out.println("fork costs: " + costs);
        assertThat(costs).containsOnlyKeys("start", "row", "crowd");
        Cost start = costs.get("start");
        costs.forEach((step, cost) -> {
            // a spare that is being started holds a few for a moment
            assertThat(cost.descriptors())
                    .as("descriptors, %s", step)
                    .isBetween(start.descriptors() - 8, start.descriptors() + 8);
            assertThat(cost.processes().size()).as("processes, %s", step).isLessThanOrEqualTo(HELPERS);
            // the monitor's own heap and compiled code may still grow a little
            assertThat(cost.resident()).as("resident, %s", step).isLessThan(start.resident() + 96_000);
        });
        for (long helper : costs.get("crowd").processes()) awaitEnd(helper);
    }

    /** What is left once the processes that end have ended; they may do so for a while on a loaded machine. */
    private static Cost settled(Process process) throws IOException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        Cost cost = cost(process);
        while (cost.processes().size() > HELPERS && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS);
            cost = cost(process);
        }
        return cost;
    }

    private static Cost cost(Process process) throws IOException {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        long resident = 0;
        for (String line : Files.readAllLines(proc.resolve("smaps_rollup"))) {
            if (line.startsWith("Rss:")) resident = Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
        List<Long> below = process.descendants().map(ProcessHandle::pid).toList();
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            return new Cost(descriptors.count(), resident, below);
        }
    }

    /** A zombie of init's, when nobody reaps in this container, has ended too. */
    private static void awaitEnd(long pid) throws IOException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        while (Files.exists(stat)) {
            String text = Files.readString(stat);
            if (text.substring(text.lastIndexOf(')') + 2).startsWith("Z")) return;
            assertThat(System.nanoTime())
                    .as("process " + pid + " is still there")
                    .isLessThan(deadline);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
