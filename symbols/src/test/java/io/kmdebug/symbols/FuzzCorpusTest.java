package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What fuzzing (tests/fuzz.sh) reached, replayed: each input within a time and an amount of memory. Those named found-…
 * once crashed, hung, or used up memory.
 */
class FuzzCorpusTest {
    /** A hang, not slowness: an input takes milliseconds. */
    private static final Duration MOST_TIME = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Dwarf",
                "Lines",
                "Split",
                "Frames",
                "Location",
                "Elf",
                "Core",
                "Macros",
                "Indexes",
                "GoTable",
                "MiniDebug",
                "demangle.Demangler"
            })
    void keptInputsAreReadOrRefused(String target) throws Exception {
        String name = target.substring(target.indexOf('.') + 1);
        Method once = Class.forName("io.kmdebug.symbols." + target + "Fuzz")
                .getDeclaredMethod("fuzzerTestOneInput", byte[].class);
        once.setAccessible(true);
        Map<String, byte[]> inputs = inputs(name);
        // packed symbols are one small format
        assertThat(inputs.size()).isGreaterThan(target.equals("MiniDebug") ? 10 : 30);
        for (Map.Entry<String, byte[]> input : inputs.entrySet()) {
            assertTimeoutPreemptively(
                    MOST_TIME, () -> run(once, input.getValue()), () -> name + ".zip " + input.getKey());
        }
    }

    private static void run(Method once, byte[] input) throws Throwable {
        try {
            once.invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Map<String, byte[]> inputs(String name) throws IOException {
        Map<String, byte[]> inputs = new LinkedHashMap<>();
        try (InputStream file = FuzzCorpusTest.class.getResourceAsStream("/fuzz/" + name + ".zip")) {
            if (file == null) throw new AssertionError("no corpus " + name);
            ZipInputStream zip = new ZipInputStream(file);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                inputs.put(entry.getName(), zip.readAllBytes());
            }
        }
        return inputs;
    }
}
