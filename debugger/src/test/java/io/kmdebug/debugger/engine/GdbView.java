package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stacks, arguments and locals as gdb sees them: the oracle for ours. */
final class GdbView {
    record Variable(boolean argument, String name, String value) {}

    record Frame(long pc, String function, int line, boolean inlined, boolean tailCall, List<Variable> variables) {}

    private GdbView() {}

    /** Of every thread of a core, by thread id. */
    static Map<Long, List<Frame>> ofCore(Path folder, Path program, Path core) throws Exception {
        Path script = folder.resolve("stacks.py");
        try (InputStream in = GdbView.class.getResourceAsStream("/stacks.py")) {
            assertThat(in).isNotNull();
            Files.write(script, in.readAllBytes());
        }
        String said = Tools.run(
                folder,
                "gdb",
                "-nx",
                "-q",
                "-batch",
                "-iex",
                "set debuginfod enabled off",
                // the same separate debug files, if any, as ours
                "-iex",
                "set debug-file-directory " + System.getProperty("kmdebug.debug.folder", "/usr/lib/debug"),
                program.toString(),
                core.toString(),
                "-x",
                script.toString());
        return parse(said);
    }

    /** Runs a program to its crash and writes a core as Linux would. */
    static void crash(Path folder, Path program, Path core, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "gdb",
                "-nx",
                "-q",
                "-batch",
                "-iex",
                "set debuginfod enabled off",
                "-ex",
                "run",
                "-ex",
                "generate-core-file " + core,
                "--args",
                program.toString()));
        command.addAll(List.of(arguments));
        String said = Tools.run(folder, command.toArray(String[]::new));
        assertThat(core).as(said).exists();
    }

    private static Map<Long, List<Frame>> parse(String said) {
        Map<Long, List<Frame>> threads = new TreeMap<>();
        List<Frame> frames = new ArrayList<>();
        for (String line : said.lines().toList()) {
            String[] part = line.split("\\|", -1);
            switch (part[0]) {
                case "T" -> {
                    frames = new ArrayList<>();
                    threads.put(Long.parseLong(part[1]), frames);
                }
                case "F" ->
                    frames.add(new Frame(
                            Long.decode(part[2]),
                            part[3],
                            Integer.parseInt(part[4]),
                            part[5].equals("1"),
                            part[6].equals("1"),
                            new ArrayList<>()));
                case "V" ->
                    frames.get(frames.size() - 1).variables().add(new Variable(part[1].equals("A"), part[2], part[3]));
                default -> {}
            }
        }
        assertThat(threads).as(said).isNotEmpty();
        return threads;
    }
}
