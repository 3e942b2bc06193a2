package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** gdb 13 in batch mode drives {@code km -g} as it drives gdbserver. */
final class GdbTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            value = Shipped.C.class,
            names = {"MUSL", "GLIBC", "GLIBC_PIE"})
    void aWholeSession(Shipped.C libc) throws Exception {
        Path program = Shipped.compile(folder, "session", libc);
        int inWorker = Shipped.line(folder, "session", "in worker");
        try (WaitingStub stub = WaitingStub.start(folder, program.toString(), "labelled")) {
            String output = gdb(
                    program,
                    "target remote 127.0.0.1:" + stub.port(),
                    "break main",
                    "continue",
                    "echo AT-MAIN\\n",
                    "bt",
                    "next",
                    "set can-use-hw-watchpoints 0",
                    "watch jobs[0].number",
                    "continue",
                    "delete 2",
                    "break area",
                    "continue",
                    "echo IN-AREA\\n",
                    "bt",
                    "print *corner",
                    "finish",
                    "next",
                    "echo STEPPED-OUT\\n",
                    "print scaled",
                    "tbreak session.c:" + Shipped.line(folder, "session", "create"),
                    "continue",
                    "echo NEXT-OVER-CREATE\\n",
                    "next",
                    "next",
                    "next",
                    "info threads",
                    "break session.c:" + inWorker + " if job->number == 3 && round == 2",
                    "continue",
                    "echo IN-WORKER\\n",
                    "bt 2",
                    "print mine",
                    "print job->corner",
                    "print $xmm0",
                    "info registers rip fs_base",
                    "echo ALL-THREADS\\n",
                    "thread apply all bt 3",
                    "delete",
                    "continue");
            assertThat(after(output, "AT-MAIN")).containsPattern("#0 +main \\(argc=2, argv=0x");
            assertThat(after(output, "IN-AREA")).containsPattern("#0 +area \\(corner=.*, scale=2\\)");
            assertThat(after(output, "IN-AREA")).contains("{x = 20, y = 4}").contains("Value returned is");
            assertThat(after(output, "STEPPED-OUT")).contains("= 160");
            assertThat(after(output, "NEXT-OVER-CREATE")).containsPattern("(?s)  2 +.*Thread|Thread .*2");
            assertThat(after(output, "IN-WORKER")).containsPattern("#0 +work \\(argument=0x");
            assertThat(after(output, "IN-WORKER"))
                    .contains("$")
                    .contains("{x = 30, y = 4}")
                    .contains("v4_float");
            if (libc != Shipped.C.MUSL) { // musl has no call frame information: gdb loses the waiting thread's way
                assertThat(after(output, "ALL-THREADS")).contains("main (argc=2");
            }
            assertThat(output).contains("Old value = 0").contains("New value = 1");
            assertThat(output).containsPattern("exited with code 07");
            assertThat(stub.exitStatus()).isEqualTo(7);
        }
    }

    private String gdb(Path program, String... commands) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("gdb", "-q", "-nx", "-batch", "-iex", "set debuginfod enabled off"));
        for (String line : commands) command.addAll(List.of("-ex", line));
        command.add(program.toString());
        Shipped.Result result = Shipped.run(folder, command);
        return result.output() + result.errors();
    }

    private static String after(String output, String mark) {
        int at = output.indexOf(mark + "\n");
        assertThat(at).as("gdb came to %s: %s", mark, output).isNotNegative();
        return output.substring(at);
    }
}
