package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manual pages and docs/km.md know every option, in the words of {@code --help}. */
class ManualTest {
    private static final Path PAGES = Path.of("../distribution/src/main/share/man/man1");

    @TempDir
    private Path folder;

    /** The page's text without its markup, in one line. */
    private static String page(String name) throws IOException {
        return Files.readString(PAGES.resolve(name))
                .replaceAll("(?m)^\\.\\\\\".*$", "")
                .replaceAll("\\\\f[BIR]", "")
                .replace("\\-", "-")
                .replace("\\(aq", "'")
                .replaceAll("\\s+", " ");
    }

    private static String reference() throws IOException {
        return Files.readString(Path.of("../docs/km.md"));
    }

    @ParameterizedTest
    @EnumSource(Option.class)
    void everyOptionIsExplained(Option option) throws Exception {
        String meaning = option.meaning.replaceAll("\\s+", " ");
        assertThat(page("km.1")).contains(meaning.endsWith(".") ? meaning : meaning + ".");
        for (String name : new String[] {option.name, option.otherName}) {
            if (name == null) continue;
            assertThat(page("km.1")).containsPattern("--" + name + "[ =,\\[]");
            assertThat(reference()).containsPattern("`[^`|]*--" + name + "[`=\\[]");
        }
        if (option.letter == 0) return;
        assertThat(page("km.1")).containsPattern("\\.TP -" + option.letter + "[ ,\\[]");
        assertThat(reference()).containsPattern("\\| `-" + option.letter + "[ `\\[]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-s ",
                "-p ",
                "-c ",
                "-d ",
                "-t ",
                "-r ",
                "-l ",
                "core ",
                "ps ",
                "--json ",
                "--help ",
                "--version "
            })
    void everyOptionOfKmCliIsExplained(String option) throws Exception {
        assertThat(page("km_cli.1")).containsPattern("\\.TP (\\.B )?" + option);
    }

    @ParameterizedTest
    @ValueSource(strings = {"KM_VERBOSE", "KM_LOGTO", "KM_MGTPIPE", "KM_MGTDIR", "KM_KILL_UNIMPL_SCALL"})
    void everyVariableIsExplained(String variable) throws Exception {
        assertThat(Help.text()).contains("\n  " + variable);
        assertThat(page("km.1")).contains(".TP " + variable.transform(v -> v.endsWith("SCALL") ? ".B " + v : v));
        assertThat(reference()).contains("| `" + variable);
    }

    @Test
    void theSubjectsOfTracesAreTheSameEverywhere() throws Exception {
        TestProgram program = TestProgram.compile(folder, "hello", "musl-gcc -static");
        String said = program.inMachineWith(List.of("-Vnothing")).messages();
        var subjects =
                Pattern.compile("matches none of the subjects ([a-z ]+) \\(").matcher(said);
        assertThat(subjects.find()).as(said).isTrue();
        for (String text : List.of(page("km.1"), Help.text(), reference())) {
            assertThat(text.replaceAll("\\s+", " ")).contains(subjects.group(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"km.1", "km_cli.1"})
    void pagesAreFormattedWithoutAComplaint(String name) throws Exception {
        TestProgram.Result result = TestProgram.execute(
                folder,
                List.of(
                        "man",
                        "--warnings",
                        "-l",
                        "-Tutf8",
                        PAGES.resolve(name).toRealPath().toString()));
        assertThat(result.messages()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.output()).contains("kmdebug 0.1.0");
    }
}
