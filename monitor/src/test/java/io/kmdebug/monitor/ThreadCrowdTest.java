package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A thousand threads at once, ten thousand one after the other: what they took is given back. */
class ThreadCrowdTest {
    /** What km's process has at a moment. */
    private record Look(int threads, long files, long kilobytes, long mappings) {}

    private static final int MOST_THREADS = 60;
    /** Virtual CPUs that the monitor may make ahead, and a few files. */
    private static final int RESERVED = 24;

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void leavesNothingBehind() throws Exception {
        TestProgram crowd = TestProgram.compile(folder, "crowd", "gcc");
        List<String> command = new ArrayList<>(TestProgram.km());
        command.add(crowd.binary().toString());
        Process km = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("messages").toFile())
                .start();
        try {
            OutputStream next = km.getOutputStream();
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(km.getInputStream(), StandardCharsets.ISO_8859_1));
            List<Look> looks = new ArrayList<>();
            for (String phase :
                    List.of("alive 1000", "joined 1000", "ran 2000", "ran 8000", "alive 1000", "joined 1000")) {
                assertThat(said.readLine()).isEqualTo(phase);
                looks.add(phase.startsWith("alive") ? look(km.pid()) : settled(km.pid()));
                next.write('\n');
                next.flush();
            }
            assertThat(km.waitFor()).isZero();
            Look alive = looks.get(0);
            Look early = looks.get(2);
            Look late = looks.get(3);
            assertThat(alive.threads()).as("%s", looks).isGreaterThan(1000);
            assertThat(late.threads()).as("%s", looks).isLessThan(MOST_THREADS);
            assertThat(late.files()).as("%s", looks).isLessThanOrEqualTo(early.files() + RESERVED);
            assertThat(late.kilobytes()).as("%s", looks).isLessThan(early.kilobytes() + 96 * 1024);
            // a thread's stack and what guards it are mappings
            assertThat(late.mappings()).as("%s", looks).isLessThan(early.mappings() + 500);
            assertThat(looks.get(4).files()).as("%s", looks).isLessThanOrEqualTo(alive.files() + RESERVED);
        } finally {
            km.destroyForcibly();
        }
    }

    /** A joined thread has still to end in the monitor. */
    private static Look settled(long pid) throws Exception {
        long deadline = System.nanoTime() + 120_000_000_000L;
        Look look = look(pid);
        while (look.threads() >= MOST_THREADS && System.nanoTime() < deadline) {
            LockSupport.parkNanos(10_000_000);
            look = look(pid);
        }
        return look;
    }

    private static Look look(long pid) throws Exception {
        int threads = 0;
        long kilobytes = 0;
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("Threads:"))
                threads = Integer.parseInt(line.substring(8).trim());
            if (line.startsWith("VmRSS:")) {
                kilobytes = Long.parseLong(line.substring(6).replace("kB", "").trim());
            }
        }
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return new Look(threads, files.count(), kilobytes, mappings(pid));
        }
    }

    private static long mappings(long pid) throws Exception {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/maps"), StandardCharsets.ISO_8859_1)) {
            return lines.count();
        }
    }
}
