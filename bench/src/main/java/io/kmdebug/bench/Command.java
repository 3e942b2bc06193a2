package io.kmdebug.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end. */
final class Command {
    private static final long LIMIT_SECONDS = 120;

    private Command() {}

    /** Standard output; fails when the command does, or takes more than two minutes. */
    static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("no end after " + LIMIT_SECONDS + " s: " + String.join(" ", command));
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "exit status " + process.exitValue() + ": " + String.join(" ", command) + "\n" + text);
        }
        return text;
    }

    /** Milliseconds from start to exit. */
    static double milliseconds(List<String> command) throws IOException, InterruptedException {
        long started = System.nanoTime();
        output(command);
        return (System.nanoTime() - started) / 1e6;
    }
}
