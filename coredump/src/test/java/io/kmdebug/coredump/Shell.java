package io.kmdebug.coredump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the tools that the tests compare with. A missing tool fails the test and is named. */
final class Shell {
    private static final long TIMEOUT_SECONDS = 60;

    /** Exit status and everything the program wrote. */
    record Result(int status, String output) {}

    private Shell() {}

    static Result run(Path folder, String... command) {
        try {
            Path output = Files.createTempFile(folder, "output", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return fail("%s did not end within %d seconds", String.join(" ", command), TIMEOUT_SECONDS);
            }
            String text = Files.readString(output, StandardCharsets.ISO_8859_1);
            Files.delete(output);
            return new Result(process.exitValue(), text);
        } catch (IOException e) {
            throw new UncheckedIOException("this test needs " + command[0], e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fail("interrupted");
        }
    }

    /** Compiles {@code source} with {@code compiler}, such as "gcc" or "musl-gcc", into {@code folder/name}. */
    static Path compile(Path folder, String name, String source, String compiler, String... options) {
        Path file = write(folder.resolve(name + ".c"), source);
        List<String> command = new ArrayList<>(List.of(compiler, "-o", name, file.toString()));
        command.addAll(List.of(options));
        Result result = run(folder, command.toArray(String[]::new));
        assertThat(result.status()).as(result.output()).isZero();
        return folder.resolve(name);
    }

    /** The core that the kernel writes when {@code program} crashes; gdb's where cores go elsewhere. */
    static Path crash(Path folder, Path program, String... arguments) throws IOException {
        String pattern =
                Files.readString(Path.of("/proc/sys/kernel/core_pattern")).strip();
        Path core = folder.resolve(program.getFileName() + ".core");
        if (pattern.equals("core")) {
            List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -c unlimited; exec \"$0\" \"$@\""));
            command.add(program.toString());
            command.addAll(List.of(arguments));
            run(folder, command.toArray(String[]::new));
            try (var files = Files.list(folder)) {
                Path written = files.filter(f -> f.getFileName().toString().matches("core(\\.\\d+)?"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("the kernel wrote no core into " + folder));
                Files.move(written, core);
            }
        } else {
            List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch", "-ex", "run"));
            command.addAll(List.of("-ex", "generate-core-file " + core, "--args", program.toString()));
            command.addAll(List.of(arguments));
            run(folder, command.toArray(String[]::new));
        }
        assertThat(core).exists();
        return core;
    }

    /** gdb's answer to {@code commands} about a core. */
    static String gdb(Path folder, Path program, Path core, String... commands) {
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch"));
        command.addAll(List.of("-iex", "set debuginfod enabled off", "-iex", "set width 0"));
        for (String each : commands) command.addAll(List.of("-ex", each));
        command.addAll(List.of(program.toString(), core.toString()));
        return run(folder, command.toArray(String[]::new)).output();
    }

    static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
