package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * C programs that print one line for each fact about a system call: the machine must print what the kernel lets them
 * print natively, line by line, and end with the same status. Every {@code conformance/GROUP/NAME.c} among the test
 * resources is one; {@link ConformanceProgram} says what it may ask for. {@code -Dconformance=GROUP/NAME*} picks some.
 */
class ConformanceTest {
    private static final int MOST_SHOWN = 8;

    @TempDir
    private Path folder;

    static Stream<ConformanceProgram> programs() throws Exception {
        String wanted = System.getProperty("conformance", "*");
        List<ConformanceProgram> all = ConformanceProgram.all(wanted);
        assertThat(all).as("programs that match " + wanted).isNotEmpty();
        return all.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void answersAsTheKernelDoes(ConformanceProgram program) throws Exception {
        Path binary = program.compile(folder);
        ConformanceProgram.Run natively = program.run(folder, List.of(), binary);
        assertThat(natively.ended()).as(program + " ends natively").isTrue();
        assertThat(natively.lines()).as(program + ": native output").hasSizeGreaterThan(1);
        ConformanceProgram.Run machine = program.run(folder, TestProgram.km(), binary);
        String differences = differences(natively.lines(), machine.lines());
        if (!differences.isEmpty()) fail(program + "\n" + differences + machine.messages());
    }

    private static String differences(List<String> natively, List<String> machine) {
        StringBuilder out = new StringBuilder();
        int shown = 0;
        for (int i = 0; i < Math.max(natively.size(), machine.size()) && shown < MOST_SHOWN; i++) {
            String expected = i < natively.size() ? natively.get(i) : "(no more lines)";
            String found = i < machine.size() ? machine.get(i) : "(no more lines)";
            if (expected.equals(found)) continue;
            out.append("  line ").append(i + 1);
            out.append("\n    native: ").append(expected);
            out.append("\n    km:     ").append(found).append('\n');
            shown++;
        }
        return out.toString();
    }
}
