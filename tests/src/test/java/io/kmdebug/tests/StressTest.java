package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * 1,000 threads, 200 forks, 10,000 signals and 1,000 mappings in one payload, twice, under load: the second time must
 * cost the monitor nothing that the first did not, and every wake-up must arrive. The figures are printed.
 */
final class StressTest {
    private static final List<String> COUNTS = List.of("1000", "200", "10000", "1000");
    private static final Pattern SLOTS = Pattern.compile("memory slots in use: ([0-9]+)");
    /** The JVM's heap, compiled code and pools still grow in the second round; a thousand of anything is more. */
    private static final long MORE_MEMORY_KIB = 40 << 10;
    /** The JVM's compiler threads come and go. */
    private static final int MORE_THREADS = 4;

    @TempDir
    static Path folder;

    /** What the monitor's process holds at one moment. */
    private record Held(int descriptors, int threads, long memoryKib, int slots) {
        static Held by(long pid, Path log) throws IOException {
            Path process = Path.of("/proc", Long.toString(pid));
            return new Held(
                    entries(process.resolve("fd")), entries(process.resolve("task")), memory(process), slots(pid, log));
        }

        private static int entries(Path directory) throws IOException {
            try (Stream<Path> all = Files.list(directory)) {
                return (int) all.count();
            }
        }

        private static long memory(Path process) throws IOException {
            for (String line : Files.readAllLines(process.resolve("status")))
                if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("[^0-9]", ""));
            throw new AssertionError("no VmRSS of " + process);
        }

        /** The last line about them of this process; -1 on a platform without slots. */
        private static int slots(long pid, Path log) throws IOException {
            int slots = -1;
            for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
                Matcher found = SLOTS.matcher(line);
                if (found.find() && line.contains(" " + pid + " ")) slots = Integer.parseInt(found.group(1));
            }
            return slots;
        }
    }

    @TestFactory
    @Timeout(600)
    Stream<DynamicTest> nothingLeaksAndNoWakeUpIsLost() throws IOException, InterruptedException {
        Path program = Shipped.compile(folder, "stress", Shipped.C.GLIBC);
        List<String> expected = new ArrayList<>();
        run(List.of(), program, null, expected);
        return Shipped.Platform.tested().stream()
                .map(platform -> DynamicTest.dynamicTest(platform.title(), () -> compare(platform, program, expected)));
    }

    private static void compare(Shipped.Platform platform, Path program, List<String> expected)
            throws IOException, InterruptedException {
        Path log = folder.resolve("stress-" + platform.title() + ".log");
        List<String> monitor = List.of(Shipped.km(), platform.option(), "-Vmem", "--km-log-to=" + log);
        List<String> output = new ArrayList<>();
        List<Held> held = run(monitor, program, log, output);
        assertThat(output).isEqualTo(expected);
        Held before = held.get(0);
        Held after = held.get(1);
        System.out.printf(
                Locale.ROOT,
                "%s threads, %s forks, %s signals, %s mappings on %s: before %s, after %s%n",
                COUNTS.get(0),
                COUNTS.get(1),
                COUNTS.get(2),
                COUNTS.get(3),
                platform.title(),
                before,
                after);
        assertThat(after.descriptors()).as("descriptors, before %s", before).isLessThanOrEqualTo(before.descriptors());
        assertThat(after.slots()).as("slots, before %s", before).isLessThanOrEqualTo(before.slots());
        assertThat(after.threads())
                .as("threads, before %s", before)
                .isLessThanOrEqualTo(before.threads() + MORE_THREADS);
        assertThat(after.memoryKib())
                .as("resident memory, before %s", before)
                .isLessThanOrEqualTo(before.memoryKib() + MORE_MEMORY_KIB);
    }

    /** What was held after each round; the program's output and status go to {@code output}. */
    private static List<Held> run(List<String> monitor, Path program, @Nullable Path log, List<String> output)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(monitor);
        command.add(program.toString());
        command.addAll(COUNTS);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("stress.err").toFile())
                .start();
        List<Held> held = new ArrayList<>();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
                Writer input = process.outputWriter(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.add(line);
                if (!line.startsWith("now: ")) continue;
                if (log != null) held.add(Held.by(process.pid(), log));
                input.write("go on\n");
                input.flush();
            }
        }
        output.add("status " + process.waitFor());
        output.add(Files.readString(folder.resolve("stress.err")));
        return held;
    }
}
