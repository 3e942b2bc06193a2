package io.kmdebug.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Threads that wait for each other, threads that come and go: in km and natively. */
final class ThreadRows {
    /** As the payload has them: 64 threads, 1000 rounds each. */
    private static final int PASSES = 64 * 1000;
    /** Natively as many futex calls: a wait and a wake for the ball, and one for the mutex. */
    private static final double FEWEST_CALLS = 3;

    private static final Pattern EXITS = Pattern.compile("([0-9]+) exits,");

    private final String km;
    private final String payload;
    private final int runs;
    private final PrintStream out;

    ThreadRows(String km, Path payloads, int runs, PrintStream out) {
        this.km = km;
        this.payload = payloads.resolve("threads").toString();
        this.runs = runs;
        this.out = out;
    }

    void print() throws Exception {
        row("ball passed by mutex and condition variable, 64 threads: km / native", "pass");
        out.println(Pairs.measure(
                        "exits for each pass / futex calls it takes natively",
                        "",
                        1.05,
                        Math.max(3, runs / 3),
                        this::exits,
                        () -> FEWEST_CALLS)
                .markdown());
        row("thread made and joined: km / native", "make");
    }

    private void row(String what, String figure) throws Exception {
        out.println(Pairs.measure(
                        what,
                        "us",
                        Row.REPORTED,
                        runs,
                        () -> figure(List.of(km), figure),
                        () -> figure(List.of(), figure))
                .markdown());
    }

    private double figure(List<String> monitor, String figure) throws Exception {
        List<String> command = new ArrayList<>(monitor);
        command.addAll(List.of(payload, figure));
        return Double.parseDouble(Command.output(command).trim());
    }

    private double exits() throws Exception {
        Path log = Files.createTempFile("calls", ".txt");
        figure(List.of(km, "--hcall-stats", "--km-log-to=" + log), "pass");
        Matcher exits = EXITS.matcher(Files.readString(log));
        Files.delete(log);
        if (!exits.find()) throw new IllegalStateException("no exits counted by --hcall-stats");
        return Double.parseDouble(exits.group(1)) / PASSES;
    }
}
