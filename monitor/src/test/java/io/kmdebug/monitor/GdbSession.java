package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A gdb that stays, is told things, and whose output is waited for. */
final class GdbSession implements AutoCloseable {
    private final Process process;
    private final Writer input;
    private final BufferedReader output;
    private final StringBuilder said = new StringBuilder();

    private GdbSession(Process process) {
        this.process = process;
        input = process.outputWriter(StandardCharsets.UTF_8);
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    static GdbSession start(Path folder, int port) throws IOException {
        Process process = new ProcessBuilder("gdb", "-nx", "-q", "-iex", "set debuginfod enabled off")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        GdbSession session = new GdbSession(process);
        session.say("set confirm off", "set sysroot", "target remote 127.0.0.1:" + port);
        return session;
    }

    void say(String... commands) throws IOException {
        for (String command : commands) input.write(command + "\n");
        input.flush();
    }

    /** Reads up to a line that contains a text. */
    void awaitOutput(String text) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.contains(text)) return;
        }
        assertThat(said).contains(text);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
