package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.TestProgram.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real programs in the machine do what they do natively. */
class PayloadTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "hello, musl-gcc -static",
        "hello, gcc -static",
        "hello, gcc -static-pie",
        "hello, gcc",
        "start, musl-gcc -static",
        "start, gcc -static",
        "threads, musl-gcc -static",
        "threads, gcc -static",
        "faults, gcc -static",
        "memory, musl-gcc -static",
        "memory, gcc -static-pie",
        "storm, gcc -static",
        "remap, gcc -static",
        "split, gcc -static",
        "vsyscall, gcc -static",
        "trivial, gcc -static",
        "trivial, musl-gcc -static"
    })
    void runsAsNatively(String name, String compiler) throws Exception {
        TestProgram program = TestProgram.compile(folder, name, compiler);
        Result natively = program.natively("one", "two words", "\u00e4");
        Result machine = program.inMachine("one", "two words", "\u00e4");
        assertThat(machine.output()).as(machine.messages()).isEqualTo(natively.output());
        assertThat(machine.status()).isEqualTo(natively.status());
    }

    @ParameterizedTest
    @CsvSource({
        "status 0, 0",
        "status 42, 42",
        "status 256, 0",
        "signal 9, 137",
        "signal 6, 134",
        "signal 15, 143",
        "signal 5, 133",
        "signal 8, 136",
        "signal 34, 162",
        "null, 139",
        "overflow, 139",
        "thread, 7",
        "main-first, 4",
        "spinning, 9",
        "unknown-call, 11"
    })
    void endsWithTheStatusOfThePayload(String how, int status) throws Exception {
        TestProgram program = TestProgram.compile(folder, "end", "gcc -static");
        Result result =
                program.inMachineWith(List.of("-C", folder.resolve("core").toString()), how.split(" "));
        assertThat(result.status()).as(result.messages()).isEqualTo(status);
        if (how.equals("main-first")) assertThat(result.output()).isEqualTo("late\n");
    }

    @ParameterizedTest
    @CsvSource({
        "descriptors, Too many open files",
        "threads, Resource temporarily unavailable",
        "stderr, no error",
        "memory, Cannot allocate memory"
    })
    void aGreedyPayloadIsRefusedAndStillLeavesACore(String what, String error) throws Exception {
        TestProgram program = TestProgram.compile(folder, "greedy", "gcc -static");
        Path core = folder.resolve("core");
        Result result = program.inMachineWith(List.of("--coredump=" + core), what);
        assertThat(result.output()).isEqualTo(what + " many: " + error + "\n");
        assertThat(result.status()).isEqualTo(128 + 11);
        assertThat(result.messages()).contains("core written to " + core);
        assertThat(core).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -static", "musl-gcc -static"})
    void survivesBadPointersInEveryCall(String compiler) throws Exception {
        TestProgram program = TestProgram.compile(folder, "fuzz", compiler);
        Result result = program.inMachine();
        assertThat(result.output()).as(result.messages()).matches("made [0-9]{4} calls\n");
        assertThat(result.status()).isZero();
        assertThat(result.messages().lines()).allMatch(line -> line.startsWith("km: unimplemented system call "));
    }

    @Test
    void killsForUnknownCallsWhenAsked() throws Exception {
        TestProgram program = TestProgram.compile(folder, "end", "musl-gcc -static");
        Result result = program.inMachineWith(
                List.of("--kill-unimpl-scall", "--coredump=" + folder.resolve("core")), "unknown-call");
        assertThat(result.status()).as(result.messages()).isEqualTo(128 + 31);
        assertThat(result.messages()).contains("unimplemented system call syscall_400 (400)");
    }

    @Test
    void givesTheEnvironmentThatIsAskedFor() throws Exception {
        TestProgram program = TestProgram.compile(folder, "start", "musl-gcc -static");
        assertThat(program.inMachineWith(List.of()).output()).contains("KM_TEST=inherited PATH is set");
        assertThat(program.inMachineWith(List.of("-eKM_TEST=put")).output()).contains("KM_TEST=put PATH is unset");
        assertThat(program.inMachineWith(List.of("--copyenv", "KM_TEST=X")).output())
                .contains("KM_TEST=(null) PATH is set");
    }

    @Test
    void sendsThePayloadsOutputToAFile() throws Exception {
        TestProgram program = TestProgram.compile(folder, "hello", "musl-gcc -static");
        Path log = folder.resolve("log");
        Path messages = folder.resolve("km-log");
        Result result = program.inMachineWith(List.of("--log-to=" + log, "--km-log-to=" + messages, "--hcall-stats"));
        assertThat(result.output()).isEmpty();
        assertThat(result.messages()).isEmpty();
        assertThat(log).hasContent("hello 1 -");
        assertThat(Files.readString(messages)).contains("writev", "set_tid_address", "system call  ", "in the payload");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "half", "headless", "aarch64", "missing", "object"})
    void refusesWhatIsNoProgram(String what) throws Exception {
        TestProgram program = TestProgram.compile(folder, "hello", "musl-gcc -static");
        Path file = folder.resolve(what);
        byte[] good = Files.readAllBytes(program.binary());
        switch (what) {
            case "text" -> Files.writeString(file, "no program\n".repeat(10));
            case "half" -> Files.write(file, java.util.Arrays.copyOf(good, good.length / 4));
            case "headless" -> Files.write(file, java.util.Arrays.copyOf(good, 40));
            case "aarch64" -> {
                good[18] = (byte) 183;
                Files.write(file, good);
            }
            case "object" -> {
                good[16] = 1;
                Files.write(file, good);
            }
            default -> {}
        }
        Result result = TestProgram.km(folder, file.toString());
        assertThat(result.status()).as(result.messages()).isEqualTo(2);
        assertThat(result.messages().lines()).hasSize(1).allMatch(line -> line.startsWith("km: " + file + ": "));
        assertThat(result.output()).isEmpty();
    }

    @Test
    void saysWhatToDoWithoutKvm() throws Exception {
        TestProgram program = TestProgram.compile(folder, "hello", "musl-gcc -static");
        Result result = program.inMachineWith(List.of("--platform=kvm", "--virt-device=" + folder.resolve("kvm")));
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.messages().lines()).hasSize(1);
        assertThat(result.messages()).contains("is missing", "modprobe", "--device");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--nonsense", "-Q", "--gdb-server-port=x", "-P39", "-C", "--putenv=x"})
    void refusesWrongOptions(String option) throws Exception {
        Result result = TestProgram.km(folder, option);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.messages().lines()).hasSize(1);
        assertThat(result.messages()).startsWith("km: ").contains("usage: km [options] program");
    }

    @Test
    void tellsItsVersion() throws Exception {
        Result result = TestProgram.km(folder, "-v");
        assertThat(result.status()).isZero();
        assertThat(result.output()).startsWith("km ");
    }
}
