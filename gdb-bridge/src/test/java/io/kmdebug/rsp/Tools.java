package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Other people's programs: compiler, gdb, gdbserver. Absent ones fail the test. */
final class Tools {
    private Tools() {}

    static Path compile(Path directory, String name, String source, String... options) throws Exception {
        Path file = Files.writeString(directory.resolve(name + ".c"), source);
        Path program = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of("gcc", "-g", "-O0", "-o", program.toString(), file.toString()));
        command.addAll(List.of(options));
        String output = run(60, command);
        assertThat(program).as(output).exists();
        return program;
    }

    /** gdb without anybody's settings; returns what it printed. */
    static String gdb(List<String> arguments, String... commands) throws Exception {
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off"));
        for (String one : commands) command.addAll(List.of("-ex", one));
        command.addAll(arguments);
        return run(60, command);
    }

    static String run(int seconds, List<String> command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError("this test needs \"" + command.get(0) + "\": " + e.getMessage(), e);
        }
        try {
            process.getOutputStream().close();
            CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + seconds + " s: " + command + "\n" + output.get());
            }
            return output.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }
}
