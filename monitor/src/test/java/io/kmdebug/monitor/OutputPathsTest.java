package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.TestProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever names a place where nothing can be written hears of it at the start, and the payload runs all the same. */
class OutputPathsTest {
    @TempDir
    private Path folder;

    private TestProgram program;

    @BeforeEach
    void compile() throws Exception {
        program = TestProgram.compile(folder, "hello", "musl-gcc -static");
    }

    private Result run(String... options) throws IOException, InterruptedException {
        Result result = program.inMachineWith(List.of(options), "x");
        assertThat(result.output()).isEqualTo(program.natively("x").output());
        assertThat(result.status()).isEqualTo(program.natively("x").status());
        return result;
    }

    @Test
    void allThatIsWrongIsToldAtTheStart() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        Path missing = folder.resolve("missing");
        Result result = run("--coredump=" + missing.resolve("core"), "--snapshot=" + folder);
        assertThat(result.messages().lines())
                .containsExactly(
                        "km: --coredump " + missing.resolve("core")
                                + ": no core can be written there: there is no folder " + missing
                                + "; make it, or name another file",
                        "km: --snapshot " + folder
                                + ": no snapshot can be written there: it is a folder; name a file in it");
        result = run("-C", file.resolve("core").toString(), "--snapshot=/dev/null");
        assertThat(result.messages().lines())
                .containsExactly(
                        "km: --coredump " + file.resolve("core") + ": no core can be written there: " + file
                                + " is no folder; name another file",
                        "km: --snapshot /dev/null: no snapshot can be written there: it is no regular file; name"
                                + " another one");
        // nobody may write there, root included
        result = run("-C/proc/self/core");
        assertThat(result.messages().lines())
                .singleElement()
                .asString()
                .startsWith(
                        "km: --coredump /proc/self/core: no core can be written there: the folder /proc/self may not");
    }

    @Test
    void goodPlacesAreNotMentioned() throws Exception {
        Path old = Files.createFile(folder.resolve("old"));
        assertThat(run("-C", old.toString(), "--snapshot=snap", "--km-log-to=stderr")
                        .messages())
                .isEmpty();
    }

    @Test
    void theVariableOfTheManagementFolderIsLookedAtAsWell() throws Exception {
        List<String> words = new ArrayList<>(List.of("env", "KM_MGTDIR=" + folder.resolve("missing")));
        words.addAll(TestProgram.km());
        words.add(program.binary().toString());
        Result result = TestProgram.execute(folder, words);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.messages())
                .startsWith("km: KM_MGTDIR ")
                .contains("there is no folder " + folder.resolve("missing") + "; make it");
    }
}
