package io.kmdebug.debugger.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashAnalysis.SystemCall;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.console.Console;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was open and what was being called when a program crashed. */
@Timeout(120)
class OpenFilesTest {
    @TempDir
    Path folder = Path.of("");

    private Path program = Path.of("");
    private Path text = Path.of("");
    private Path log = Path.of("");
    private Path fifo = Path.of("");

    @BeforeEach
    void compile() throws Exception {
        program = Tools.compile(folder, "files.c", "gcc", "-g", "-O0");
        text = folder.resolve("files.c");
        log = folder.resolve("a log");
        fifo = folder.resolve("fifo");
        Tools.run(folder, "mkfifo", fifo.toString());
    }

    private String[] arguments() {
        return new String[] {fifo.toString(), text.toString(), log.toString()};
    }

    @Test
    void kmsCoreHasThem() throws Exception {
        Path core = folder.resolve("files.kmcore");
        KmSessionTest.km(folder);
        Tools.run(
                folder,
                folder.resolve("km").toString(),
                "-C",
                core.toString(),
                program.toString(),
                fifo.toString(),
                text.toString(),
                log.toString());
        showsFilesAndCalls(core);
        new CoreReaders(folder, program, List.of(core)).openWithoutAWarning();
        new CoreReaders(folder, program, List.of(core)).gdbStacks();
    }

    @Test
    void theCoreOfAProgramBehindAStubOfThisMachineHasThem() throws Exception {
        Path core = folder.resolve("files.saved.kmcore");
        Events events = new Events();
        try (GdbServer server = GdbServer.start(program, arguments());
                Session session =
                        Session.attach(new AttachOptions("127.0.0.1", server.port, program, Map.of()), events)) {
            session.start();
            events.awaitStop();
            assertThatThrownBy(() -> Console.answer("`files", 0, session)).hasMessageContaining("known of cores only");
            session.resume(0);
            events.awaitStop();
            session.saveCore(core);
        }
        showsFilesAndCalls(core);
        new CoreReaders(folder, program, List.of(core)).openWithoutAWarning();
    }

    /** The kernel writes no list of descriptors; the calls are in the registers. */
    @Test
    void linuxCoresHaveTheCalls() throws Exception {
        Path core = folder.resolve("linux.core");
        GdbView.crash(folder, program, core, arguments());
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            CrashReport report = session.report(4);
            assertThat(report.openFiles()).isNull();
            assertThatThrownBy(session::openFiles).hasMessageContaining("does not say which files were open");
            assertThat(report.analysis().calls().values())
                    .extracting(SystemCall::text)
                    .anyMatch(call -> call.startsWith("read(fd=3, buf=0x"))
                    .anyMatch(this::opens)
                    .anyMatch(OpenFilesTest::locks)
                    .hasSize(3);
        }
    }

    private void showsFilesAndCalls(Path core) throws Exception {
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            CrashReport report = session.report(4);
            List<OpenFile> files = requireNonNull(report.openFiles());
            assertThat(files).isEqualTo(session.openFiles());
            List<OpenFile> own =
                    files.stream().filter(file -> file.number() > 2).toList();
            assertThat(own)
                    .extracting(file -> file.number() + " " + file.text().replaceAll("\\[\\d+\\]", "[N]"))
                    .containsExactly(
                            "3 pipe:[N]  O_RDONLY|O_CLOEXEC",
                            "4 pipe:[N]  O_WRONLY|O_CLOEXEC",
                            "5 " + text + "  O_RDONLY, at 100",
                            "6 " + log + "  O_WRONLY|O_APPEND",
                            "7 anon_inode:[eventpoll]  O_RDWR",
                            "8 anon_inode:[eventfd]  O_RDWR|O_NONBLOCK",
                            "9 socket:[N]  O_RDWR",
                            "10 socket:[N]  O_RDWR");
            assertThat(own.get(0).name()).isEqualTo(own.get(1).name());
            assertThat(report.analysis().calls().values())
                    .extracting(SystemCall::text)
                    .anyMatch(call -> call.matches("read\\(fd=3 pipe:\\[\\d+\\], buf=0x[0-9a-f]+, count=1\\)"))
                    .anyMatch(this::opens)
                    .anyMatch(OpenFilesTest::locks)
                    .hasSize(3);
            assertThat(Console.answer("`files", 0, session).orElse("")).contains("5  " + text + "  O_RDONLY, at 100");
        }
        assertThat(Files.size(core)).isPositive();
    }

    private boolean opens(String call) {
        return call.matches("openat\\(dirfd=\\S+ AT_FDCWD, path=0x[0-9a-f]+ \"" + fifo + "\", flags=0, mode=0\\)");
    }

    private static boolean locks(String call) {
        return call.matches("futex\\(uaddr=0x[0-9a-f]+, op=128 FUTEX_WAIT\\|FUTEX_PRIVATE_FLAG, val=2, .*");
    }
}
