package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A C program from the test resources, compiled into a folder, and ways to run it: natively and in the machine. */
final class TestProgram {
    private static final int LIMIT_SECONDS = 300;

    private final Path folder;
    private final Path binary;

    private TestProgram(Path folder, Path binary) {
        this.folder = folder;
        this.binary = binary;
    }

    /**
     * What a run left.
     *
     * @param status exit status, or 128 + n when a signal n ended it
     */
    record Result(int status, String output, String messages) {}

    /** @param compiler with its options, such as "gcc -static" */
    static TestProgram compile(Path folder, String name, String compiler) throws IOException, InterruptedException {
        Path source = folder.resolve(name + ".c");
        try (InputStream in = TestProgram.class.getResourceAsStream("/programs/" + name + ".c")) {
            assertThat(in).as("program " + name).isNotNull();
            if (!Files.exists(source)) Files.copy(in, source);
        }
        Path binary = folder.resolve(name + "-" + compiler.replaceAll("[^a-z]+", "-"));
        List<String> command = new ArrayList<>(List.of(compiler.split(" ")));
        command.addAll(List.of("-g", "-O1", "-w", "-pthread", "-o", binary.toString(), source.toString(), "-lm"));
        Result result = execute(folder, command, Map.of());
        assertThat(result.status()).as(compiler + ": " + result.messages()).isZero();
        return new TestProgram(folder, binary);
    }

    Path binary() {
        return binary;
    }

    Result natively(String... arguments) throws IOException, InterruptedException {
        return execute(folder, command(List.of(), arguments), Map.of());
    }

    Result inMachine(String... arguments) throws IOException, InterruptedException {
        return execute(folder, command(km(), arguments), Map.of());
    }

    /** With options of km before the program. */
    Result inMachineWith(List<String> options, String... arguments) throws IOException, InterruptedException {
        List<String> prefix = new ArrayList<>(km());
        prefix.addAll(options);
        return execute(folder, command(prefix, arguments), Map.of("KM_TEST", "inherited"));
    }

    private List<String> command(List<String> prefix, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(binary.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs any command in a folder. */
    static Result execute(Path folder, List<String> command) throws IOException, InterruptedException {
        return execute(folder, command, Map.of());
    }

    /** Runs km itself with some words behind it. */
    static Result km(Path folder, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(km());
        command.addAll(List.of(words));
        return execute(folder, command, Map.of());
    }

    static List<String> km() {
        return KmCommand.words();
    }

    private static Result execute(Path folder, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        // no device of the machine's: a payload may change the owner of what it is given
        Path input = Files.createTempFile(folder, "input", ".txt");
        Path output = Files.createTempFile(folder, "output", ".txt");
        Path messages = Files.createTempFile(folder, "messages", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(messages.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("%s ends within %d s", command, LIMIT_SECONDS)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output), Files.readString(messages));
    }
}
