package io.kmdebug.debugger.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.GdbText;
import io.kmdebug.debugger.ModuleInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.StepKind;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.VariableInfo;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Post-mortem sessions, compared with what gdb sees in the same core. */
@Timeout(60)
class CoreSessionTest {
    private static final Pattern NUMBER = Pattern.compile("-?(0x[0-9a-f]+|\\d+)");

    @TempDir
    Path folder = Path.of("");

    private final Events events = new Events();

    private Path core(Path program) throws Exception {
        Path core = folder.resolve("core");
        GdbView.crash(folder, program, core);
        return core;
    }

    private Session open(Path core, @Nullable Path program) throws Exception {
        Session session = Session.openCore(new CoreOptions(core, program, Map.of()), events);
        session.start();
        return session;
    }

    @ParameterizedTest
    @CsvSource({
        "crash.c,gcc,-O0,-pie",
        "crash.c,gcc,-O2,-pie",
        "crash.c,gcc,-O0,-static",
        "crash.c,gcc,-O2,-static-pie",
        "crash.c,clang,-O0,-pie",
        "crash.c,clang,-O2,-pie",
        "crash.c,musl-gcc,-O0,-static",
        "crash.c,musl-gcc,-O2,-static",
        "crashhandler.c,gcc,-O0,-pie",
        "crashhandler.c,gcc,-O2,-static",
        "abort.c,gcc,-O0,-pie",
        "abort.c,gcc,-O2,-static",
        "inlined.c,gcc,-O2,-pie",
        "inlined.c,clang,-O2,-pie",
    })
    void agreesWithGdbOnEveryThread(String source, String compiler, String level, String linking) throws Exception {
        Path program = Tools.compile(folder, source, compiler, "-g", level, linking);
        Path core = core(program);
        Map<Long, List<GdbView.Frame>> expected = GdbView.ofCore(folder, program, core);
        try (Session session = open(core, null)) {
            assertThat(session.threads())
                    .extracting(ThreadInfo::id)
                    .containsExactlyInAnyOrderElementsOf(expected.keySet());
            for (var thread : expected.entrySet()) compareStack(session, thread.getKey(), thread.getValue());
        }
    }

    static void compareStack(Session session, long tid, List<GdbView.Frame> expected) {
        List<FrameInfo> frames = asGdbShowsThem(session.stack(tid, 0, 0, true).frames());
        List<String> ours = frames.stream().map(CoreSessionTest::summary).toList();
        // Where gdb has no unwind information it goes on with whatever lies on the stack, addresses of data too.
        List<String> theirs = expected.stream()
                .takeWhile(f -> session.modules().stream().anyMatch(m -> isCode(m, f.pc())))
                .map(CoreSessionTest::summary)
                .toList();
        assertThat(ours).as("stack of thread %d", tid).startsWith(theirs.toArray(String[]::new));
        for (int i = 0; i < theirs.size(); i++) compareVariables(session, frames.get(i), expected.get(i));
    }

    private static boolean isCode(ModuleInfo module, long pc) {
        if (pc < module.low() || pc >= module.high()) return false;
        Path file = Path.of(module.path());
        if (!Files.exists(file)) return true;
        try {
            return ElfFile.open(file).segments().stream()
                    .anyMatch(s -> s.contains(pc - module.loadBias()) && (s.flags() & ElfSegment.PF_X) != 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** gdb shows of a frame that left by a tail call the innermost inlined function alone, as if it were not inlined. */
    private static List<FrameInfo> asGdbShowsThem(List<FrameInfo> frames) {
        List<FrameInfo> shown = new ArrayList<>();
        for (FrameInfo frame : frames) {
            FrameInfo inner = shown.isEmpty() ? null : shown.get(shown.size() - 1);
            boolean same = inner != null && inner.tailCall() && frame.tailCall() && inner.pc() == frame.pc();
            if (!same) shown.add(frame);
        }
        return shown;
    }

    private static String summary(FrameInfo frame) {
        String name = frame.function().startsWith("?? ") ? "None" : plain(frame.function());
        int line = frame.location() == null ? 0 : frame.location().line();
        String kind = frame.tailCall() ? " tail call" : frame.inlined() ? " inlined" : "";
        return String.format("0x%x %s:%d%s", frame.pc(), name, line, kind);
    }

    private static String summary(GdbView.Frame frame) {
        String kind = frame.tailCall() ? " tail call" : frame.inlined() ? " inlined" : "";
        return String.format("0x%x %s:%d%s", frame.pc(), plain(frame.function()), frame.line(), kind);
    }

    /** Several names of the C library may stand for one address. */
    private static String plain(String name) {
        return name.replaceFirst("^__GI_", "").replaceFirst("^_+(?!start$)", "");
    }

    private static void compareVariables(Session session, FrameInfo frame, GdbView.Frame expected) {
        List<String> ours = new ArrayList<>();
        List<String> unsaved = new ArrayList<>();
        for (var scope : session.scopes(frame.id())) {
            switch (scope.kind()) {
                case ARGUMENTS, LOCALS -> {
                    for (VariableInfo v : session.variables(scope.reference(), 0, 0, false)) {
                        String name = v.name().replaceAll(" \\(hidden.*", "");
                        // gdb takes a register that nobody saved for unchanged, and shows what a callee left in it;
                        // what was passed counts for us only where the call certainly led to the function.
                        if (v.value().contains("was not saved") || v.value().contains("optimized out ("))
                            unsaved.add(name);
                        else ours.add(name + "=" + comparable(v.value()));
                    }
                }
                default -> {}
            }
        }
        List<String> theirs = new ArrayList<>();
        for (GdbView.Variable v : expected.variables()) {
            // argc, which the C library passes to main through a pointer: gdb does not follow it
            if (comparable(v.value()).equals("none") && ours.remove(v.name() + "=1")) unsaved.add(v.name());
            if (!unsaved.contains(v.name())) theirs.add(v.name() + "=" + comparable(v.value()));
        }
        // gdb lists also the variables of blocks that were optimized out as a whole; the C library is full of those
        boolean ofLibrary = frame.image() != null && frame.image().startsWith("libc.so");
        if (ofLibrary) {
            List<String> missing = new ArrayList<>(theirs);
            ours.forEach(missing::remove);
            assertThat(missing).allMatch(v -> v.endsWith("=none"), "optimized out");
            missing.forEach(theirs::remove);
        }
        assertThat(ours).as("variables of %s", frame.function()).containsExactlyInAnyOrderElementsOf(theirs);
    }

    /** Numbers in order: layouts of text differ between debuggers, values must not. */
    private static String comparable(String value) {
        if (value.matches(".*<(optimized out|synthetic pointer)>|<.*>")) return "none";
        Matcher matcher = NUMBER.matcher(value.replaceAll("<[^>]*>|\"[^\"]*\"", ""));
        return matcher.find() ? matcher.group() : "none";
    }

    /** clang does not say how long the arrays are that a type of the source, or a pointer, is of. */
    @ParameterizedTest
    @CsvSource({"gcc,-O0,named *rows sizeof(*rows)", "clang,-O0,''"})
    void variableLengthArraysAreThoseOfGdb(String compiler, String optimization, String more) throws Exception {
        Path program = Tools.compile(folder, "lengths.c", compiler, "-g", optimization);
        Path core = core(program);
        List<String> expressions = new ArrayList<>(List.of(
                "plain", "table", "text", "pairs", "pointers", "table[1]", "sizeof(table)", "sizeof(table[0])"));
        if (!more.isEmpty()) expressions.addAll(List.of(more.split(" ", -1)));
        try (Session session = open(core, null)) {
            long tid = events.awaitStop().thread();
            List<FrameInfo> frames = session.stack(tid, 0, 0, false).frames();
            int level = frames.stream().map(FrameInfo::function).toList().indexOf("stops");
            List<String> command =
                    new ArrayList<>(List.of("gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off"));
            // the function does not return, so that "frame function" looks for it behind its end
            command.addAll(List.of("-ex", "python frame = gdb.newest_frame()"));
            command.addAll(List.of("-ex", "python exec('while frame.name() != \"stops\": frame = frame.older()')"));
            command.addAll(List.of("-ex", "python frame.select()"));
            for (String e : expressions) command.addAll(List.of("-ex", "echo @@", "-ex", "print " + e));
            command.addAll(List.of(program.toString(), core.toString()));
            String[] answers = Tools.run(folder, command.toArray(String[]::new)).split("@@", -1);
            for (int i = 0; i < expressions.size(); i++) {
                String theirs = answers[i + 1].strip().replaceFirst("^\\$[0-9]+ = ", "");
                String ours = session.evaluate(
                                expressions.get(i), frames.get(level).id(), EvaluationContext.WATCH, false)
                        .value();
                assertThat(GdbText.normalised(ours)).as(expressions.get(i)).isEqualTo(GdbText.normalised(theirs));
            }
        }
    }

    /** musl has no unwind information for its assembly and abort; gdb 13 loses its way there. */
    @Test
    void stackOfMuslsAbortComesToMain() throws Exception {
        Path program = Tools.compile(folder, "abort.c", "musl-gcc", "-g", "-O0", "-static");
        try (Session session = open(core(program), null)) {
            long tid = events.awaitStop().thread();
            assertThat(session.stack(tid, 0, 0, false).frames())
                    .extracting(FrameInfo::function)
                    .containsSequence("raise", "abort", "check", "main");
        }
    }

    @Test
    void reportExplainsTheCrash() throws Exception {
        Path program = Tools.compile(folder, "crash.c", "gcc", "-g", "-O0");
        Path core = core(program);
        try (Session session = open(core, null)) {
            Events.Stopped stop = events.awaitStop();
            assertThat(((StopReason.Signal) stop.reason()).name()).isEqualTo("SIGSEGV");
            CrashReport report = session.report(10);
            assertThat(report.program()).isEqualTo(program.toString());
            StopReason.Signal signal = requireNonNull(report.signal());
            assertThat(signal.description()).startsWith("Segmentation fault: null pointer dereference");
            assertThat(signal.faultAddress()).isZero();
            assertThat(report.faultingThread()).isEqualTo(stop.thread());
            assertThat(report.registers()).containsKeys("rip", "rsp", "fs_base");
            CrashReport.FrameReport top = report.threads().stream()
                    .filter(t -> t.thread().id() == report.faultingThread())
                    .findFirst()
                    .orElseThrow()
                    .frames()
                    .get(0);
            int line = Tools.line(folder.resolve("crash.c"), "crashes");
            assertThat(requireNonNull(top.frame().location()).line()).isEqualTo(line);
            assertThat(top.sourceLines().get(line)).contains("// crashes");
            assertThat(report.notices()).isEmpty();
        }
    }

    @Test
    void whatWouldRunItIsRefused() throws Exception {
        Path program = Tools.compile(folder, "crash.c", "gcc", "-g", "-O0");
        try (Session session = open(core(program), null)) {
            long tid = events.awaitStop().thread();
            assertThat(session.isCore()).isTrue();
            assertThatThrownBy(() -> session.resume(tid))
                    .isInstanceOf(DebuggerException.class)
                    .hasMessageContaining("post-mortem");
            assertThatThrownBy(() -> session.step(tid, StepKind.OVER)).hasMessageContaining("post-mortem");
            assertThatThrownBy(() -> session.writeMemory(0x1000, new byte[1])).hasMessageContaining("post-mortem");
            int frame = session.stack(tid, 0, 1, false).frames().get(0).id();
            assertThatThrownBy(() -> session.evaluate("depth = 1", frame, EvaluationContext.REPL, false))
                    .isInstanceOf(DebuggerException.class);
            assertThat(session.evaluate("depth", frame, EvaluationContext.REPL, false)
                            .value())
                    .isEqualTo("3");
        }
    }

    @Test
    void aProgramThatIsNotThereStillLeavesStacks() throws Exception {
        Path program = Tools.compile(folder, "abort.c", "gcc", "-g", "-O0");
        Path core = core(program);
        Files.move(program, folder.resolve("elsewhere"));
        try (Session session = open(core, null)) {
            long tid = events.awaitStop().thread();
            assertThat(events.output()).contains(program.toString());
            assertThat(session.stack(tid, 0, 0, false).frames())
                    .extracting(FrameInfo::function)
                    .contains("abort");
        }
        try (Session named = open(core, folder.resolve("elsewhere"))) {
            assertThat(named.stack(events.awaitStop().thread(), 0, 0, false).frames())
                    .extracting(FrameInfo::function)
                    .contains("main");
        }
    }

    @Test
    void anotherBuildOfTheProgramIsNoticed() throws Exception {
        Path program = Tools.compile(folder, "abort.c", "gcc", "-g", "-O0", "-Wl,--build-id");
        Path core = core(program);
        Path other = Tools.compile(folder, "abort.c", "gcc", "-g", "-O2", "-Wl,--build-id");
        try (Session session = open(core, other)) {
            assertThat(session.report(3).notices()).anyMatch(n -> n.contains("build id"));
        }
    }

    @Test
    void badInputIsSaid() throws Exception {
        Path text =
                Files.writeString(folder.resolve("text"), "no core at all, but longer than an ELF header is: 64 bytes");
        Path program = Tools.compile(folder, "abort.c", "gcc", "-g", "-O0");
        for (Path bad : List.of(text, program, folder, folder.resolve("missing"))) {
            assertThatThrownBy(() -> Session.openCore(new CoreOptions(bad, null, Map.of()), events))
                    .isInstanceOf(DebuggerException.class)
                    .hasMessageContaining(bad.toString());
        }
        Path core = core(program);
        byte[] whole = Files.readAllBytes(core);
        Path half = Files.write(folder.resolve("half"), java.util.Arrays.copyOf(whole, whole.length / 2));
        // gdb writes its notes last: half of the core has no thread, and that is said.
        assertThatThrownBy(() -> open(half, null))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("has no thread");
        Path most = Files.write(folder.resolve("most"), java.util.Arrays.copyOf(whole, whole.length - 64));
        try (Session session = open(most, null)) {
            assertThat(session.threads()).isNotEmpty();
        }
    }

    @Test
    void macrosMeanWhatTheyMeanAtTheFramesLine() throws Exception {
        Path program = Tools.compile(folder, "macros.c", "gcc", "-g3", "-O0");
        try (Session session = open(core(program), null)) {
            long tid = session.threads().get(0).id();
            List<FrameInfo> frames = session.stack(tid, 0, 0, false).frames();
            assertThat(value(session, frames.get(0), "MAX_USERS")).isEqualTo("16");
            assertThat(value(session, frames.get(1), "MAX_USERS")).isEqualTo("32");
            assertThat(value(session, frames.get(0), "SCALE(users) + 1")).isEqualTo("81");
            assertThat(value(session, frames.get(1), "SCALE(total)")).isEqualTo("160");
            assertThat(value(session, frames.get(0), "users_of(account) + account.users_left"))
                    .isEqualTo("22");
            assertThat(value(session, frames.get(0), "__LINE__"))
                    .isEqualTo(String.valueOf(Tools.line(folder.resolve("macros.c"), "crash")));
            assertThatThrownBy(() -> value(session, frames.get(1), "users + 1"))
                    .isInstanceOf(DebuggerException.class)
                    .hasMessageContaining("\"count\"")
                    .hasMessageContaining("its macros make the expression \"count + 1\"");
            assertThatThrownBy(() -> value(session, frames.get(1), "users_of(account)"))
                    .isInstanceOf(DebuggerException.class);
        }
    }

    private static String value(Session session, FrameInfo frame, String expression) {
        return session.evaluate(expression, frame.id(), EvaluationContext.WATCH, false)
                .value();
    }
}
