package io.kmdebug.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole programs from packages, in km and natively: a redis server, an interpreter, an HTTP server in node. Servers have
 * a native client on the same machine. When {@code KMDEBUG_ORIGINAL_KM} names another km, it is measured beside.
 */
final class ProgramRows {
    private static final int REDIS_REQUESTS = 20_000;
    private static final int HTTP_REQUESTS = 4_000;
    private static final List<String> PLACES = List.of("/usr/bin", "/usr/local/bin", "/bin");

    private final String km;
    private final Path payloads;
    private final int runs;
    private final PrintStream out;
    private final @Nullable String original = System.getenv("KMDEBUG_ORIGINAL_KM");

    ProgramRows(String km, Path payloads, int runs, PrintStream out) {
        this.km = km;
        this.payloads = payloads;
        this.runs = runs;
        this.out = out;
    }

    void print() throws Exception {
        double exitMicros = Double.parseDouble(
                        Command.output(List.of(payload("minimal_monitor"))).trim())
                / 1000;
        row("redis-benchmark GET, a request", "us", exitMicros, this::redis);
        row("python3 loops", "ms", exitMicros, this::loops);
        row("node http hello, a request", "us", exitMicros, this::hello);
    }

    /** A program behind the words of a monitor, or natively behind none. */
    private interface Run {
        double with(List<String> monitor) throws Exception;
    }

    private void row(String what, String unit, double exitMicros, Run run) throws Exception {
        Pairs.Measured natively = () -> run.with(List.of());
        Row row =
                Pairs.measure(what + ": km / native", unit, Row.REPORTED, runs, () -> run.with(List.of(km)), natively);
        out.println(row.markdown());
        Path log = Files.createTempFile("calls", ".txt");
        run.with(List.of(km, "--hcall-stats", "--km-log-to=" + log));
        out.println(ExitShare.of(Files.readString(log), exitMicros).markdown(what));
        Files.delete(log);
        if (original == null) return;
        Row beside = Pairs.measure(
                what + ": original km / native", unit, Row.REPORTED, runs, () -> run.with(List.of(original)), natively);
        out.println(beside.markdown());
    }

    private double redis(List<String> monitor) throws Exception {
        int port = Server.freePort();
        String text = Integer.toString(port);
        List<String> server = List.of(
                program("redis-server"), "--port", text, "--bind", "127.0.0.1", "--save", "", "--loglevel", "warning");
        try (Server running = Server.start(monitor, server, port)) {
            String csv = Command.output(List.of(
                    program("redis-benchmark"),
                    "-p",
                    text,
                    "-n",
                    Integer.toString(REDIS_REQUESTS),
                    "-t",
                    "get",
                    "--csv"));
            for (String line : csv.split("\n", -1)) {
                if (line.startsWith("\"GET\",")) return 1e6 / Double.parseDouble(line.split("\"", -1)[3]);
            }
            throw new IllegalStateException("no line GET in: " + csv);
        }
    }

    private double loops(List<String> monitor) throws Exception {
        List<String> command = new ArrayList<>(monitor);
        command.addAll(List.of(program("python3"), payload("loops.py")));
        return Double.parseDouble(Command.output(command).trim());
    }

    private double hello(List<String> monitor) throws Exception {
        int port = Server.freePort();
        String text = Integer.toString(port);
        try (Server running = Server.start(monitor, List.of(program("node"), payload("hello.js"), text), port)) {
            return Double.parseDouble(
                    Command.output(List.of(program("node"), payload("load.js"), text, Integer.toString(HTTP_REQUESTS)))
                            .trim());
        }
    }

    private String payload(String name) {
        return payloads.resolve(name).toString();
    }

    private static String program(String name) {
        for (String place : PLACES) {
            Path path = Path.of(place, name);
            if (Files.isExecutable(path)) return path.toString();
        }
        throw new IllegalStateException(name + " is missing; ./kmdebug test installs what the tests and bench need");
    }
}
