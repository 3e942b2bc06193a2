package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.TestProgram.Result;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that call the monitor in Kontain's way. The oracle is the same program with SYSCALL, run natively. */
class KontainCallsTest {
    private static final String COMPILER = "gcc -nostdlib -static -fno-stack-protector -fcf-protection=none";

    @TempDir
    private Path folder;

    private TestProgram program;

    @BeforeEach
    void compile() throws Exception {
        program = TestProgram.compile(folder, "kontain", COMPILER);
    }

    @Test
    void doesWhatTheSameCallsDoNatively() throws Exception {
        TestProgram oracle = TestProgram.compile(folder, "kontain", COMPILER + " -DNATIVE");
        Result natively = oracle.natively();
        assertThat(natively.status()).isEqualTo(5);
        Result machine = program.inMachine();
        assertThat(machine.output()).as(machine.messages()).isEqualTo(natively.output());
        assertThat(machine.status()).isEqualTo(5);
    }

    @Test
    void servesBothKindsOfCallsInOneRun() throws Exception {
        Result result = program.inMachine("both");
        assertThat(result.output()).isEqualTo("""
                by port 1
                by syscall
                unknown by port -95
                unknown by syscall -38
                reserved -95
                rseq -38
                """);
        assertThat(result.messages()).contains("unimplemented system call syscall_500 (500)");
        assertThat(result.status()).isZero();
    }

    @Test
    void unmapsTheStackOfAThreadThatEnds() throws Exception {
        Result result = program.inMachine("unmapself");
        assertThat(result.output()).isEqualTo("stack is gone -12\n");
        assertThat(result.status()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "port, 7",
        "width, 7",
        "word, 7",
        "direction, 7",
        "block, 11",
        "nowhere, 11",
        "low, 11",
        "clock, 11",
        "read, 11"
    })
    void raisesTheSignalOfAWrongCall(String what, int signal) throws Exception {
        Result result =
                program.inMachineWith(List.of("-C", folder.resolve("core").toString()), what);
        assertThat(result.status()).as(result.messages()).isEqualTo(128 + signal);
        assertThat(folder.resolve("core")).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--kill-unimpl-scall", "--kill-unimpl-hcall"})
    void killsForAnUnknownCallWhenAsked(String option) throws Exception {
        Result result = program.inMachineWith(
                List.of(option, "-C", folder.resolve("core").toString()), "unknown");
        assertThat(result.status()).isEqualTo(128 + 31);
    }

    @Test
    void tracesCallsOfBothKindsAlike() throws Exception {
        Result result = program.inMachineWith(List.of("-Vhypercall|decode"), "both");
        assertThat(result.messages())
                .containsPattern(
                        "(?m)^\\d\\d:\\d\\d:\\d\\d\\.\\d{6} decode +\\d+ +\\d+ out of 4 bytes, port 0x8027, rip 0x")
                .containsPattern(" hypercall +\\d+ +\\d+ write\\(1, \"by syscall\\\\n\", 11\\) = 11\n")
                .containsPattern(" hypercall .* getpid\\(\\) = \\d+\n")
                .containsPattern(" hypercall .* exit_group\\(0\\) = \\?\n");
    }
}
