package io.kmdebug.tests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** One run of a program, with its clients or its server around it, in a folder made anew. */
final class ProgramRun {
    private static final List<String> SYSTEM = List.of("/usr/local/sbin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");
    private static final long LIMIT_SECONDS = 180;

    private static final long LEAVING_SECONDS = 5;

    private final Program program;
    private final Path folder;
    private final Path scripts;
    private final Path payloads;
    private final List<Process> started = new ArrayList<>();
    private final int port = freePort();
    private final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);

    /** @param folder holds the run: its working folder and the files of its streams */
    ProgramRun(Program program, Path folder, Path scripts, Path payloads) throws IOException {
        this.program = program;
        this.folder = folder;
        this.scripts = scripts;
        this.payloads = payloads;
    }

    /** @param monitor the words before the program's own, none for a native run */
    Outcome run(List<String> monitor) throws IOException, InterruptedException {
        deleteAll(folder);
        Files.createDirectories(work());
        for (var file : program.files().entrySet()) {
            Path path = work().resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, filled(file.getValue()));
        }
        try {
            if (!program.server().isEmpty()) waitForPort(start("server", "", List.of(), program.server()));
            Process subject = start("subject", program.input(), monitor, program.command());
            StringBuilder said = new StringBuilder();
            if (!program.clients().isEmpty()) {
                waitForPort(subject);
                for (List<String> client : program.clients()) {
                    int status = end(start("client", "", List.of(), client));
                    said.append(read("client.out")).append(read("client.err"));
                    said.append("client's status ").append(status).append('\n');
                }
                subject.destroy(); // SIGTERM
            }
            int status = end(subject);
            return new Outcome(
                    status, settled(read("subject.out")), settled(read("subject.err")), settled(said.toString()));
        } finally {
            for (Process process : started) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        }
    }

    private Path work() {
        return folder.resolve("work");
    }

    private Process start(String role, String input, List<String> monitor, List<String> command) throws IOException {
        List<String> words = new ArrayList<>(monitor);
        words.add(find(filled(command.get(0))));
        for (String word : command.subList(1, command.size())) words.add(filled(word));
        Path stdin = folder.resolve(role + ".in");
        Files.writeString(stdin, input);
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(work().toFile())
                .redirectInput(stdin.toFile())
                .redirectOutput(folder.resolve(role + ".out").toFile())
                .redirectError(folder.resolve(role + ".err").toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> !name.startsWith("KMDEBUG_") && !name.equals("JAVA_HOME"));
        environment.put("PATH", String.join(":", SYSTEM));
        environment.put("HOME", work().toString());
        environment.put("LANG", "C.UTF-8");
        environment.put("TZ", "UTC");
        program.environment().forEach((name, value) -> environment.put(name, filled(value)));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private int end(Process process) throws InterruptedException {
        boolean ended = process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        return ended ? process.exitValue() : Outcome.NOT_ENDED;
    }

    private void waitForPort(Process process) throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        while (System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(address, 1000);
                return;
            } catch (IOException notYet) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS)) return; // its status and output tell the rest
            }
        }
    }

    private String filled(String word) {
        return word.replace("{port}", Integer.toString(port))
                .replace("{scripts}", scripts.toString())
                .replace("{payloads}", payloads.toString());
    }

    private static String find(String program) {
        if (program.contains("/")) return program;
        for (String place : SYSTEM) {
            Path path = Path.of(place, program);
            if (Files.isExecutable(path)) return path.toString();
        }
        throw new AssertionError(
                program + " is in none of " + SYSTEM + "; ./kmdebug test installs what the tests need");
    }

    private String read(String name) throws IOException {
        return new String(Files.readAllBytes(folder.resolve(name)), StandardCharsets.ISO_8859_1);
    }

    private String settled(String text) {
        String settled = text.replaceAll("(?<=127[.]0[.]0[.]1(:| port ))" + port, "PORT");
        for (var replacement : program.replacements().entrySet())
            settled = settled.replaceAll(replacement.getKey(), replacement.getValue());
        return settled;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    /** Processes whose current folder is still that of the run after a while: what stayed behind. */
    static List<String> leftIn(Path folder, Predicate<String> expected) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LEAVING_SECONDS);
        while (true) {
            List<String> left = processesIn(folder);
            left.removeIf(expected);
            if (left.isEmpty() || System.nanoTime() > deadline) return left;
            Thread.onSpinWait();
        }
    }

    private static List<String> processesIn(Path folder) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                if (!process.getFileName().toString().chars().allMatch(Character::isDigit)) continue;
                try {
                    if (!Files.readSymbolicLink(process.resolve("cwd")).startsWith(folder)) continue;
                    String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
                    found.add(process.getFileName() + " " + line.replace('\0', ' '));
                } catch (IOException gone) {
                    continue; // ended meanwhile, or another user's
                }
            }
        }
        return found;
    }

    /** What can be seen of a run from outside; ISO-8859-1, so that every byte counts. */
    record Outcome(int status, String output, String errors, String clients) {
        static final int NOT_ENDED = -1;

        /** Where this run and a native one first differ, in words; empty when they do not. */
        String differenceFrom(Outcome natively) {
            StringBuilder text = new StringBuilder();
            if (status != natively.status)
                text.append(String.format("status %d, natively %d%n", status, natively.status));
            firstDifference(text, "output", output, natively.output);
            firstDifference(text, "errors", errors, natively.errors);
            firstDifference(text, "clients", clients, natively.clients);
            return text.toString();
        }

        private static void firstDifference(StringBuilder text, String what, String here, String natively) {
            if (here.equals(natively)) return;
            List<String> a = here.lines().toList();
            List<String> b = natively.lines().toList();
            int line = 0;
            while (line < a.size() && line < b.size() && a.get(line).equals(b.get(line))) line++;
            text.append(String.format("%s, line %d of %d, natively of %d:%n", what, line + 1, a.size(), b.size()));
            text.append("  here:     ").append(around(a, line)).append('\n');
            text.append("  natively: ").append(around(b, line)).append('\n');
        }

        private static String around(List<String> lines, int line) {
            String text =
                    String.join("\\n", lines.subList(Math.min(line, lines.size()), Math.min(line + 4, lines.size())));
            return text.length() > 600 ? text.substring(0, 600) + "..." : text;
        }
    }
}
