package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.ScopeInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.StepKind;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.VariableInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that Go's own compiler made, behind gdbserver; compared with what they say of themselves. */
@Timeout(120)
class GoSessionTest {
    private static final String PLAIN = "-gcflags=all=-N -l";
    private static final Pattern HEADER = Pattern.compile("goroutine (\\d+) \\[([^]]*)]:");
    private static final Pattern PLACE = Pattern.compile("\t(.*):(\\d+)(?: \\+0x[0-9a-f]+)?");

    @TempDir
    Path folder = Path.of("");

    private final Events events = new Events();
    private @Nullable GdbServer server;

    @AfterEach
    void clear() {
        if (server != null) server.close();
    }

    private Path build(String... flags) throws IOException, InterruptedException {
        Path source = folder.resolve("shapes.go");
        try (InputStream in = GoSessionTest.class.getResourceAsStream("/programs/shapes.go")) {
            assertThat(in).isNotNull();
            if (!Files.exists(source)) Files.copy(in, source);
        }
        Path program = folder.resolve("shapes");
        List<String> command = new ArrayList<>(List.of("env", "GOFLAGS=-mod=mod", "GOPROXY=off", "GO111MODULE=off"));
        command.addAll(List.of("/usr/bin/go", "build"));
        command.addAll(List.of(flags));
        command.addAll(List.of("-o", program.toString(), source.toString()));
        String said = Tools.run(folder, command.toArray(String[]::new));
        assertThat(program).as("go build: %s", said).exists();
        return program;
    }

    private Session attach(Path program, String... arguments) throws IOException {
        GdbServer started = GdbServer.start(program, arguments);
        server = started;
        Session session = Session.attach(new AttachOptions("127.0.0.1", started.port, program, Map.of()), events);
        session.start();
        return session;
    }

    private long runTo(Session session, long tid, BreakpointRequest place) throws InterruptedException {
        if (place.function() != null)
            assertThat(session.setFunctionBreakpoints(List.of(place)).get(0).verified())
                    .isTrue();
        else
            assertThat(session.setSourceBreakpoints(source(), List.of(place))
                            .get(0)
                            .verified())
                    .isTrue();
        session.resume(tid);
        return events.awaitStop().thread();
    }

    private String source() {
        return folder.resolve("shapes.go").toString();
    }

    private BreakpointRequest line(String marker) throws IOException {
        return BreakpointRequest.line(Tools.line(folder.resolve("shapes.go"), marker));
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, "-gcflags="})
    void goroutinesStandWhereTheirOwnTraceSays(String flags) throws Exception {
        Path trace = folder.resolve("trace");
        try (Session session = attach(build(flags), trace.toString())) {
            long first = events.awaitStop().thread();
            long tid = runTo(session, first, BreakpointRequest.function("main.breakHere"));
            Map<Long, List<String>> expected = trace(trace);
            Map<Long, ThreadInfo> listed = new HashMap<>();
            session.threads().forEach(t -> listed.put(t.id(), t));
            assertThat(listed.get(-1L).carrier()).isEqualTo(tid);
            assertThat(listed.get(-1L).name()).isEqualTo("goroutine 1 [running on thread " + tid + "] runtime.main");
            int compared = 0;
            for (var goroutine : expected.entrySet()) {
                List<String> theirs = goroutine.getValue();
                long id = -goroutine.getKey();
                if (id == -1) continue;
                assertThat(listed.get(id).name()).contains(theirs.get(0));
                List<FrameInfo> frames = session.stack(id, 0, 0, false).frames();
                List<String> ours = frames.stream()
                        .filter(f -> !f.function().startsWith("runtime."))
                        .map(f -> f.function() + ":"
                                + (f.location() == null ? 0 : f.location().line()))
                        .toList();
                // the trace leaves out what the compiler wraps a go statement in
                assertThat(ours).startsWith(theirs.subList(1, theirs.size()).toArray(String[]::new));
                assertThat(ours.size()).isLessThanOrEqualTo(theirs.size());
                assertThat(frames.get(frames.size() - 1).function()).isEqualTo("runtime.goexit");
                compared++;
            }
            assertThat(compared).isGreaterThanOrEqualTo(8);
            assertThat(listed.values()).anyMatch(t -> t.name().contains(", system] runtime.forcegchelper"));
            assertThat(session.stack(-1, 0, 0, false).frames())
                    .extracting(FrameInfo::function)
                    .containsSubsequence("main.breakHere", "main.values", "main.main", "runtime.main");
            long parked =
                    -expected.keySet().stream().filter(id -> id > 1).findFirst().orElseThrow();
            assertThatThrownBy(() -> session.step(parked, StepKind.OVER))
                    .isInstanceOf(DebuggerException.class)
                    .hasMessageContaining("is parked");
            assertThatThrownBy(() -> session.stack(-123_456, 0, 1, false)).hasMessage("There is no goroutine 123456.");
        }
    }

    /** Of each goroutine its state and then its frames, as name and line. */
    private static Map<Long, List<String>> trace(Path file) throws IOException {
        Map<Long, List<String>> goroutines = new LinkedHashMap<>();
        List<String> frames = new ArrayList<>();
        String function = "";
        for (String line : Files.readAllLines(file)) {
            Matcher header = HEADER.matcher(line);
            Matcher place = PLACE.matcher(line);
            if (header.matches()) {
                frames = new ArrayList<>(List.of(header.group(2).replaceAll(",.*", "")));
                goroutines.put(Long.parseLong(header.group(1)), frames);
            } else if (place.matches() && !function.startsWith("created by ")) {
                frames.add(function.replaceAll("\\([^()]*\\)$", "") + ":" + place.group(2));
            }
            function = line;
        }
        return goroutines;
    }

    @Test
    void aStepStaysWithItsGoroutine() throws Exception {
        try (Session session = attach(build(PLAIN))) {
            long first = events.awaitStop().thread();
            long tid = runTo(session, first, line("grows"));
            session.step(tid, StepKind.OVER);
            tid = events.awaitStop().thread();
            assertThat(top(session, tid).location().line())
                    .isEqualTo(line("grown").line());
            assertThat(local(session, tid, "sum").value()).isEqualTo("2000");
            session.setSourceBreakpoints(source(), List.of());
            tid = runTo(session, tid, line("switches goroutines"));
            session.setSourceBreakpoints(source(), List.of());
            String goroutine = carried(session, tid);
            session.step(tid, StepKind.OVER);
            tid = events.awaitStop().thread();
            assertThat(top(session, tid).function()).isEqualTo("main.values");
            assertThat(carried(session, tid)).isEqualTo(goroutine);
        }
    }

    private static String carried(Session session, long tid) {
        return session.threads().stream()
                .filter(t -> t.carrier() == tid)
                .findFirst()
                .map(t -> Long.toString(t.id()))
                .orElse("none");
    }

    private static FrameInfo top(Session session, long tid) {
        return session.stack(tid, 0, 1, false).frames().get(0);
    }

    private static VariableInfo local(Session session, long tid, String name) {
        return locals(session, top(session, tid)).get(name);
    }

    private static Map<String, VariableInfo> locals(Session session, FrameInfo frame) {
        Map<String, VariableInfo> found = new HashMap<>();
        for (ScopeInfo scope : session.scopes(frame.id())) {
            if (scope.kind() != ScopeInfo.Kind.LOCALS && scope.kind() != ScopeInfo.Kind.ARGUMENTS) continue;
            for (VariableInfo v : session.variables(scope.reference(), 0, 0, false)) found.put(v.name(), v);
        }
        return found;
    }

    @Test
    void valuesAreShownAsTheProgramMeansThem() throws Exception {
        try (Session session = attach(build(PLAIN))) {
            long first = events.awaitStop().thread();
            long tid = runTo(session, first, BreakpointRequest.function("main.breakHere"));
            FrameInfo caller = session.stack(tid, 1, 1, false).frames().get(0);
            assertThat(caller.function()).isEqualTo("main.values");
            Map<String, VariableInfo> shown = locals(session, caller);
            Map<String, String> expected = new LinkedHashMap<>();
            expected.put("text", "\"héllo, wörld\"");
            expected.put("empty", "\"\"");
            expected.put("ints", "len=5 cap=5 {1, 2, 3, 5, 8}");
            expected.put("nilSlice", "nil");
            expected.put("sub", "len=2 cap=4 {2, 3}");
            expected.put("array", "{\"a\", \"b\", \"c\"}");
            expected.put("matrix", "{{1, 2, 3}, {4, 5, 6}}");
            expected.put("nilMap", "nil");
            expected.put("anything", "int(7)");
            expected.put("words", "string(\"words\")");
            expected.put("nothing", "nil");
            expected.put("shape", "main.Circle({R=2})");
            expected.put("square", "*main.Square {Side=3}");
            expected.put("none", "nil");
            expected.put("err", "*errors.errorString {s=\"broken\"}");
            expected.put("failure", "*main.Failure {Code=5}");
            expected.put("point", "{X=3, Y=4}");
            expected.put("nilPointer", "nil");
            expected.put("buffered", "len=2 cap=4 {10, 20}");
            expected.put("nilChan", "nil");
            expected.put("nilFunc", "nil");
            expected.put("c64", "(1+2i)");
            expected.put("c128", "(3-4i)");
            expected.put("kind", "1");
            expected.put("when", "2024-02-29T12:30:15.000000500Z");
            expected.put("span", "90000000000 (1m30s)");
            expected.put("data", "len=5 cap=5 {98, 121, 116, 101, 115}");
            expected.put("nested", "len=1 {[\"p\"]={{X=1, Y=2}, {X=3, Y=4}}}");
            expected.put("flag", "true");
            expected.put("f32", "1.5");
            expected.put("u8", "200");
            expected.put("anon", "{A=1, B=\"b\"}");
            expected.forEach((name, value) ->
                    assertThat(shown.get(name).value()).as(name).isEqualTo(value));
            assertThat(shown.get("named").value())
                    .startsWith("{Point={X=1, Y=2}, Mutex=0x")
                    .endsWith("tags={\"x\", \"y\"}}");
            assertThat(shown.get("unbuffered").value()).matches("len=0 cap=0 \\{} waiting to send: goroutine \\d+");
            assertThat(shown.get("closure").value()).contains("<main.values.func");
            assertThat(shown.get("list").value()).startsWith("0x").contains("{Value=1, Next=0x");
            assertThat(shown.get("list").type()).isEqualTo("*main.Node");
            // all of a map's entries, those in overflow buckets too
            VariableInfo big = shown.get("big");
            assertThat(big.indexedCount()).isEqualTo(100);
            List<VariableInfo> entries = session.variables(big.reference(), 0, 100, false);
            assertThat(entries)
                    .hasSize(100)
                    .allMatch(e -> e.value().equals("\"v" + e.name().replaceAll("[^0-9]", "") + "\""));
            assertThat(entries).extracting(VariableInfo::name).doesNotHaveDuplicates();
            assertThat(session.variables(shown.get("ages").reference(), 0, 3, false))
                    .extracting(e -> e.name() + e.value())
                    .containsExactlyInAnyOrder("[\"ann\"]30", "[\"bob\"]25", "[\"cid\"]41");
            FrameInfo main = session.stack(tid, 2, 1, false).frames().get(0);
            assertThat(locals(session, main).get("lock").type()).isEqualTo("sync.Mutex");
        }
    }

    @Test
    void expressionsAreThoseOfGo() throws Exception {
        try (Session session = attach(build(PLAIN))) {
            long first = events.awaitStop().thread();
            long tid = runTo(session, first, BreakpointRequest.function("main.breakHere"));
            int frame = session.stack(tid, 1, 1, false).frames().get(0).id();
            Map<String, String> expected = new LinkedHashMap<>();
            expected.put("text[1:3]", "\"é\"");
            expected.put("text[0]", "104");
            expected.put("len(text) + cap(sub)", "18");
            expected.put("text == \"héllo, wörld\"", "true");
            expected.put("text + \"!\"", "\"héllo, wörld!\"");
            expected.put("ints[1:3]", "len=2 cap=4 {2, 3}");
            expected.put("ints[4] - ints[0]*2", "6");
            expected.put("ages[\"ann\"]", "30");
            expected.put("big[42][1:]", "\"42\"");
            expected.put("nested[\"p\"][1].Y", "4");
            expected.put("matrix[1][2]", "6");
            expected.put("pointer.X + point.Y", "7");
            expected.put("pointer == &point", "true");
            expected.put("nilPointer != nil && nilPointer.X == 1", "false");
            expected.put("named.X", "1");
            expected.put("named.state", "0");
            expected.put("list.Next.Value", "2");
            expected.put("counter == main.counter", "true");
            expected.put("registry[\"two\"].Y", "4");
            expected.put("err.s", "\"broken\"");
            expected.put("failure.(*main.Failure).Code", "5");
            expected.put("words == \"words\"", "true");
            expected.put("float64(ints[1]) / 4", "0.5");
            expected.put("uint8(ints[4] * 100)", "32");
            expected.put("string(data[1:3])", "\"yt\"");
            expected.put("char == 'é'", "true");
            expected.put("span / 1000", "90000000 (90ms)");
            expected.put("7 &^ 2 | 8", "13");
            expected.put("runtime.allgs[0].goid", "1");
            expected.put("ints,2", "len=2 cap=5 {1, 2}");
            expected.forEach((expression, value) -> assertThat(
                            session.evaluate(expression, frame, EvaluationContext.WATCH, false)
                                    .value())
                    .as(expression)
                    .isEqualTo(value));
            Map<String, String> errors = new LinkedHashMap<>();
            errors.put("ints[5]", "index 5 is out of range: there are 5 elements");
            errors.put("ages[\"zed\"]", "the map has no such key");
            errors.put("nilPointer.X", "the pointer is nil");
            errors.put("shape.(main.Square)", "it holds \"main.Circle\", not \"main.Square\"");
            errors.put("ints[0] + kind", "\"int\" and \"main.Kind\" do not mix: convert one of them");
            errors.put("nowhere", "no symbol \"nowhere\" here");
            errors.put("text +", "a value is expected, not \"the end\"");
            errors.forEach((expression, message) -> assertThatThrownBy(
                            () -> session.evaluate(expression, frame, EvaluationContext.WATCH, false))
                    .as(expression)
                    .hasMessageContaining(message));
            session.evaluate("ints[0] = point.X * 7", frame, EvaluationContext.REPL, false);
            assertThat(session.evaluate("ints[0]", frame, EvaluationContext.WATCH, false)
                            .value())
                    .isEqualTo("21");
        }
    }

    @Test
    void aStrippedProgramKeepsItsFunctionsAndLines() throws Exception {
        List<String> whole = stack(build());
        clear();
        List<String> stripped = stack(build("-ldflags=-s -w"));
        assertThat(stripped).isEqualTo(whole).anyMatch(f -> f.startsWith("main.values:"));
    }

    private List<String> stack(Path program) throws Exception {
        try (Session session = attach(program)) {
            long first = events.awaitStop().thread();
            long tid = runTo(session, first, line("stop here"));
            assertThat(top(session, tid).location().line())
                    .isEqualTo(line("stop here").line());
            return session.stack(tid, 0, 0, false).frames().stream()
                    .map(f -> f.function() + ":" + f.location().line() + (f.inlined() ? " inlined" : ""))
                    .toList();
        }
    }
}
