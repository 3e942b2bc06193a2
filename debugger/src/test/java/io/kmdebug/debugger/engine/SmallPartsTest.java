package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.DownloadOptions;
import io.kmdebug.machine.SignalInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmallPartsTest {
    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "7, 7",
        "== 7, 7",
        "= 7, 7",
        ">= 7, 7 8 9",
        "> 7, 8 9",
        "< 3, 1 2",
        "<=3, 1 2 3",
        "% 3, 3 6 9",
    })
    void hitConditions(String text, String stops) {
        HitCondition condition = HitCondition.parse(text);
        String found = String.join(
                " ",
                LongStream.rangeClosed(1, 9)
                        .filter(condition::stopsAt)
                        .mapToObj(Long::toString)
                        .toList());
        assertThat(found).isEqualTo(stops);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "7 8", "% 0", ">>3", "-1"})
    void hitConditionsThatAreNone(String text) {
        assertThatThrownBy(() -> HitCondition.parse(text)).isInstanceOf(DebuggerException.class);
    }

    @Test
    void logMessages() {
        LogMessage message = LogMessage.parse("a={a} \\{b\\} {f({1})}} end");
        assertThat(message.fill(e -> "<" + e + ">")).isEqualTo("a=<a> {b} <f({1})>} end");
        assertThatThrownBy(() -> LogMessage.parse("open {a")).hasMessageContaining("open {a");
    }

    @Test
    void nestedBracesBelongToTheExpression() {
        assertThat(LogMessage.parse("{(struct p){1, 2}}").parts())
                .containsExactly(new LogMessage.Part("(struct p){1, 2}", true));
    }

    private SourcePaths paths(Map<String, String> prefixes, Path program) {
        SymbolFiles files = new SymbolFiles(DownloadOptions.OFF, new Events());
        return new SourcePaths(prefixes, program, files, new SourceChecks(text -> {}, Runnable::run));
    }

    @Test
    void ofSeveralPrefixesTheLongestCountsInBothDirections() throws Exception {
        Path file = Files.createDirectories(folder.resolve("lib/deep")).resolve("a.c");
        Files.writeString(file, "one");
        SourcePaths paths = paths(
                Map.of("/build", folder + "/elsewhere", "/build/lib", folder + "/lib", "/other", folder.toString()),
                folder.resolve("program"));
        assertThat(paths.toLocal("/build/lib/deep/a.c")).isEqualTo(file.toString());
        assertThat(paths.toRecorded(file.toString())).startsWith("/build/lib/deep/a.c", "/other/lib/deep/a.c");
    }

    @Test
    void sourcesAreFoundWhereTheyAre() throws Exception {
        Path file = Files.createDirectories(folder.resolve("here/src/sub")).resolve("a.c");
        Files.writeString(file, "one\ntwo\nthree\nfour");
        Path program = folder.resolve("here/bin/program");
        SourcePaths mapped = paths(Map.of("/build/x", folder + "/here/src"), program);
        assertThat(mapped.toLocal("/build/x/sub/a.c")).isEqualTo(file.toString());
        assertThat(mapped.toRecorded(file.toString())).startsWith("/build/x/sub/a.c");
        SourcePaths plain = paths(Map.of(), program);
        assertThat(plain.toLocal(file.toString())).isEqualTo(file.toString());
        assertThat(plain.toLocal("/elsewhere/src/sub/a.c")).isEqualTo(file.toString());
        assertThat(plain.toLocal("/elsewhere/b.c")).isEqualTo("/elsewhere/b.c");
        assertThat(plain.around(file.toString(), 2, 1, 1)).isEqualTo(Map.of(1, "one", 2, "two", 3, "three"));
        assertThat(plain.around("/elsewhere/b.c", 2, 1, 1)).isEmpty();
        assertThatThrownBy(() -> plain.text("/elsewhere/b.c")).hasMessageContaining("/elsewhere/b.c");
    }

    @Test
    void signalsInWords() {
        assertThat(SignalTexts.describe(11, SignalInfo.fault(11, SignalInfo.SEGV_MAPERR, 0x10))
                        .description())
                .isEqualTo("Segmentation fault: null pointer dereference, address 0x10 is not mapped");
        assertThat(SignalTexts.describe(11, SignalInfo.fault(11, SignalInfo.SEGV_MAPERR, 0x123456))
                        .description())
                .isEqualTo("Segmentation fault: address 0x123456 is not mapped");
        assertThat(SignalTexts.describe(11, SignalInfo.fault(11, SignalInfo.SEGV_ACCERR, -1L))
                        .description())
                .isEqualTo("Segmentation fault: address 0xffffffffffffffff does not allow this access");
        assertThat(SignalTexts.describe(8, SignalInfo.fault(8, SignalInfo.FPE_INTDIV, 0x400000))
                        .description())
                .isEqualTo("Arithmetic exception: integer division by zero");
        assertThat(SignalTexts.describe(6, SignalInfo.sent(6, SignalInfo.SI_TKILL, 3, 0)))
                .satisfies(s -> assertThat(s.description()).isEqualTo("Aborted"))
                .satisfies(s -> assertThat(s.faultAddress()).isNull());
        assertThat(SignalTexts.describe(15, SignalInfo.sent(15, SignalInfo.SI_USER, 77, 0))
                        .description())
                .isEqualTo("Terminated: sent by process 77");
        assertThat(SignalTexts.describe(11, null).description()).isEqualTo("Segmentation fault");
    }
}
