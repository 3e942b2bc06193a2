package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The expressions that fuzzing (tests/fuzz.sh) reached, replayed: each has a value or is refused, within a time. */
class ExpressionCorpusTest {
    private static final Duration MOST_TIME = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(strings = {"Expression", "CppExpression", "RustExpression", "GoExpression"})
    void keptExpressionsHaveAValueOrAreRefused(String target) throws Exception {
        Method once = Class.forName("io.kmdebug.debugger.expression." + target + "Fuzz")
                .getDeclaredMethod("fuzzerTestOneInput", byte[].class);
        once.setAccessible(true);
        int count = 0;
        try (InputStream file = ExpressionCorpusTest.class.getResourceAsStream("/fuzz/" + target + ".zip")) {
            if (file == null) throw new AssertionError("no corpus " + target);
            ZipInputStream zip = new ZipInputStream(file);
            // compiles the program, which is not what is timed
            once.invoke(null, (Object) new byte[] {'1'});
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] input = zip.readAllBytes();
                assertTimeoutPreemptively(MOST_TIME, () -> run(once, input), target + ".zip " + entry.getName());
                count++;
            }
        }
        assertThat(count).isGreaterThan(30);
    }

    private static void run(Method once, byte[] input) throws Throwable {
        try {
            once.invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
