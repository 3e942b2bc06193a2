package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One program of the conformance suite in one of its builds. The source may begin with lines of the form
 *
 * <pre>
 * // builds: musl-static, glibc-dynamic     which of the builds below; these two unless it says otherwise
 * // links: -lrt -lm                        what else the compiler is told
 * </pre>
 *
 * It is started in an empty folder of its own with the path of a file that is not there as its argument, with files of
 * its own on descriptors 0 (empty), 1 and 2, and with an environment that is always the same.
 *
 * @param name GROUP/NAME
 * @param build musl-static, glibc-static or glibc-dynamic
 */
record ConformanceProgram(String name, Path source, String build, List<String> links) {
    private static final int LIMIT_SECONDS = 300;
    private static final List<String> USUAL_BUILDS = List.of("musl-static", "glibc-dynamic");
    private static final int MOST_MESSAGES = 4000;

    /**
     * What a run printed.
     *
     * @param lines of standard output, and as the last one the exit status, or 128 + n after signal n
     * @param messages standard error
     * @param ended whether it ended by itself
     */
    record Run(List<String> lines, String messages, boolean ended) {}

    /** All programs, in order, whose GROUP/NAME matches the glob. */
    static List<ConformanceProgram> all(String glob) throws IOException, URISyntaxException {
        URL root = ConformanceProgram.class.getResource("/conformance");
        assertThat(root).as("test resources, folder conformance").isNotNull();
        PathMatcher wanted =
                FileSystems.getDefault().getPathMatcher("glob:" + (glob.contains("/") ? glob : "*/" + glob));
        Path folder = Path.of(root.toURI());
        List<ConformanceProgram> programs = new ArrayList<>();
        try (var walk = Files.walk(folder, 2)) {
            for (Path source :
                    walk.filter(file -> file.toString().endsWith(".c")).sorted().toList()) {
                String path = folder.relativize(source).toString();
                String name = path.substring(0, path.length() - ".c".length());
                if (!wanted.matches(Path.of(name))) continue;
                List<String> builds = directive(source, "builds", USUAL_BUILDS, ",");
                List<String> links = directive(source, "links", List.of(), " ");
                for (String build : builds) programs.add(new ConformanceProgram(name, source, build, links));
            }
        }
        return programs;
    }

    private static List<String> directive(Path source, String name, List<String> otherwise, String separator)
            throws IOException {
        String start = "// " + name + ":";
        for (String line : Files.readAllLines(source, StandardCharsets.UTF_8)) {
            if (!line.startsWith("// ")) break;
            if (!line.startsWith(start)) continue;
            List<String> words = new ArrayList<>();
            for (String word : line.substring(start.length()).trim().split(separator)) words.add(word.trim());
            return words;
        }
        return otherwise;
    }

    Path compile(Path folder) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                switch (build) {
                    case "musl-static" -> List.of("musl-gcc", "-static");
                    case "glibc-static" -> List.of("gcc", "-static");
                    case "glibc-dynamic" -> List.of("gcc");
                    default -> throw new IllegalArgumentException(source + ": no build is called " + build);
                });
        Path binary = folder.resolve("program");
        command.addAll(List.of(
                "-g",
                "-O1",
                "-w",
                "-pthread",
                "-I",
                source.getParent().getParent().toString()));
        command.addAll(List.of("-o", binary.toString(), source.toString(), "-lrt", "-lm"));
        command.addAll(links);
        Run messages = execute(folder, folder, command);
        assertThat(binary).as(command + ": " + messages).isExecutable();
        return binary;
    }

    /** @param prefix words before the program: those of km, or none for a native run */
    Run run(Path folder, List<String> prefix, Path binary) throws IOException, InterruptedException {
        Path work = Files.createDirectory(folder.resolve("run"));
        try {
            List<String> command = new ArrayList<>(prefix);
            command.add(binary.toString());
            command.add(work.resolve("x").toString());
            return execute(folder, work, command);
        } finally {
            delete(work);
        }
    }

    private static Run execute(Path folder, Path work, List<String> command) throws IOException, InterruptedException {
        Path input = Files.createTempFile(folder, "input", ".txt");
        Path output = Files.createTempFile(folder, "output", ".txt");
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin", "HOME", work.toString(), "LANG", "C"));
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        List<String> lines = new ArrayList<>(
                Files.readString(output, StandardCharsets.ISO_8859_1).lines().toList());
        lines.add(ended ? "exit " + process.exitValue() : "still running after " + LIMIT_SECONDS + " s");
        String messages = Files.readString(errors, StandardCharsets.ISO_8859_1);
        return new Run(lines, messages.substring(Math.max(0, messages.length() - MOST_MESSAGES)), ended);
    }

    private static void delete(Path folder) throws IOException {
        try (var walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    @Override
    public String toString() {
        return name + ", " + build;
    }
}
