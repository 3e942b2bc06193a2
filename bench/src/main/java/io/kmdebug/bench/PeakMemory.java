package io.kmdebug.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The highest resident memory of processes: VmHWM in {@code /proc/PID/status}. proc(5). */
final class PeakMemory {
    private PeakMemory() {}

    /** Of {@code process} and its descendants together, in MiB. */
    static double mebibytes(Process process) throws IOException {
        double sum = 0;
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        for (ProcessHandle each : all) sum += kibibytes(each.pid()) / 1024.0;
        return sum;
    }

    private static long kibibytes(long pid) throws IOException {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        } catch (NoSuchFileException e) {
            return 0; // it ended meanwhile
        }
        return 0;
    }
}
