package io.kmdebug.cli.host;

import io.kmdebug.cli.command.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs small commands and gathers what they say. */
class HostCommands {
    private static final int SECONDS = 30;

    /** @param output standard output and error together, without the last line end */
    record Result(int status, String output) {}

    /** @return status 127 when it cannot be started, 124 when it does not end in time */
    Result run(List<String> command) {
        Path file = null;
        try {
            // A file, not a pipe: a child that stays behind cannot keep this waiting for the end of its output.
            file = Files.createTempFile("kmdebug-doctor", ".out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(file.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String output = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
            return new Result(ended ? process.exitValue() : 124, output);
        } catch (IOException e) {
            return new Result(ExitCode.NOT_FOUND, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(124, "interrupted");
        } finally {
            delete(file);
        }
    }

    private static void delete(@org.jspecify.annotations.Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.getLogger(HostCommands.class.getName()).log(System.Logger.Level.DEBUG, "left behind: " + file, e);
        }
    }
}
