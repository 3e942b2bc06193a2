package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.DownloadOptions;
import io.kmdebug.debugger.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cores of programs whose files are elsewhere now. */
@Timeout(120)
class SysrootTest {
    private static final String LIBRARY = "int urgency(const int *of) { return OF; }\n";

    @TempDir
    Path folder = Path.of("");

    private Path root = Path.of("");

    private Path library(Path file, String body) throws Exception {
        Path source = Files.writeString(file.resolveSibling("parts.c"), LIBRARY.replace("OF", body));
        String said = Tools.run(
                folder, "gcc", "-g", "-shared", "-fPIC", "-Wl,--build-id", "-o", file.toString(), source.toString());
        assertThat(file).as(said).exists();
        return file;
    }

    /** A core of a program and a library that are under another root now. */
    private Path movedCore() throws Exception {
        Path library = library(folder.resolve("libparts.so"), "*of");
        Path source = Files.writeString(
                folder.resolve("uses.c"), "int urgency(const int *); int main(void) { return urgency(0); }\n");
        Path program = folder.resolve("uses");
        Tools.run(
                folder, "gcc", "-g", "-o", program.toString(), source.toString(), library.toString(), "-Wl,--build-id");
        Path core = folder.resolve("core");
        GdbView.crash(folder, program, core);
        root = folder.resolve("root");
        for (Path file : List.of(program, library)) {
            Path moved = root.resolve(Path.of("/").relativize(file));
            Files.createDirectories(moved.getParent());
            Files.move(file, moved);
        }
        return core;
    }

    private static Session open(Path core, @Nullable Path sysroot) {
        return Session.openCore(new CoreOptions(core, null, Map.of(), DownloadOptions.OFF, sysroot), new Events());
    }

    @Test
    void programAndLibrariesAreFoundUnderTheSysroot() throws Exception {
        Path core = movedCore();
        try (Session session = open(core, null)) {
            assertThat(session.report(5).notices())
                    .anyMatch(n -> n.contains("uses does not exist"))
                    .anyMatch(n -> n.contains("libparts.so is in memory but not on this machine"));
        }
        try (Session session = open(core, root)) {
            CrashReport report = session.report(5);
            assertThat(report.notices()).isEmpty();
            assertThat(report.threads().get(0).frames())
                    .extracting(f -> f.frame().function())
                    .startsWith("urgency", "main");
            assertThat(report.analysis().summary())
                    .isEqualTo("null pointer dereference: reads *of, and of is 0x0, in urgency (parts.c:1)");
        }
        assertThatThrownBy(() -> open(core, core))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("no folder");
    }

    /** Its code is not taken for the core's, which left it out. */
    @Test
    void anotherBuildUnderTheSysrootIsNoticedAndNotRead() throws Exception {
        Path core = movedCore();
        Path other = library(root.resolve(Path.of("/").relativize(folder.resolve("libparts.so"))), "of[1] + 5");
        try (Session session = open(core, root)) {
            CrashReport report = session.report(5);
            assertThat(report.notices())
                    .anyMatch(n -> n.startsWith(other + " is not the file that the core is of: its build id"));
            assertThat(report.analysis().cause()).isEqualTo(CrashAnalysis.Cause.NULL_POINTER);
        }
    }
}
