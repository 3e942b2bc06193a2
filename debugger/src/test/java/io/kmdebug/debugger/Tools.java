package io.kmdebug.debugger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Compilers and oracles of the host. */
public final class Tools {
    private Tools() {}

    /** Compiles a test program of this package's resources. */
    public static Path compile(Path folder, String name, String... options) throws Exception {
        Path source = folder.resolve(name);
        try (InputStream in = Tools.class.getResourceAsStream(name)) {
            assertThat(in).as("resource " + name).isNotNull();
            Files.write(source, in.readAllBytes());
        }
        Path program = folder.resolve(name.replace(".c", ""));
        java.util.ArrayList<String> command = new java.util.ArrayList<>(List.of("gcc", "-g", "-o", program.toString()));
        command.addAll(List.of(options));
        command.add(source.toString());
        run(folder, command);
        return program;
    }

    /** Standard output of a tool that must succeed; it has a minute. */
    public static String run(Path folder, List<String> command) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new AssertionError("this test needs " + command.get(0) + ": " + e.getMessage(), e);
        }
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " did not end within a minute");
        }
        String text = Files.readString(out, java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(command + "\n" + text).isZero();
        return text;
    }
}
