package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.TestProgram.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code -V} by subject. */
class TracesTest {
    private static final String COLUMNS = "^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{6} [a-z]+ +[0-9]+ +[0-9]+ .*";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vcpu | loaded | gcc | | thread \\d+ begins at rip 0x",
                "kvm | loaded | gcc | | memory slot of \\d+ KiB at 0x",
                "mmap | loaded | gcc | | map 0x[0-9a-f]+-0x[0-9a-f]+ r-xp /.*libc",
                "mem | memory | gcc -static | | page fault, [rw][a-z]+ [a-z]+ 0x[0-9a-f]+: READY",
                "args | loaded | gcc | one | argument one",
                "load | loaded | gcc | | /.*loaded-gcc: 0x[0-9a-f]+ bytes at 0x1555",
                "filesys | loaded | gcc | | descriptor 3: REGULAR, the host's \\d+",
                "signals | end | gcc -static | signal 15 | for thread \\d+: SIGTERM, code -6",
                "signals | end | gcc -static | null | fault of thread \\d+: SIGSEGV, code 1, address 0x8",
                "coredump | end | gcc -static | null | 1 threads, \\d+ regions go to /",
                "sched | end | gcc -static | null | all threads stop, 0 others",
                "hypercall | end | gcc -static | status 7 | exit_group\\(7\\) = \\?",
            })
    void tellsWhatHappens(String subject, String name, String compiler, String arguments, String line)
            throws Exception {
        TestProgram program = TestProgram.compile(folder, name, compiler);
        List<String> options = List.of("--verbose=^" + subject.toUpperCase(java.util.Locale.ROOT) + "$", "-C", "core");
        String[] words = arguments == null ? new String[0] : arguments.split(" ");
        Result result = program.inMachineWith(options, words);
        List<String> traced =
                result.messages().lines().filter(one -> !one.startsWith("km: ")).toList();
        assertThat(traced).isNotEmpty().allMatch(one -> one.matches(COLUMNS)).allMatch(one -> one.length() < 512);
        assertThat(traced).allMatch(one -> one.substring(16).startsWith(subject + " "));
        assertThat(traced)
                .anyMatch(one ->
                        java.util.regex.Pattern.compile(line).matcher(one).find());
    }

    @Test
    void tracesManySubjectsAndNoneByDefault() throws Exception {
        TestProgram program = TestProgram.compile(folder, "hello", "musl-gcc -static");
        assertThat(program.inMachine().messages()).isEmpty();
        String all = program.inMachineWith(List.of("-V")).messages();
        List<String> subjects = new ArrayList<>();
        all.lines().forEach(line -> subjects.add(line.substring(16, line.indexOf(' ', 16))));
        assertThat(subjects).contains("kvm", "vcpu", "mmap", "load", "args", "hypercall", "generic");
        assertThat(program.inMachineWith(List.of("-V(", "--hcall-stats")).messages())
                .startsWith("km: --verbose wants a regular expression, not \"(\"");
    }
}
