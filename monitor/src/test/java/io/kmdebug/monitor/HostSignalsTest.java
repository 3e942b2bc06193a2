package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A parent signals, stops and continues its child, and must not see whether that is the program or {@code km} with it.
 */
class HostSignalsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"all", "ends", "stops", "inherited", "terminal"})
    void parentSeesNoDifference(String what) throws Exception {
        TestProgram sender = TestProgram.compile(folder, "sender", "gcc");
        List<String> words = new ArrayList<>(List.of(what));
        words.addAll(TestProgram.km());
        TestProgram.Result natively = sender.natively(what);
        TestProgram.Result machine = sender.natively(words.toArray(String[]::new));
        assertThat(natively.output().lines()).hasSizeGreaterThan(10);
        assertThat(machine.output()).isEqualTo(natively.output());
    }
}
