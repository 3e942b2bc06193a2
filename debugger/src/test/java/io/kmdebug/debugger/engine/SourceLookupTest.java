package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.DownloadOptions;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.ModuleInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.download.FileServer;
import io.kmdebug.machine.ElfFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where a session finds sources, debug information and programs, and what it says of those that do not fit. */
@Timeout(60)
class SourceLookupTest {
    @TempDir
    Path folder;

    private final Events events = new Events();
    private Path build;

    @BeforeEach
    void makeBuildFolder() throws Exception {
        build = Files.createDirectories(folder.resolve("build/src"));
        Files.writeString(build.resolve("crash.c"), """
                struct state { int count; };
                static int crash(struct state *s, int n) {
                    return s->count + n;  // here
                }
                int main(void) {
                    return crash(0, 5);
                }
                """);
    }

    private Path compile(String compiler, String... options) throws Exception {
        Path program = folder.resolve("bin/program");
        Files.createDirectories(program.getParent());
        String[] command = new String[options.length + 4];
        command[0] = compiler;
        System.arraycopy(options, 0, command, 1, options.length);
        command[options.length + 1] = "crash.c";
        command[options.length + 2] = "-o";
        command[options.length + 3] = program.toString();
        String said = Tools.run(build, command);
        assertThat(program).as(said).exists();
        return program;
    }

    private Path core(Path program) throws Exception {
        Path core = folder.resolve("core");
        GdbView.crash(folder, program, core);
        return core;
    }

    private CrashReport.FrameReport top(Session session) {
        return session.report(8).threads().get(0).frames().get(0);
    }

    @Test
    void aSourceThatWasChangedSinceIsShownWithOneWarning() throws Exception {
        Path core = core(compile("clang", "-g", "-gdwarf-5"));
        Path source = build.resolve("crash.c");
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), events)) {
            assertThat(session.report(8).notices()).noneMatch(n -> n.contains("crash.c"));
        }
        Files.writeString(source, "// a line more\n" + Files.readString(source));
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), events)) {
            assertThat(session.report(8).notices()).anyMatch(n -> n.contains("crash.c"));
            assertThat(top(session).frame().location().path()).isEqualTo(source.toString());
            assertThat(top(session).frame().location().md5()).matches("[0-9a-f]{32}");
            assertThat(session.report(8).notices())
                    .filteredOn(n -> n.contains("crash.c"))
                    .containsExactly(
                            source
                                    + " is not the text that was compiled: its MD5 differs. What is shown at its lines may be wrong.");
        }
    }

    @Test
    void aFileOfTheSameNameBesideTheProgramIsNotTakenWhenItsChecksumDiffers() throws Exception {
        Path program = compile("clang", "-g", "-gdwarf-5");
        Path core = core(program);
        Path moved = program.resolveSibling("crash.c");
        Files.move(build.resolve("crash.c"), moved);
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), events)) {
            assertThat(top(session).frame().location().path()).isEqualTo(moved.toString());
        }
        Files.writeString(moved, "int other;\n");
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), events)) {
            assertThat(top(session).frame().location().path())
                    .isEqualTo(build.resolve("crash.c").toString());
        }
    }

    @Test
    void aSourceThatTheCompilerEmbeddedIsShownWithoutTheFile() throws Exception {
        Path core = core(compile("clang", "-g", "-gdwarf-5", "-gembed-source"));
        Path source = build.resolve("crash.c");
        String text = Files.readString(source);
        Files.delete(source);
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), events)) {
            assertThat(top(session).sourceLines()).containsEntry(3, "    return s->count + n;  // here");
            assertThat(session.source(source.toString())).isEqualTo(text);
        }
    }

    @Test
    void breakpointsAndFramesSpeakOfTheFileOnThisMachine() throws Exception {
        Path core = core(compile("gcc", "-g", "-ffile-prefix-map=" + build + "=/builder/work"));
        Map<String, String> map = Map.of("/builder/work", build.toString());
        try (Session session = Session.openCore(new CoreOptions(core, null, map), events)) {
            String source = build.resolve("crash.c").toString();
            assertThat(top(session).frame().location().path()).isEqualTo(source);
            BreakpointStatus status = session.setSourceBreakpoints(source, List.of(BreakpointRequest.line(3)))
                    .get(0);
            assertThat(status.verified()).isTrue();
            assertThat(status.location().path()).isEqualTo(source);
        }
    }

    @Test
    void aRelativeNameWithoutADirectoryIsFoundBesideTheProgram() throws Exception {
        Path core = core(compile("gcc", "-g", "-fdebug-prefix-map=" + build + "=", "-O0"));
        Files.move(build.resolve("crash.c"), folder.resolve("bin/crash.c"));
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), events)) {
            assertThat(top(session).frame().location().path())
                    .isEqualTo(folder.resolve("bin/crash.c").toString());
        }
    }

    @Test
    void debugInformationProgramAndSourceComeFromAServerWhenThatIsAskedFor() throws Exception {
        Path program = compile("gcc", "-g", "-Wl,--build-id");
        Path whole = Files.copy(program, folder.resolve("whole"));
        Path stripped = folder.resolve("stripped");
        Path debug = folder.resolve("debug");
        Tools.run(folder, "objcopy", "--only-keep-debug", whole.toString(), debug.toString());
        Tools.run(folder, "objcopy", "--strip-all", whole.toString(), stripped.toString());
        Files.copy(stripped, program, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Path core = core(program);
        Files.delete(program);
        Path source = build.resolve("crash.c");
        String id = ElfFile.open(whole).buildId().orElseThrow();
        try (FileServer server = new FileServer()) {
            server.serve("/buildid/" + id + "/executable", stripped);
            server.serve("/buildid/" + id + "/debuginfo", debug);
            server.serve("/buildid/" + id + "/source" + source, source);
            Files.delete(source);
            try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), events)) {
                assertThat(top(session).frame().location()).isNull();
                assertThat(server.requests).isEmpty();
            }
            DownloadOptions downloads = new DownloadOptions(
                    true, List.of(server.url()), folder.resolve("cache"), Duration.ofSeconds(10), 10_000_000);
            CoreOptions options = new CoreOptions(core, null, Map.of(), downloads);
            try (Session session = Session.openCore(options, events)) {
                FrameInfo frame = top(session).frame();
                assertThat(frame.function()).isEqualTo("crash");
                assertThat(frame.location().path()).isEqualTo(source.toString());
                assertThat(frame.arguments())
                        .extracting(a -> a.name() + "=" + a.value())
                        .contains("n=5");
                assertThat(top(session).sourceLines()).containsEntry(3, "    return s->count + n;  // here");
                assertThat(session.source(source.toString())).contains("// here");
                assertThat(session.modules())
                        .filteredOn(m -> id.equals(m.buildId()))
                        .extracting(ModuleInfo::symbolStatus)
                        .singleElement()
                        .asString()
                        .contains("DWARF 5, 1 unit in "
                                + folder.resolve("cache").resolve(id).resolve("debuginfo"));
            }
            assertThat(server.requests).filteredOn(r -> r.contains(id)).hasSize(3);
        }
        DownloadOptions none = new DownloadOptions(true, List.of(), folder.resolve("x"), Duration.ofSeconds(1), 1);
        try (Session session = Session.openCore(new CoreOptions(core, whole, Map.of(), none), events)) {
            assertThat(session.report(1).notices()).contains("debuginfod is on, but DEBUGINFOD_URLS names no server.");
            assertThatThrownBy(() -> session.source(source.toString()))
                    .isInstanceOf(DebuggerException.class)
                    .hasMessageContaining("no server has it");
        }
    }
}
