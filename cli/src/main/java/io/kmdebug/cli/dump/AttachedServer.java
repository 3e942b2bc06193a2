package io.kmdebug.cli.dump;

import io.kmdebug.cli.command.BadInput;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A gdbserver that holds a process of this machine, and ends with the one session it serves. */
final class AttachedServer implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("Listening on port (\\d{1,5})");

    private final Process process;
    private final int port;

    private AttachedServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    int port() {
        return port;
    }

    /** @throws BadInput when the process cannot be held */
    static AttachedServer start(int pid) {
        Process process;
        try {
            process = new ProcessBuilder("gdbserver", "--once", "--attach", "127.0.0.1:0", Integer.toString(pid))
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
        } catch (IOException e) {
            throw new BadInput(
                    "a process is held by gdbserver, which cannot be started: " + e.getMessage()
                            + "; install the package gdbserver",
                    e);
        }
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        try {
            return listening(process, pid, output);
        } catch (IOException e) {
            process.destroy();
            throw new BadInput("gdbserver cannot be heard: " + e.getMessage(), e);
        }
    }

    private static AttachedServer listening(Process process, int pid, BufferedReader output) throws IOException {
        String why = "gdbserver has ended";
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                drain(output);
                return new AttachedServer(process, Integer.parseInt(matcher.group(1)));
            }
            if (line.contains("attach")) why = line;
        }
        process.destroy();
        throw new BadInput("process " + pid + " cannot be held: " + why);
    }

    /** What it says meanwhile interests nobody, but must not fill its pipe. */
    private static void drain(BufferedReader output) {
        Thread thread = new Thread(
                () -> {
                    try {
                        output.lines().forEach(line -> {});
                    } catch (UncheckedIOException e) {
                        return; // it has ended
                    }
                },
                "gdbserver-output");
        thread.setDaemon(true);
        thread.start();
    }

    /** It has let the process go when it has lost its client. */
    @Override
    public void close() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
