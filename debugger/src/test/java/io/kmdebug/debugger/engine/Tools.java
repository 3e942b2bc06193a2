package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of this machine that tests use: compilers, gdb. A missing one fails the test that needs it. */
final class Tools {
    private Tools() {}

    /** Runs a command to its end; returns its output with errors. */
    static String run(Path folder, String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        // a large C++ program on a busy machine takes its time
        assertThat(process.waitFor(240, TimeUnit.SECONDS))
                .as("%s ends", command[0])
                .isTrue();
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    /** Compiles a program of the test resources; the source is copied into the folder so that paths are its own. */
    static Path compile(Path folder, String source, String compiler, String... flags)
            throws IOException, InterruptedException {
        Path copy = folder.resolve(source);
        if (!Files.exists(copy)) {
            try (InputStream in = Tools.class.getResourceAsStream("/programs/" + source)) {
                assertThat(in).as("test program %s", source).isNotNull();
                Files.copy(in, copy);
            }
        }
        Path program = folder.resolve(source.replaceAll("\\.c$", "") + "-" + compiler
                + String.join("", flags).replaceAll("/.*/", ""));
        List<String> command = new ArrayList<>(List.of(compiler));
        List<String> libraries = new ArrayList<>(List.of("-lpthread", "-lm"));
        for (String flag : flags) (flag.startsWith("/") ? libraries : command).add(flag);
        command.addAll(List.of("-o", program.toString(), copy.toString()));
        command.addAll(libraries);
        String said = run(folder, command.toArray(String[]::new));
        assertThat(program).as("compiled: %s", said).exists();
        return program;
    }

    /** Waits until a program has made a file. */
    static void awaitFile(Path file) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(file)) {
            assertThat(System.nanoTime()).as("%s is there in time", file).isLessThan(limit);
            Thread.sleep(5);
        }
    }

    /** The line of a program in which a marker comment stands. */
    static int line(Path source, String marker) throws IOException {
        List<String> lines = Files.readAllLines(source);
        for (int i = 0; i < lines.size(); i++) if (lines.get(i).contains("// " + marker)) return i + 1;
        throw new AssertionError(source + " has no marker " + marker);
    }
}
