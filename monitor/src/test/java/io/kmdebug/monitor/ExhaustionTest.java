package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.coredump.CoreFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A payload that uses up what there is gets the errors it would get natively; when it then crashes, its core is
 * written.
 */
class ExhaustionTest {
    private static final int LIMIT_SECONDS = 120;
    private static final int WITNESS = 4711;
    private static final int MANY_THREADS = 900;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"descriptors", "memory", "errors", "scribble"})
    @Timeout(LIMIT_SECONDS)
    void failsAsNativelyAndLeavesACore(String resource) throws Exception {
        TestProgram program = program();
        TestProgram.Result natively = program.natively(resource);
        TestProgram.Result inMachine = program.inMachine(resource);
        assertThat(inMachine.output()).isEqualTo(natively.output());
        assertThat(inMachine.status()).isEqualTo(natively.status()).isEqualTo(128 + 11);
        coreHasTheWitness(inMachine);
    }

    /** Not natively: the limit there is the machine's, and reaching it would disturb everything that runs on it. */
    @Test
    @Timeout(LIMIT_SECONDS)
    void refusesAThreadTooManyAndLeavesACoreOfAll() throws Exception {
        TestProgram.Result inMachine = program().inMachine("threads");
        assertThat(inMachine.output()).contains("threads: EAGAIN after many");
        assertThat(inMachine.messages()).contains("no new thread");
        assertThat(coreHasTheWitness(inMachine)).isGreaterThan(MANY_THREADS);
    }

    private TestProgram program() throws Exception {
        return TestProgram.compile(folder, "exhaust", "gcc -static");
    }

    /** @return how many threads the core has */
    private int coreHasTheWitness(TestProgram.Result result) throws Exception {
        assertThat(result.messages()).contains("core written to " + folder.resolve("kmcore"));
        CoreFile core = CoreFile.open(folder.resolve("kmcore"));
        assertThat(core.signal()).isEqualTo(11);
        assertThat(core.notices()).isEmpty();
        byte[] value = new byte[Integer.BYTES];
        assertThat(core.memory().read(witness(result), value, 0, value.length)).isEqualTo(value.length);
        assertThat(ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt())
                .isEqualTo(WITNESS);
        return core.threads().size();
    }

    private static long witness(TestProgram.Result result) {
        String line = result.output().lines().findFirst().orElseThrow();
        return Long.decode(line.substring(line.lastIndexOf(' ') + 1));
    }
}
