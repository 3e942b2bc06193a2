package io.kmdebug.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.dap.request.SessionFactory;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kmdebug dump}: cores of processes that go on. */
@Timeout(60)
class DumpCommandTest {
    private static final String PROGRAM = """
            #include <stdio.h>
            #include <sys/prctl.h>
            #include <unistd.h>

            static int waits(int number) {
                char byte;
                printf("ready\\n");
                fflush(stdout);
                return read(0, &byte, 1) == 1 ? number : 1;
            }

            int main(void) {
                // whoever may trace at all may trace this one
                prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
                return waits(42);
            }
            """;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int kmdebug(String... args) {
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false);
        return Kmdebug.execute(terminal, SessionFactory.debugger(), args);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String run(String... command) throws Exception {
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        return Files.readString(said);
    }

    @Test
    void aProcessIsDumpedAndGoesOn() throws Exception {
        Path source = Files.writeString(folder.resolve("waits.c"), PROGRAM);
        Path program = folder.resolve("waits");
        assertThat(run("gcc", "-g", "-O0", "-o", program.toString(), source.toString()))
                .isEmpty();
        Process process = new ProcessBuilder(program.toString()).start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("ready");
            Path core = folder.resolve("a core");
            assertThat(kmdebug("dump", Long.toString(process.pid()), core.toString()))
                    .as(err())
                    .isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("core written to " + core + "\n");
            process.getOutputStream().write('x');
            process.getOutputStream().flush();
            assertThat(process.waitFor()).isEqualTo(42);
            String gdb = run(
                    "gdb",
                    "-nx",
                    "-q",
                    "-batch",
                    "-iex",
                    "set debuginfod enabled off",
                    "-ex",
                    "bt",
                    program.toString(),
                    core.toString());
            assertThat(gdb).contains("waits (number=42)", "main ()").doesNotContainIgnoringCase("warning");
            assertThat(kmdebug("core", core.toString())).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("waits (number=42)");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whatCannotBeDumpedIsSaid() throws Exception {
        assertThat(kmdebug("dump")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err()).contains("[HOST]:PORT|PID");
        assertThat(kmdebug("dump", "everything")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err()).contains("'everything' is no port or process id");
        assertThat(kmdebug("dump", ":99999")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err()).contains("'99999' is no port");
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        assertThat(kmdebug("dump", Long.toString(ended.pid()))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err()).contains("there is no process " + ended.pid());
        Process monitor = new ProcessBuilder("bash", "-c", "exec -a io.kmdebug.monitor/km cat").start();
        try {
            Path commandLine = Path.of("/proc/" + monitor.pid() + "/cmdline");
            while (!Files.readString(commandLine).startsWith("io.kmdebug.monitor/")) Thread.onSpinWait();
            assertThat(kmdebug("dump", Long.toString(monitor.pid()))).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(err()).contains("is a km", "km_cli core -p " + monitor.pid());
        } finally {
            monitor.destroyForcibly();
        }
    }
}
