package io.kmdebug.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a core of a gigabyte costs: to write, beside cp(1) of the same file; to open, beside a core of a megabyte. */
final class CoreRows {
    private static final String WRITTEN = "core written to ";

    private final Path distribution;
    private final Path program;
    private final Path large;
    private final Path small;
    private final Path copy;
    private final int runs;
    private final PrintStream out;

    /** @param build the folder of the compiled payloads, with room for two gigabytes */
    CoreRows(Path distribution, Path build, int runs, PrintStream out) {
        this.distribution = distribution;
        this.program = build.resolve("crash");
        this.large = build.resolve("large.core");
        this.small = build.resolve("small.core");
        this.copy = build.resolve("copy.core");
        this.runs = runs;
        this.out = out;
    }

    void print() throws Exception {
        try {
            out.println(Pairs.measure(
                            "write a core of 1 GiB / cp of it",
                            "ms",
                            1.3,
                            runs,
                            () -> write(large, 1024),
                            this::copyLarge)
                    .markdown());
            write(small, 1);
            out.println(Pairs.measure(
                            "core of 1 GiB, spawn -> first stack / core of 1 MiB",
                            "ms",
                            1.1,
                            2 * runs,
                            () -> open(large),
                            () -> open(small))
                    .markdown());
        } finally {
            for (Path each : List.of(large, small, copy)) Files.deleteIfExists(each);
        }
    }

    /** From the line that lets the payload abort to the line that says that its core is there. */
    private double write(Path core, int mebibytes) throws IOException, InterruptedException {
        Files.deleteIfExists(core);
        Process km = new ProcessBuilder(
                        distribution.resolve("bin/km").toString(),
                        "--coredump=" + core,
                        program.toString(),
                        Integer.toString(mebibytes))
                .start();
        try (BufferedReader output = km.inputReader();
                BufferedReader messages = km.errorReader();
                Writer input = km.outputWriter()) {
            String line = output.readLine();
            if (!"filled".equals(line)) throw new IOException("the payload says " + line);
            long start = System.nanoTime();
            input.write('\n');
            input.flush();
            line = messages.readLine();
            while (line != null && !line.contains(WRITTEN)) line = messages.readLine();
            if (line == null) throw new IOException("no core");
            return (System.nanoTime() - start) / 1e6;
        } finally {
            km.waitFor();
        }
    }

    private double copyLarge() throws Exception {
        Files.deleteIfExists(copy);
        return Command.milliseconds(List.of("cp", large.toString(), copy.toString()));
    }

    private double open(Path core) throws IOException {
        long start = System.nanoTime();
        try (CoreSession session =
                new DapCoreSession(List.of(distribution.resolve("bin/kmdebug").toString(), "dap"))) {
            session.open(program, core);
            session.stack();
            return (System.nanoTime() - start) / 1e6;
        }
    }

    /** These rows alone: the distribution's folder, the folder of the compiled payloads, the number of counted runs. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new CoreRows(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]), out).print();
    }
}
