package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.monitor.KmCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The monitor as a process of its own, waiting for a debugger; and the programs to run in it. */
final class DebuggedKm implements AutoCloseable {
    /** A command for gdb: the next continue is interrupted when it is under way, however slow the machine is. */
    static final String INTERRUPT_NEXT =
            "python import threading; soon = lambda event: (gdb.events.cont.disconnect(soon),"
                    + " threading.Timer(0.3, lambda: gdb.post_event(lambda: gdb.execute('interrupt'))).start());"
                    + " gdb.events.cont.connect(soon)";

    private static final Pattern TARGET = Pattern.compile(
            "\t(?:gdb .*target remote (?<place>.*)\" (?<program>/.*)|kmdebug relay .* (?<guarded>\\S+))");

    private final Process process;
    private final BufferedReader output;
    private final String place;

    private DebuggedKm(Process process, BufferedReader output, String place) {
        this.process = process;
        this.output = output;
        this.place = place;
    }

    /** Compiles {@code threads.c} statically. */
    static Path compile(Path folder, String compiler) throws Exception {
        return compile(folder, compiler, "threads");
    }

    /** Compiles a program of the resources statically, to fixed addresses. */
    static Path compile(Path folder, String compiler, String name) throws Exception {
        return compileAs(folder, compiler, name, "-static");
    }

    /** Compiles a program of the resources with more words for the compiler. */
    static Path compileAs(Path folder, String compiler, String name, String... options) throws Exception {
        Path source = folder.resolve(name + ".c");
        try (InputStream in = DebuggedKm.class.getResourceAsStream("/stub/" + name + ".c")) {
            assertThat(in).isNotNull();
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Path program = folder.resolve(name);
        List<String> words = new ArrayList<>(
                List.of(compiler, "-g", "-O0", "-pthread", "-o", program.toString(), source.toString()));
        words.addAll(List.of(options));
        String said = run(60, words.toArray(String[]::new));
        assertThat(program).as(said).isExecutable();
        return program;
    }

    static long address(Path program, String symbol) throws IOException {
        for (ElfSymbol one : ElfFile.open(program).symbols()) if (one.name().equals(symbol)) return one.value();
        throw new AssertionError("no symbol " + symbol);
    }

    /** Starts {@code km} in {@code folder} and waits for its banner. */
    static DebuggedKm start(Path folder, List<String> options, Path program, String... arguments) throws IOException {
        return startUnder(List.of(), folder, options, program, arguments);
    }

    /** The same by another program, which becomes {@code km}. */
    static DebuggedKm startUnder(
            List<String> starter, Path folder, List<String> options, Path program, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(starter);
        command.addAll(KmCommand.words());
        command.addAll(options);
        command.add(program.toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("km.log").toFile())
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String hint = String.valueOf(output.readLine());
        Matcher target = TARGET.matcher(String.valueOf(output.readLine()));
        String marker = String.valueOf(output.readLine());
        if (!target.matches() || !marker.equals("GdbServerStubStarted")) {
            process.destroyForcibly();
            throw new AssertionError("no banner: " + hint + "\n" + Files.readString(folder.resolve("km.log")));
        }
        assertThat(hint).startsWith("Waiting for a debugger");
        if (target.group("guarded") != null) return new DebuggedKm(process, output, target.group("guarded"));
        assertThat(target.group("program")).isEqualTo(program.toString());
        return new DebuggedKm(process, output, target.group("place"));
    }

    /** What the banner names. */
    String place() {
        return place;
    }

    int port() {
        return Integer.parseInt(place.substring(place.lastIndexOf(':') + 1));
    }

    /** The next line of the payload's. */
    String line() throws IOException {
        return String.valueOf(output.readLine());
    }

    /** What the payload has written to stdout until its end. */
    String rest() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine())
            text.append(line).append('\n');
        return text.toString();
    }

    /** The monitor's own exit status: 128 and the signal when it was killed by one. */
    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("km ends").isTrue();
        return process.exitValue();
    }

    /** SIGTERM to the monitor. */
    void terminate() {
        process.destroy();
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** gdb without anybody's settings; returns what it printed. */
    String gdb(Path program, String... commands) throws Exception {
        List<String> all = new ArrayList<>(List.of("set sysroot", "target remote " + place));
        all.addAll(List.of(commands));
        return gdb(List.of(program.toString()), all.toArray(String[]::new));
    }

    /** lldb without anybody's settings; returns what it printed. */
    String lldb(Path program, String... commands) throws Exception {
        List<String> words = new ArrayList<>(List.of("lldb-19", "-x", "--batch"));
        // the host's process of km's number is not the payload
        List<String> all =
                new ArrayList<>(List.of("platform select remote-linux", "file " + program, "gdb-remote " + place));
        all.addAll(List.of(commands));
        for (String one : all) words.addAll(List.of("-o", one));
        return run(120, words.toArray(String[]::new));
    }

    static String gdb(List<String> files, String... commands) throws Exception {
        List<String> words =
                new ArrayList<>(List.of("gdb", "-nx", "-q", "-batch", "-iex", "set debuginfod enabled off"));
        for (String one : commands) words.addAll(List.of("-ex", one));
        words.addAll(files);
        return run(120, words.toArray(String[]::new));
    }

    private static String run(int seconds, String... command) throws Exception {
        Path said = Files.createTempFile("said", ".txt");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        } catch (IOException e) {
            throw new AssertionError("this test needs \"" + command[0] + "\": " + e.getMessage(), e);
        }
        try {
            process.getOutputStream().close();
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            String text = Files.readString(said);
            assertThat(ended).as(command[0] + " ends; it said:\n" + text).isTrue();
            return text;
        } finally {
            process.destroyForcibly();
            Files.delete(said);
        }
    }
}
