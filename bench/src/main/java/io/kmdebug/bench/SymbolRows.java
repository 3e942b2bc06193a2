package io.kmdebug.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What the symbol engine costs beside gdb and lldb-dap: fresh processes in turn, medians, and against the better of the
 * two where a row says so. Started by {@code bench/symbols}.
 */
public final class SymbolRows {
    private static final String MARK = "the breakpoint of the benchmark";

    private final Path build;
    private final int runs;
    private final PrintStream out;
    private final CoreSession.Factory ours;
    private final CoreSession.Factory lldb = () -> new DapCoreSession(List.of("lldb-dap-19"));
    private final CoreSession.Factory gdb = GdbCoreSession::new;

    /** Milliseconds from the start of the process, MiB. */
    private record Measured(double milliseconds, double mebibytes) {}

    /** Something to do with a session. */
    private interface Work {
        void with(CoreSession session) throws IOException;
    }

    /** The rows of one program. */
    private interface Rows {
        void print() throws IOException;
    }

    private SymbolRows(Path distribution, Path build, int runs, PrintStream out) {
        this.build = build;
        this.runs = runs;
        this.out = out;
        List<String> command = List.of(distribution.resolve("bin/kmdebug").toString(), "dap");
        this.ours = () -> new DapCoreSession(command);
    }

    /**
     * Arguments: the distribution's folder, the folder of the programs and cores, the number of counted runs, and the
     * programs that are wanted (none: all).
     */
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new SymbolRows(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]), out)
                .print(List.of(args).subList(3, args.length));
    }

    /** @param wanted names of programs; empty: all whose cores are there */
    private void print(List<String> wanted) throws IOException {
        Map<String, Rows> programs = new LinkedHashMap<>();
        programs.put("big", this::big);
        programs.put("sqlite", this::sqlite);
        programs.put("many", this::many);
        programs.put("huge", this::huge);
        for (String name : wanted) {
            if (!programs.containsKey(name)) throw new IOException(name + " is none of " + programs.keySet());
        }
        out.println("| what | kmdebug | peer | ratio | must reach | reached |");
        out.println("|---|---|---|---|---|---|");
        for (Map.Entry<String, Rows> program : programs.entrySet()) {
            if (!wanted.isEmpty() && !wanted.contains(program.getKey())) continue;
            if (Files.exists(build.resolve(program.getKey() + ".core")))
                program.getValue().print();
        }
    }

    private void big() throws IOException {
        Path big = build.resolve("big.cpp");
        int line = lineOf(big);
        List<List<Measured>> locals = inTurn("big", this::showLocals, ours, gdb, lldb);
        row("core of big, spawn -> locals / best peer", "ms", .45, locals, Measured::milliseconds);
        row("core of big, peak resident memory / best peer", "MiB", .6, locals, Measured::mebibytes);
        row(
                "big, spawn -> breakpoint at file:line placed / best peer",
                "ms",
                .5,
                inTurn("big", session -> session.breakAtLine(big, line), ours, gdb, lldb),
                Measured::milliseconds);
        row(
                "big, spawn -> breakpoint at a function placed / best peer",
                "ms",
                .5,
                inTurn("big", session -> session.breakAtFunction("fall"), ours, gdb, lldb),
                Measured::milliseconds);
    }

    private void sqlite() throws IOException {
        row(
                "core of sqlite -O2, spawn -> locals / lldb-dap-19",
                "ms",
                .8,
                inTurn("sqlite", this::showLocals, ours, lldb),
                Measured::milliseconds);
    }

    private void many() throws IOException {
        row(
                "core of many, spawn -> stacks and locals of 201 threads / best peer",
                "ms",
                1,
                inTurn("many", CoreSession::everything, ours, gdb, lldb),
                Measured::milliseconds);
    }

    private void huge() throws IOException {
        List<List<Measured>> huge = inTurn("huge", CoreSession::stack, ours, lldb);
        row("core of huge, spawn -> first stack / lldb-dap-19", "ms", .25, huge, Measured::milliseconds);
        row("core of huge, peak resident memory / lldb-dap-19", "MiB", .3, huge, Measured::mebibytes);
    }

    private void showLocals(CoreSession session) throws IOException {
        session.stack();
        session.locals(build);
    }

    /** For each factory its counted runs; one of each before that is not counted. */
    private List<List<Measured>> inTurn(String name, Work work, CoreSession.Factory... factories) throws IOException {
        List<List<Measured>> results = new ArrayList<>();
        for (int f = 0; f < factories.length; f++) results.add(new ArrayList<>());
        for (int i = -1; i < runs; i++) {
            for (int f = 0; f < factories.length; f++) {
                Measured measured = measure(name, work, factories[f]);
                if (i >= 0) results.get(f).add(measured);
            }
        }
        return results;
    }

    /** lldb-dap 19 hangs or aborts in a run now and then: it is done again, and said. */
    private Measured measure(String name, Work work, CoreSession.Factory factory) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long spawned = System.nanoTime();
            try (CoreSession session = factory.start()) {
                session.open(build.resolve(name), build.resolve(name + ".core"));
                work.with(session);
                return new Measured((System.nanoTime() - spawned) / 1e6, session.peakMebibytes());
            } catch (IOException e) {
                if (attempt == 3) throw e;
                System.err.println("bench: a run with " + name + " is done again: " + e.getMessage());
            }
        }
    }

    /** Ours comes first; the peer is the best of the others. */
    private void row(
            String what, String unit, double bound, List<List<Measured>> results, ToDoubleFunction<Measured> of) {
        double[] medians = results.stream()
                .mapToDouble(each ->
                        Pairs.median(each.stream().map(of::applyAsDouble).toList()))
                .toArray();
        double peer = Arrays.stream(medians).skip(1).min().orElseThrow();
        out.println(new Row(what, unit, medians[0], peer, medians[0] / peer, bound).markdown());
    }

    private static int lineOf(Path source) throws IOException {
        List<String> lines = Files.readAllLines(source);
        for (int i = 0; i < lines.size(); i++) if (lines.get(i).contains(MARK)) return i + 1;
        throw new IOException(source + " has no line with: " + MARK);
    }
}
