package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.TestProgram.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which platform is taken and what is said about it, and that a payload stays in its cage on either. */
class PlatformChoiceTest {
    private static final List<String> IMPOSSIBLE = List.of(
            "int 0x80: 11",
            "hlt: 11",
            "out: 11",
            "code 0 requests 0 stub 0",
            "mmap over them 1",
            "munmap of them 0",
            "mprotect of them 1");

    @TempDir
    private Path folder;

    @Test
    void takesTheTracedProcessWhereThereIsNoKvmAndSaysWhyInOneLine() throws Exception {
        TestProgram program = TestProgram.compile(folder, "hello", "musl-gcc -static");
        Path absent = folder.resolve("kvm");
        Result result = program.inMachineWith(List.of("--platform=auto", "--virt-device=" + absent), "x");
        assertThat(result.output()).isEqualTo(program.natively("x").output());
        assertThat(result.messages().lines())
                .singleElement()
                .asString()
                .startsWith("km: platform ptrace: " + absent + " is missing");
    }

    @Test
    void takesTheTracedProcessWhenTheDeviceIsNoKvm() throws Exception {
        TestProgram program = TestProgram.compile(folder, "hello", "musl-gcc -static");
        Path file = Files.createFile(folder.resolve("device"));
        Result result = program.inMachineWith(List.of("--platform=auto", "--virt-device=" + file), "x");
        assertThat(result.output()).isEqualTo(program.natively("x").output());
        assertThat(result.messages()).startsWith("km: platform ptrace: KVM cannot create a virtual machine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kvm", "ptrace", "auto"})
    void saysNothingUnlessAsked(String platform) throws Exception {
        TestProgram program = TestProgram.compile(folder, "hello", "musl-gcc -static");
        Result silent = program.inMachineWith(List.of("--platform=" + platform));
        assertThat(silent.messages()).isEmpty();
        Result told = program.inMachineWith(List.of("--platform=" + platform, "--verbose=generic"));
        String taken = platform.equals("auto") ? "kvm: its test passed" : platform + ": asked for";
        assertThat(told.messages()).contains("platform " + taken);
    }

    @Test
    void theVersionTellsWhatWouldBeTaken() throws Exception {
        List<String> km = TestProgram.km();
        assertThat(version(km, "--platform=ptrace")).isEqualTo("platform ptrace: asked for");
        String absent = folder.resolve("kvm").toString();
        assertThat(version(km, "--platform=auto", "-F", absent))
                .startsWith("platform ptrace: " + absent + " is missing");
        assertThat(version(km, "--platform=kvm", "-F", absent)).startsWith("platform none: " + absent + " is missing");
        assertThat(version(km, "--platform=auto")).isEqualTo("platform kvm: its test passed");
    }

    private String version(List<String> km, String... options) throws Exception {
        List<String> words = new ArrayList<>(km);
        words.addAll(List.of(options));
        words.add("--version");
        Result result = TestProgram.execute(folder, words);
        assertThat(result.status()).isZero();
        assertThat(result.messages()).isEmpty();
        List<String> lines = result.output().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith("km (kmdebug) ");
        return lines.get(1);
    }

    @Test
    void refusesOtherNames() throws Exception {
        Result result = TestProgram.km(folder, "--platform=hyperv", "x");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.messages()).contains("--platform wants kvm, ptrace or auto, not \"hyperv\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kvm", "ptrace"})
    void thePayloadReachesNoKernelAndNoneOfTheMonitorsPages(String platform) throws Exception {
        TestProgram program = TestProgram.compile(folder, "hostile", "gcc -static");
        Result result = program.inMachineWith(List.of("--platform=" + platform));
        assertThat(result.output().lines()).as(result.messages()).containsExactlyElementsOf(IMPOSSIBLE);
        assertThat(result.status()).isZero();
    }

    /** It can spoil the page in which the clerk of its address space works: that ends it, and nothing else happens. */
    @Test
    void aPayloadThatSpoilsTheClerksPageOnlyHarmsItself() throws Exception {
        TestProgram program = TestProgram.compile(folder, "hostile", "gcc -static");
        Result result = program.inMachineWith(List.of("--platform=ptrace"), "spoil");
        List<String> lines = new ArrayList<>(result.output().lines().toList());
        if (result.status() == 0) assertThat(lines.remove(lines.size() - 1)).isEqualTo("unharmed");
        else assertThat(result.status()).as(result.messages()).isEqualTo(128 + 6);
        assertThat(lines).containsExactlyElementsOf(IMPOSSIBLE);
        assertThat(result.messages().lines()).allMatch(line -> line.startsWith("km: "));
        assertThat(result.messages()).doesNotContain("defect");
    }

    @Test
    void theTracedProcessEndsWithTheMonitorHoweverThatEnds() throws Exception {
        TestProgram program = TestProgram.compile(folder, "end", "gcc -static");
        List<String> command = new ArrayList<>(TestProgram.km());
        command.addAll(List.of("--platform=ptrace", program.binary().toString(), "forever"));
        Path output = folder.resolve("output");
        Process km = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            while (!Files.readString(output).contains("running")) {
                assertThat(km.waitFor(10, TimeUnit.MILLISECONDS))
                        .as(Files.readString(output))
                        .isFalse();
            }
            ProcessHandle traced = km.children().findFirst().orElseThrow();
            km.destroyForcibly();
            traced.onExit().get(60, TimeUnit.SECONDS);
            assertThat(traced.isAlive()).isFalse();
        } finally {
            km.destroyForcibly();
        }
    }
}
