package io.kmdebug.rsp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running gdbserver that has started a program. */
final class GdbServer implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("Listening on port (\\d+)");

    private final Process process;
    private final int port;

    private GdbServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static GdbServer start(Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("gdbserver", "--once", "--no-startup-with-shell", "127.0.0.1:0", program.toString()));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError("this test needs gdbserver: " + e.getMessage(), e);
        }
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder seen = new StringBuilder();
        while (true) {
            String line = output.readLine();
            if (line == null) throw new AssertionError("gdbserver did not listen:\n" + seen);
            seen.append(line).append('\n');
            Matcher port = PORT.matcher(line);
            if (port.find()) return new GdbServer(process, Integer.parseInt(port.group(1)));
        }
    }

    int port() {
        return port;
    }

    /** Kills the server first, so that it does not report the program's end. */
    @Override
    public void close() {
        List<ProcessHandle> programs = process.descendants().toList();
        process.destroyForcibly();
        programs.forEach(ProcessHandle::destroyForcibly);
    }
}
