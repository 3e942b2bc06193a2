package io.kmdebug.symbols;

import io.kmdebug.machine.ElfFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Compiles sample programs and runs the tools that the reader is compared with. A missing tool fails the test. */
final class Programs {
    private static final int TIMEOUT_SECONDS = 300;

    private final Path directory;

    Programs(Path directory) {
        this.directory = directory;
    }

    /** A source file of the test resources, in the directory of this object. */
    Path source(String resource) {
        try (var in = Programs.class.getResourceAsStream(resource)) {
            if (in == null) throw new AssertionError("no test resource " + resource);
            Path file = directory.resolve(resource.substring(resource.lastIndexOf('/') + 1));
            Files.write(file, in.readAllBytes());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles test resources with {@code command}, such as {@code gcc -g -O2}. */
    Path compile(String command, String... resources) {
        List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
        for (String resource : resources)
            words.add(source(resource).getFileName().toString());
        Path program =
                directory.resolve((command + "-" + String.join("-", resources)).replaceAll("[^A-Za-z0-9.]+", "_"));
        if (Files.exists(program)) return program;
        words.add("-o");
        words.add(program.getFileName().toString());
        run(words.toArray(String[]::new));
        return program;
    }

    static DwarfSymbols symbols(Path program) {
        return new DwarfSymbols(open(program));
    }

    static ElfFile open(Path program) {
        try {
            return ElfFile.open(program);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code command} prints, standard error after standard output is dropped unless it fails. */
    String run(String... command) {
        try {
            return Files.readString(output(command), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same in a file. */
    Path output(String... command) {
        try {
            Path errors = Files.createTempFile(directory, "stderr", ".txt");
            Path output = Files.createTempFile(directory, "stdout", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " did not end in time");
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed: " + Files.readString(errors));
            }
            return output;
        } catch (IOException e) {
            throw new AssertionError("this test needs " + command[0] + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** What gdb's Python prints for {@code script}, run with {@code program} loaded. */
    List<String> gdb(Path program, String script) {
        Path file = write("oracle.py", script);
        return run("gdb", "-nx", "-batch", "-x", file.toString(), program.toString())
                .lines()
                .toList();
    }
}
