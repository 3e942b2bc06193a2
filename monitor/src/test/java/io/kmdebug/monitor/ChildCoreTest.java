package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is no payload's first one leaves a core where that one would, with its id behind the name. */
class ChildCoreTest {
    private static final int LIMIT_SECONDS = 60;
    private static final String CRASH = "sh -c 'kill -SEGV $$'; echo $?";

    @TempDir
    private Path folder;

    @Test
    @Timeout(LIMIT_SECONDS)
    void goesToTheFolderThatKmWasStartedIn() throws Exception {
        Matcher said = Pattern.compile("core written to (" + folder.resolve("kmcore") + "\\.\\d+)\n")
                .matcher(run("cd /; (" + CRASH + "); echo end"));
        assertThat(said.find()).isTrue();
        assertThat(Path.of(said.group(1))).isNotEmptyFile();
        assertThat(folder.resolve("kmcore")).doesNotExist();
    }

    @Test
    @Timeout(LIMIT_SECONDS)
    void isNotWrittenAgainstTheLimitOfAnAncestor() throws Exception {
        assertThat(run("ulimit -c 0; (" + CRASH + "); echo end"))
                .contains("no core")
                .contains("139");
        assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("kmcore"));
    }

    private String run(String script) throws Exception {
        List<String> command = new ArrayList<>(TestProgram.km());
        command.addAll(List.of("/bin/sh", "-c", script));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }
}
