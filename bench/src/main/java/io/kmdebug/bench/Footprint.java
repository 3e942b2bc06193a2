package io.kmdebug.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much of the memory of a resting payload's monitor is the monitor's own. */
final class Footprint {
    private Footprint() {}

    /**
     * Resident bytes of a command less what its payload says are its own; in MiB.
     *
     * @param command prints a number of kilobytes and then rests until it is ended
     * @param field of {@code /proc/PID/smaps_rollup}: "Rss" or "Pss"
     */
    static double mebibytes(List<String> command, String field) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            String payloads = out.readLine();
            if (payloads == null) throw new IOException("no figure from " + String.join(" ", command));
            long all = kilobytes(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"), field);
            return (all - Long.parseLong(payloads)) / 1024.0;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static long kilobytes(Path rollup, String field) throws IOException {
        for (String line : Files.readAllLines(rollup)) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException(rollup + " has no " + field);
    }
}
