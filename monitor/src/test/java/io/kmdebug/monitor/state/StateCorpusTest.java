package io.kmdebug.monitor.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.InputStream;
import java.time.Duration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** The states of processes that fuzzing (tests/fuzz.sh) reached, replayed. */
class StateCorpusTest {
    private static final Duration MOST_TIME = Duration.ofSeconds(60);

    @Test
    void keptStatesAreReadOrRefused() throws Exception {
        int count = 0;
        try (InputStream file = StateCorpusTest.class.getResourceAsStream("/fuzz/State.zip")) {
            if (file == null) throw new AssertionError("no corpus State");
            ZipInputStream zip = new ZipInputStream(file);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] input = zip.readAllBytes();
                assertTimeoutPreemptively(
                        MOST_TIME, () -> StateFuzz.fuzzerTestOneInput(input), "State.zip " + entry.getName());
                count++;
            }
        }
        assertThat(count).isGreaterThan(30);
    }
}
