package io.kmdebug.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs every benchmark and prints the table. Started by {@code bench/run}. */
public final class Bench {
    private final Path distribution;
    private final Path build;
    private final int runs;
    private final PrintStream out;

    private Bench(Path distribution, Path build, int runs, PrintStream out) {
        this.distribution = distribution;
        this.build = build;
        this.runs = runs;
        this.out = out;
    }

    private static final String GETPID = "39";

    /** Arguments: the distribution's folder, the folder of the compiled payloads, the number of counted runs. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new Bench(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]), out).run();
    }

    private void run() throws Exception {
        out.println("| what | kmdebug | peer | ratio | must reach | reached |");
        out.println("|---|---|---|---|---|---|");
        throughput("compute", "payload compute, in the VM / native");
        throughput("stream", "payload memory streaming, in the VM / native");
        out.println(Pairs.measure(
                        "hypercall round trip / minimal C monitor",
                        "us",
                        1.1,
                        runs,
                        () -> Double.parseDouble(Command.output(km("syscalls")).trim()) / 1000,
                        () -> Double.parseDouble(Command.output(List.of(path("minimal_monitor")))
                                        .trim())
                                / 1000)
                .markdown());
        out.println(Pairs.measure(
                        "getpid, answered in the stub / getppid, which exits",
                        "us",
                        0.08,
                        runs,
                        () -> Double.parseDouble(
                                        Command.output(km("syscalls", GETPID)).trim())
                                / 1000,
                        () -> Double.parseDouble(Command.output(km("syscalls")).trim()) / 1000)
                .markdown());
        out.println(Pairs.measure(
                        "km hello, start to exit / empty Java main",
                        "ms",
                        1.8,
                        runs * 2,
                        () -> Command.milliseconds(km("hello")),
                        () -> Command.milliseconds(emptyJava()))
                .markdown());
        out.println(Pairs.measure(
                        "fork+exec of hello, warm spare / km hello from cold",
                        "ms",
                        0.35,
                        Math.max(3, runs / 3),
                        () -> Double.parseDouble(
                                Command.output(km("spawn", path("hello"))).trim()),
                        () -> Command.milliseconds(km("hello")))
                .markdown());
        memory();
        new ThreadRows(distribution.resolve("bin/km").toString(), build, Math.max(3, runs / 2), out).print();
        new ProgramRows(distribution.resolve("bin/km").toString(), build, Math.max(3, runs / 2), out).print();
        new CoreRows(distribution, build, Math.max(3, runs / 2), out).print();
        new StubRows(distribution, build, Math.max(3, runs / 2), out).print();
        debugSessions();
    }

    private void memory() throws Exception {
        out.println(Pairs.measure(
                        "first touch of a page, 256 MiB of anonymous memory / native with pages of 4 KiB",
                        "ns",
                        0.7,
                        runs,
                        () -> Double.parseDouble(
                                Command.output(km("memory", "touch")).trim()),
                        () -> Double.parseDouble(Command.output(List.of(path("memory"), "touch", "4k"))
                                .trim()))
                .markdown());
        footprint("Rss");
        footprint("Pss");
    }

    private void footprint(String field) throws Exception {
        out.println(Pairs.measure(
                        "resident memory (" + field + ") of km beyond a resting payload / 60 MiB",
                        "MiB",
                        1,
                        Math.max(3, runs / 3),
                        () -> Footprint.mebibytes(km("memory", "rest"), field),
                        () -> 60)
                .markdown());
    }

    private void throughput(String figure, String what) throws Exception {
        out.println(Pairs.measure(
                        what,
                        "ms",
                        1.05,
                        Math.max(3, runs / 2),
                        () -> figure(Command.output(km("throughput")), figure),
                        () -> figure(Command.output(List.of(path("throughput"))), figure))
                .markdown());
    }

    private void debugSessions() throws IOException {
        Path program = build.resolve("steps");
        Path source = build.resolve("steps.c");
        int line = lineOf(source, "the breakpoint of the stepping benchmark");
        List<String> ours = List.of(distribution.resolve("bin/kmdebug").toString(), "dap");
        List<String> peer = List.of("lldb-dap-19");
        List<DapRun> a = new ArrayList<>();
        List<DapRun> b = new ArrayList<>();
        for (int i = -1; i < runs; i++) {
            DapRun x = DapRun.with(ours, program, source, line);
            DapRun y = peerRun(peer, program, source, line);
            if (i < 0) continue;
            a.add(x);
            b.add(y);
        }
        row("DAP spawn -> initialize / lldb-dap-19", 1.2, a, b, DapRun::initialize);
        row("DAP launch -> stopped in main / lldb-dap-19, native", 3.5, a, b, DapRun::launch);
        row("step over a source line, stepping / lldb-dap-19, native", 2, a, b, DapRun::step);
    }

    /** lldb-dap 19 waits for ever in some runs, having lost the stop of a step: such a run is done again, and said. */
    private static DapRun peerRun(List<String> peer, Path program, Path source, int line) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return DapRun.with(peer, program, source, line);
            } catch (IOException e) {
                if (attempt == 5) throw e;
                System.err.println("bench: a run of " + peer.get(0) + " hung and is done again");
            }
        }
    }

    private void row(
            String what, double bound, List<DapRun> a, List<DapRun> b, java.util.function.ToDoubleFunction<DapRun> of) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) ratios.add(of.applyAsDouble(a.get(i)) / of.applyAsDouble(b.get(i)));
        double ours = Pairs.median(a.stream().map(of::applyAsDouble).toList());
        double peer = Pairs.median(b.stream().map(of::applyAsDouble).toList());
        out.println(new Row(what, "ms", ours, peer, Pairs.median(ratios), bound).markdown());
    }

    private List<String> km(String payload, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(distribution.resolve("bin/km").toString(), path(payload)));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The same runtime and flags as km's, with the class archive that comes with the JDK. */
    private List<String> emptyJava() {
        String java = ProcessHandle.current().info().command().orElse("java");
        return List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-cp",
                build.toString(),
                "Empty");
    }

    private String path(String payload) {
        return build.resolve(payload).toString();
    }

    private static double figure(String output, String name) {
        for (String line : output.split("\n", -1)) {
            if (line.startsWith(name + " ")) return Double.parseDouble(line.substring(name.length() + 1)) / 1e6;
        }
        throw new IllegalStateException("no figure " + name + " in: " + output);
    }

    private static int lineOf(Path source, String text) throws IOException {
        List<String> lines = Files.readAllLines(source);
        for (int i = 0; i < lines.size(); i++) if (lines.get(i).contains(text)) return i + 1;
        throw new IllegalStateException(source + " has no line with: " + text);
    }
}
