package io.kmdebug.debugger.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A gdbserver with a program held at its first instruction. */
final class GdbServer implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("Listening on port (\\d+)");

    private final Process process;
    final int port;

    private GdbServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static GdbServer start(Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("gdbserver", "--once", "127.0.0.1:0", program.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        BufferedReader errors =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = errors.readLine(); line != null; line = errors.readLine()) {
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                drain(errors);
                return new GdbServer(process, Integer.parseInt(matcher.group(1)));
            }
            said.append(line).append('\n');
        }
        process.destroyForcibly();
        throw new AssertionError("gdbserver did not start: " + said);
    }

    private static void drain(BufferedReader reader) {
        Thread thread = new Thread(
                () -> {
                    try {
                        reader.lines().forEach(line -> {});
                    } catch (UncheckedIOException e) {
                        // The process is gone.
                        return;
                    }
                },
                "gdbserver-stderr");
        thread.setDaemon(true);
        thread.start();
    }

    boolean awaitEnd() throws InterruptedException {
        return process.waitFor(60, TimeUnit.SECONDS);
    }

    /** Kills the server first, so that it does not report the program's end. */
    @Override
    public void close() {
        List<ProcessHandle> programs = process.descendants().toList();
        process.destroyForcibly();
        programs.forEach(ProcessHandle::destroyForcibly);
    }
}
