package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The shipped distribution, and programs run through it or beside it. */
final class Shipped {
    private static final long LIMIT_SECONDS = 300;

    private Shipped() {}

    static Path distribution() {
        Path folder = Path.of(System.getProperty("kmdebug.distribution"))
                .toAbsolutePath()
                .normalize();
        assertThat(folder.resolve("bin/kmdebug"))
                .as("the distribution, made by the package phase of module distribution")
                .isExecutable();
        return folder;
    }

    static String km() {
        return distribution().resolve("bin/km").toString();
    }

    static String kmdebug() {
        return distribution().resolve("bin/kmdebug").toString();
    }

    /** What carries a payload: {@code --platform}. */
    enum Platform {
        KVM,
        PTRACE;

        /** Those to test: {@code kmdebug.platforms}, separated by commas. */
        static List<Platform> tested() {
            return Stream.of(System.getProperty("kmdebug.platforms", "kvm,ptrace")
                            .split(",", -1))
                    .map(name -> valueOf(name.toUpperCase(Locale.ROOT)))
                    .toList();
        }

        String option() {
            return "--platform=" + title();
        }

        String title() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a finished process left. */
    record Result(int status, String output, String errors) {}

    static Result run(Path folder, List<String> command) throws IOException, InterruptedException {
        return run(folder, command, Map.of(), new byte[0]);
    }

    static Result run(Path folder, List<String> command, Map<String, String> environment, byte[] input)
            throws IOException, InterruptedException {
        Path stdin = Files.createTempFile(folder, "in", ".txt");
        Path stdout = Files.createTempFile(folder, "out", ".txt");
        Path stderr = Files.createTempFile(folder, "err", ".txt");
        Files.write(stdin, input);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(stdin.toFile())
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) process.destroyForcibly().waitFor();
        Result result = new Result(ended ? process.exitValue() : -1, text(stdout), text(stderr));
        assertThat(ended)
                .as("%s ended within %s s; output so far: %s", command, LIMIT_SECONDS, result)
                .isTrue();
        Files.delete(stdin);
        Files.delete(stdout);
        Files.delete(stderr);
        return result;
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** Compiles a payload of the test resources with debug information; answers the executable. */
    static Path compile(Path folder, String name, C kind, String... flags) throws IOException, InterruptedException {
        Path source = folder.resolve(name + ".c");
        try (var in = Shipped.class.getResourceAsStream("/payloads/" + name + ".c")) {
            assertThat(in).as("resource payloads/%s.c", name).isNotNull();
            Files.write(source, in.readAllBytes());
        }
        Path program = folder.resolve(name + "-" + kind.name().toLowerCase(Locale.ROOT));
        List<String> command = new ArrayList<>(kind.command);
        command.addAll(List.of("-g", "-pthread", "-o", program.toString(), source.toString()));
        command.addAll(List.of(flags));
        Result result = run(folder, command);
        assertThat(result.status()).as("%s: %s", command, result.errors()).isZero();
        return program;
    }

    /** How a payload is linked. */
    enum C {
        MUSL(List.of("musl-gcc", "-static")),
        GLIBC(List.of("gcc", "-static")),
        GLIBC_PIE(List.of("gcc", "-static-pie"));

        private final List<String> command;

        C(List<String> command) {
            this.command = command;
        }
    }

    /** The number of the line that holds {@code /* mark: text}. */
    static int line(Path folder, String name, String mark) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve(name + ".c"));
        for (int i = 0; i < lines.size(); i++) if (lines.get(i).contains("mark: " + mark)) return i + 1;
        throw new IllegalArgumentException("no mark " + mark + " in " + name + ".c");
    }

    /** Command lines of live processes that hold {@code text}, for finding what stayed behind. */
    static List<String> processesWith(String text) throws IOException {
        List<String> found = new ArrayList<>();
        File[] entries = new File("/proc").listFiles();
        if (entries == null) return found;
        for (File entry : entries) {
            if (!entry.getName().chars().allMatch(Character::isDigit)) continue;
            try {
                String line = Files.readString(entry.toPath().resolve("cmdline"), StandardCharsets.ISO_8859_1);
                if (line.contains(text)) found.add(entry.getName() + " " + line.replace('\0', ' '));
            } catch (IOException gone) {
                continue; // the process ended meanwhile
            }
        }
        return found;
    }
}
