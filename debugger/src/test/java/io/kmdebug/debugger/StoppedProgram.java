package io.kmdebug.debugger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A program that stands at a breakpoint, as a core: looked at by a session and by gdb. */
public final class StoppedProgram implements AutoCloseable {
    private final Path folder;
    private final Path program;
    private final Path core;
    private int level;
    private int frame;
    private final String function;
    private Session session;

    /**
     * @param source a resource of this package, or its absolute name
     * @param command the compiler with its options, without the source and the output
     * @param breakpoint where gdb stops it
     * @param function the frame to look from: the innermost one whose name ends so
     */
    public StoppedProgram(Path folder, String source, List<String> command, String breakpoint, String function)
            throws Exception {
        this.folder = folder;
        this.function = function;
        String name = source.substring(source.lastIndexOf('/') + 1);
        Path file = folder.resolve(name);
        try (InputStream in = Tools.class.getResourceAsStream(source)) {
            assertThat(in).as("resource " + source).isNotNull();
            Files.write(file, in.readAllBytes());
        }
        program = folder.resolve(name + ".exe");
        core = folder.resolve(name + ".core");
        List<String> compile = new ArrayList<>(command);
        compile.addAll(List.of("-o", program.toString(), file.toString()));
        Tools.run(folder, compile);
        Tools.run(
                folder,
                List.of(
                        "gdb",
                        "-nx",
                        "-batch",
                        "-ex",
                        "break " + breakpoint,
                        "-ex",
                        "run",
                        "-ex",
                        "generate-core-file " + core,
                        "-ex",
                        "kill",
                        program.toString()));
        session = open();
    }

    /** Opens the core anew: what the session has given names to is forgotten. */
    public void reopen() throws Exception {
        session.close();
        session = open();
    }

    private Session open() throws Exception {
        SessionListener quiet = (SessionListener) Proxy.newProxyInstance(
                SessionListener.class.getClassLoader(), new Class<?>[] {SessionListener.class}, (p, m, a) -> null);
        Session opened = Session.openCore(new CoreOptions(core, program, Map.of()), quiet);
        opened.start();
        List<FrameInfo> frames =
                opened.stack(opened.threads().get(0).id(), 0, 0, false).frames();
        int found = 0;
        while (!frames.get(found).function().endsWith(function)) found++;
        level = found;
        frame = frames.get(found).id();
        return opened;
    }

    /** Lines of a resource of this package. */
    public static List<String> lines(String name) throws Exception {
        try (InputStream in = Tools.class.getResourceAsStream(name)) {
            assertThat(in).as("resource " + name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    public Path program() {
        return program;
    }

    /**
     * Each line that the program prints when it runs by itself is {@code expression = number}: so is each here.
     *
     * @return how many different expressions they were
     */
    public int agreesWithItself() throws Exception {
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, String> found = new LinkedHashMap<>();
        Tools.run(folder, List.of(program.toString())).lines().forEach(line -> {
            int equals = line.lastIndexOf(" = ");
            String expression = line.substring(0, equals);
            expected.put(expression, line.substring(equals + 3));
            found.put(expression, text("(long)(" + expression + ")"));
        });
        assertThat(found).isEqualTo(expected);
        return expected.size();
    }

    public Session session() {
        return session;
    }

    /** What an expression is, as a line. */
    public VariableInfo evaluate(String expression) {
        return session.evaluate(expression, frame, EvaluationContext.WATCH, false);
    }

    /** The text of an expression's value, or of the error. */
    public String text(String expression) {
        try {
            return evaluate(expression).value();
        } catch (DebuggerException e) {
            return "error: " + e.getMessage();
        }
    }

    /** What gdb prints for each expression in the same frame. */
    public List<String> gdb(List<String> expressions) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("gdb", "-nx", "-batch", "-ex", "set charset UTF-8", "-ex", "set print static-members off"));
        command.addAll(List.of("-ex", "set print vtbl off", "-ex", "frame " + level));
        for (String expression : expressions) {
            command.addAll(List.of("-ex", "echo @@\\n", "-ex", "print " + expression));
        }
        command.addAll(List.of("-ex", "echo \\n", program.toString(), core.toString()));
        String[] parts = Tools.run(folder, command).split("@@\n", -1);
        List<String> answers = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) answers.add(parts[i].strip().replaceFirst("^\\$[0-9]+ = ", ""));
        assertThat(answers).hasSize(expressions.size());
        return answers;
    }

    @Override
    public void close() {
        session.close();
    }
}
