package io.kmdebug.monitor.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.coredump.MappedFile;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.monitor.KmCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads that crash in the virtual machine, and what gdb and readelf say about their cores. Needs /dev/kvm. */
class PayloadCoreTest {
    private static final String CRASH = """
            #include <pthread.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/mman.h>
            #include <unistd.h>
            static pthread_barrier_t ready;
            char *touched;
            static void wait_here(void) { for (;;) pause(); }
            static void *work(void *mine) {
                pthread_barrier_wait(&ready);
                wait_here();
                return mine;
            }
            static int crash(int *where, int depth) {
                if (depth > 0) return crash(where, depth - 1) + 1;
                long v[4] = {0x1111, 0x2222, 0x3333, 0x4444};
                if (__builtin_cpu_supports("avx")) __asm__ volatile("vmovups (%0), %%ymm7" : : "r"(v) : "memory");
                __asm__ volatile("movl $0x5678, %%r13d\\n\\t movl $1, (%0)" : : "r"(where) : "r13", "memory");
                return 0;
            }
            int main(int argc, char **argv) {
                if (argc > 1 && !strcmp(argv[1], "abort")) abort();
                pthread_t a, b;
                pthread_barrier_init(&ready, 0, 3);
                pthread_create(&a, 0, work, 0);
                pthread_create(&b, 0, work, 0);
                pthread_barrier_wait(&ready);
                char *big = mmap(0, 1L << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                strcpy(touched = big + (1L << 29), "only this page was touched");
                usleep(50000);
                return crash((int *) 0x4320, 3);
            }
            """;

    @TempDir
    static Path folder;

    private static Path program;
    private static Path core;
    private static String log;

    @BeforeAll
    static void crash() throws IOException {
        Files.writeString(folder.resolve("crash.c"), CRASH);
        program = folder.resolve("crash");
        String compiled = run(folder, "gcc", "-g", "-O0", "-static", "-pthread", "-o", program.toString(), "crash.c");
        assertThat(program).as(compiled).exists();
        core = folder.resolve("kmcore");
        log = km("first", "second word");
    }

    @Test
    void leavesUntouchedMemoryOfHugeMappingsOut() throws IOException {
        Path source = folder.resolve("sparse.c");
        try (var in = PayloadCoreTest.class.getResourceAsStream("/programs/sparse.c")) {
            assertThat(in).isNotNull();
            Files.copy(in, source);
        }
        Path sparse = folder.resolve("sparse");
        String compiled = run(folder, "gcc", "-g", "-O0", "-static", "-o", sparse.toString(), "sparse.c");
        assertThat(sparse).as(compiled).exists();
        Path written = folder.resolve("sparse.core");
        run(
                folder,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.kmdebug.monitor.KmMain",
                "--coredump=" + written,
                sparse.toString());
        assertThat(Files.size(written)).isLessThan(64 << 20);
        String told = run(
                folder,
                "gdb",
                "-nx",
                "-batch",
                "-ex",
                "printf \"%c%c%c%c\\n\", all[0], all[5L<<40], all[(5L<<40)+8192], all[(16L<<40)-1]",
                sparse.toString(),
                written.toString());
        assertThat(told).contains("SIGABRT", "abcd");
    }

    private static String km(String... arguments) {
        List<String> command = KmCommand.words();
        command.addAll(List.of("--coredump=" + folder.resolve("kmcore"), program.toString()));
        command.addAll(List.of(arguments));
        return run(folder, command.toArray(String[]::new));
    }

    private static String gdb(String... commands) {
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch", "-iex", "set width 0"));
        for (String each : commands) command.addAll(List.of("-ex", each));
        command.addAll(List.of(program.toString(), core.toString()));
        return run(folder, command.toArray(String[]::new));
    }

    @Test
    void gdbShowsStacksSignalAndArgumentsWithoutAWarning() {
        assertThat(log).contains("core written to " + core);
        String shown = gdb(
                "thread apply all bt",
                "p $_siginfo.si_signo",
                "p $_siginfo.si_code",
                "p/x $_siginfo._sifields._sigfault.si_addr",
                "info auxv",
                "info proc mappings");
        assertThat(shown).doesNotContainIgnoringCase("warning").doesNotContain("Backtrace stopped");
        assertThat(shown)
                .contains("Core was generated by `" + program + " first second word'")
                .contains("terminated with signal SIGSEGV")
                .contains("crash (where=0x4320, depth=0)", "crash (where=0x4320, depth=3)", "main (argc=3")
                .contains("$1 = 11", "$2 = 1", "$3 = 0x4320")
                .contains("AT_ENTRY", program.toString());
        assertThat(shown.split("wait_here \\(\\) at", -1)).as(shown).hasSize(3);
    }

    @Test
    void registersAreThoseOfTheCrash() {
        String shown = gdb("p/x $r13", "p $ymm7.v4_int64", "p $_", "p/x $cs", "p $_exitcode");
        assertThat(shown).contains("= 0x5678").contains("= 0x33").doesNotContainIgnoringCase("warning");
        String cpu = run(folder, "grep", "-m1", "-wo", "avx", "/proc/cpuinfo");
        if (cpu.contains("avx")) assertThat(shown).contains("{4369, 8738, 13107, 17476}");
    }

    @Test
    void readelfFindsNothingToComplainAbout() {
        String shown = run(folder, "readelf", "-aW", core.toString());
        assertThat(shown)
                .contains("Core file")
                .doesNotContainIgnoringCase("warning")
                .doesNotContain("Error:");
    }

    @Test
    void untouchedPagesTakeNoSpaceAndTouchedOnesAreThere() {
        assertThat(core.toFile().length()).isGreaterThan(1L << 30);
        String blocks = run(folder, "stat", "-c", "%b", core.toString()).strip();
        assertThat(Long.parseLong(blocks) * 512).isLessThan(8 << 20);
        assertThat(gdb("x/s touched")).contains("only this page was touched");
    }

    @Test
    void ourReaderReadsIt() throws IOException {
        CoreFile file = CoreFile.open(core);
        assertThat(file.notices()).isEmpty();
        assertThat(file.km()).isTrue();
        assertThat(file.threads()).hasSize(3);
        String notes = run(folder, "readelf", "-nW", core.toString());
        // KM's tools find a VCPU note of each thread, the program's and the monitor's
        for (String km : List.of("4b4d5052", "4b4d4756", "4b4d4d4e"))
            assertThat(notes).containsPattern("KMSP.*0x" + km);
        assertThat(notes.split("4b4d5052", -1)).hasSize(4);
        assertThat(file.signal()).isEqualTo(11);
        assertThat(file.signalInfo().orElseThrow().faultAddress()).isEqualTo(0x4320);
        assertThat(file.threads().get(0).registers().get(AmdRegister.R13)).isEqualTo(0x5678);
        assertThat(file.executable()).contains(program.toString());
        assertThat(file.process().orElseThrow().arguments()).isEqualTo(program + " first second word");
        assertThat(file.mappedFiles()).extracting(MappedFile::path).contains(program.toString());
        // the monitor's own pages are not the payload's
        assertThat(file.segments()).noneMatch(s -> s.contains(0x7ffe_0000_0000L) || s.contains(0x7fff_0000_0000L));
    }

    @Test
    void aCoreThatCannotBeWrittenIsSaidAndLeavesNothing() throws IOException {
        Path room = Files.createDirectory(folder.resolve("room"));
        List<String> command = KmCommand.words();
        command.addAll(List.of("--coredump=" + room.resolve("absent/kmcore"), program.toString(), "abort"));
        String said = run(folder, command.toArray(String[]::new));
        assertThat(said)
                .contains("SIGABRT")
                .contains("no core: cannot write core")
                .contains("no such folder");
        try (Stream<Path> left = Files.list(room)) {
            assertThat(left).isEmpty();
        }
    }

    private static String run(Path room, String... command) {
        try {
            Path output = Files.createTempFile(room, "output", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(room.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return fail("%s did not end", String.join(" ", command));
            }
            String text = Files.readString(output, StandardCharsets.ISO_8859_1);
            Files.delete(output);
            return text;
        } catch (IOException e) {
            return fail("this test needs " + command[0] + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fail("interrupted");
        }
    }
}
