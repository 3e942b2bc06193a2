package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program with symbols alone, and one with nothing at all: what is known is shown, and what is not is said. */
@Timeout(60)
class StrippedProgramTest {
    @TempDir
    Path folder;

    private Path program;
    private Path core;

    private void crash(String options) throws Exception {
        program = Tools.compile(folder, "inlined.c", "gcc", options.split(" ", -1));
        core = folder.resolve("core");
        GdbView.crash(folder, program, core);
    }

    private void strip(String how) throws Exception {
        Path stripped = folder.resolve("stripped");
        Tools.run(folder, "strip", how, program.toString(), "-o", stripped.toString());
        Files.move(stripped, program, StandardCopyOption.REPLACE_EXISTING);
    }

    private CrashReport report() throws Exception {
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), new Events())) {
            return session.report(64);
        }
    }

    private List<FrameInfo> frames(CrashReport report) {
        return report.threads().get(0).frames().stream()
                .map(CrashReport.FrameReport::frame)
                .filter(f -> !f.inlined())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-O2 -g -static", "-O0 -g -static"})
    void withoutSymbolsFramesAreNamedByWhereTheirFunctionBegins(String options) throws Exception {
        crash(options);
        TreeMap<Long, String> entries = new TreeMap<>();
        for (String line : Tools.run(folder, "nm", program.toString()).lines().toList()) {
            String[] words = line.trim().split(" ", -1);
            if (words.length == 3 && "tTwW".contains(words[1])) {
                entries.putIfAbsent(Long.parseUnsignedLong(words[0], 16), words[2]);
            }
        }
        List<FrameInfo> named = frames(report());
        strip("--strip-all");
        CrashReport report = report();
        List<FrameInfo> bare = frames(report);
        assertThat(bare)
                .extracting(FrameInfo::pc)
                .isEqualTo(named.stream().map(FrameInfo::pc).toList());
        for (int i = 0; i < bare.size(); i++) {
            FrameInfo frame = bare.get(i);
            assertThat(frame.location()).isNull();
            assertThat(frame.arguments()).isEmpty();
            long entry = entries.floorKey(frame.pc());
            String function = "?? 0x" + Long.toHexString(frame.pc()) + " in function 0x" + Long.toHexString(entry);
            boolean last = i == bare.size() - 1;
            assertThat(frame.function()).isEqualTo(last ? function + " (entry point)" : function);
        }
        assertThat(report.notices())
                .filteredOn(n -> n.contains(program.getFileName().toString()))
                .containsExactly(program.getFileName() + ": no debug information: the file is stripped. Its frames have"
                        + " the names of symbols where there are any, and no lines, arguments or variables.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-O2 -g -static", "-O0 -g -pie"})
    void withSymbolsAloneFramesHaveTheirNames(String options) throws Exception {
        crash(options);
        List<String> before = frames(report()).stream().map(FrameInfo::function).toList();
        strip("--strip-debug");
        CrashReport report = report();
        assertThat(frames(report)).extracting(FrameInfo::function).isEqualTo(before);
        assertThat(report.notices())
                .anyMatch(n -> n.contains("no debug information: the program was compiled without -g"));
    }
}
