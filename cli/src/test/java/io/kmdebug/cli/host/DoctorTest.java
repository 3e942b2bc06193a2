package io.kmdebug.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.cli.command.Monitor;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.cli.host.Doctor.Finding;
import io.kmdebug.cli.host.Doctor.State;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says of hosts of several kinds. */
class DoctorTest {
    @TempDir
    Path root;

    @AfterEach
    void forgetHome() {
        System.clearProperty(Monitor.HOME_PROPERTY);
    }

    private List<Finding> examine(Map<String, String> environment, int status, String output) {
        return new Doctor(root, environment, new HostCommands() {
                    @Override
                    Result run(List<String> command) {
                        return command.contains("--version") ? new Result(0, "km 1.0") : new Result(status, output);
                    }
                })
                .examine();
    }

    private static Finding of(List<Finding> findings, String subject) {
        return findings.stream()
                .filter(f -> f.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEmptyHostLacksMuchAndIsToldHowToMendIt() {
        System.clearProperty("kmdebug.km");
        List<Finding> findings = examine(Map.of("PATH", root.toString()), 0, "");
        assertThat(of(findings, "/dev/kvm").state()).isEqualTo(State.MISSING);
        assertThat(of(findings, "/dev/kvm").remedy()).contains("modprobe");
        assertThat(of(findings, "kernel").state()).isEqualTo(State.MISSING);
        assertThat(of(findings, "km").state()).isEqualTo(State.MISSING);
        assertThat(of(findings, "libcapstone").state()).isEqualTo(State.OPTIONAL);
        assertThat(of(findings, "musl-gcc").remedy()).contains("musl-tools");
        assertThat(findings)
                .allSatisfy(f ->
                        assertThat(f.remedy().isEmpty()).isEqualTo(f.state() == State.OK || f.state() == State.NOTE));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(DoctorCommand.print(findings, new Terminal(print, print, false, false)))
                .isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("missing  /dev/kvm: is not there\n");
    }

    @Test
    void aWholeHostIsFine() throws Exception {
        Path home = host();
        List<Finding> findings = examine(Map.of("PATH", home + "/bin"), 0, "hello");
        assertThat(findings)
                .filteredOn(f -> f.state() != State.OK && f.state() != State.NOTE)
                .isEmpty();
        assertThat(of(findings, "virtual machine").found()).contains("said: hello");
        assertThat(of(findings, "core_pattern").found()).isEqualTo("|/usr/share/apport");
        assertThat(of(findings, "core_pattern").remedy()).contains("sysctl");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(DoctorCommand.print(findings, new Terminal(print, print, false, false)))
                .isZero();
    }

    @Test
    void aMachineThatLooksRightAndDoesNotRunIsFoundOut() throws Exception {
        Path home = host();
        List<Finding> findings = examine(Map.of("PATH", home + "/bin"), 3, "km: KVM_CREATE_VM: Permission denied");
        assertThat(of(findings, "virtual machine").state()).isEqualTo(State.MISSING);
        assertThat(of(findings, "virtual machine").found()).contains("status 3").contains("KVM_CREATE_VM");
    }

    private Path host() throws Exception {
        file("dev/kvm", "");
        file("proc/sys/kernel/osrelease", "6.1.0\n");
        file("proc/sys/kernel/core_pattern", "|/usr/share/apport\n");
        file("usr/lib/x86_64-linux-gnu/libcapstone.so.4", "");
        for (String program : List.of("bin/km", "bin/gcc", "bin/musl-gcc", "samples/hello/hello")) {
            assertThat(file("home/" + program, "#!/bin/sh\n").toFile().setExecutable(true))
                    .isTrue();
        }
        Path home = root.resolve("home");
        System.clearProperty("kmdebug.km");
        System.setProperty(Monitor.HOME_PROPERTY, home.toString());
        return home;
    }

    private Path file(String path, String text) throws Exception {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void commandsAreRunAndTimed() {
        HostCommands commands = new HostCommands();
        assertThat(commands.run(List.of("sh", "-c", "echo out; echo err >&2; exit 5")))
                .isEqualTo(new HostCommands.Result(5, "out\nerr"));
        assertThat(commands.run(List.of("/no/such/program")).status()).isEqualTo(127);
    }
}
