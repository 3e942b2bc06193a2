package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.InputStream;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** The packets that fuzzing (tests/fuzz.sh) reached, replayed: each connection ends, and leaves the target free. */
class StubCorpusTest {
    /** A hang, not slowness: an input takes milliseconds. */
    private static final Duration MOST_TIME = Duration.ofSeconds(60);

    @Test
    void bytesFromClientsAreAnsweredOrRefused() throws Exception {
        replay("StubServer", StubServerFuzz::fuzzerTestOneInput);
    }

    @Test
    void answersOfStubsAreUnderstoodOrRefused() throws Exception {
        replay("StubClient", StubClientFuzz::fuzzerTestOneInput);
    }

    private static void replay(String target, Consumer<byte[]> once) throws Exception {
        int count = 0;
        try (InputStream file = StubCorpusTest.class.getResourceAsStream("/fuzz/" + target + ".zip")) {
            if (file == null) throw new AssertionError("no corpus " + target);
            ZipInputStream zip = new ZipInputStream(file);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] input = zip.readAllBytes();
                assertTimeoutPreemptively(MOST_TIME, () -> once.accept(input), target + ".zip " + entry.getName());
                count++;
            }
        }
        assertThat(count).isGreaterThan(100);
    }
}
