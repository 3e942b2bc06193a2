package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.InputStream;
import java.time.Duration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** The expressions that fuzzing (tests/fuzz.sh) reached, replayed: each has a value or is refused, within a time. */
class ExpressionCorpusTest {
    private static final Duration MOST_TIME = Duration.ofSeconds(30);

    @Test
    void keptExpressionsHaveAValueOrAreRefused() throws Exception {
        int count = 0;
        try (InputStream file = ExpressionCorpusTest.class.getResourceAsStream("/fuzz/Expression.zip")) {
            if (file == null) throw new AssertionError("no corpus");
            ZipInputStream zip = new ZipInputStream(file);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] input = zip.readAllBytes();
                assertTimeoutPreemptively(MOST_TIME, () -> ExpressionFuzz.fuzzerTestOneInput(input), entry.getName());
                count++;
            }
        }
        assertThat(count).isGreaterThan(30);
    }
}
