package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody at a terminal stops, continues and interrupts jobs of a shell: one of the host's with and without km in it.
 */
class JobControlTest {
    private static final int LIMIT_SECONDS = 600;
    private static final Path SHELL = Path.of("/bin/bash");

    @TempDir
    private Path folder;

    @Test
    void shellInTheMachineDoesWhatItDoesOnTheHost() throws Exception {
        assertThat(SHELL).as("this test needs bash").isExecutable();
        List<String> machine = new ArrayList<>(TestProgram.km());
        machine.add(SHELL.toString());
        List<String> natively = typed(List.of(SHELL.toString()));
        assertThat(natively).hasSizeGreaterThan(8);
        assertThat(typed(machine)).containsExactlyElementsOf(natively);
    }

    private List<String> typed(List<String> shell) throws Exception {
        Path script = folder.resolve("jobs.py");
        try (InputStream in = JobControlTest.class.getResourceAsStream("/programs/jobs.py")) {
            assertThat(in).isNotNull();
            if (!Files.exists(script)) Files.copy(in, script);
        }
        List<String> command = new ArrayList<>(List.of("python3", script.toString()));
        command.addAll(shell);
        Path output = Files.createTempFile(folder, "typed", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as(Files.readString(output))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readAllLines(output);
    }
}
