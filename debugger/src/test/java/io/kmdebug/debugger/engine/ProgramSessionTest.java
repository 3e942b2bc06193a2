package io.kmdebug.debugger.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.ScopeInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.StepKind;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.VariableInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a session must do whatever runs the program, down to stubs that can breakpoints, steps and interrupts only.
 */
@Timeout(60)
abstract class ProgramSessionTest {
    @TempDir
    Path folder = Path.of("");

    final Events events = new Events();
    private @Nullable Session opened;
    Path source = Path.of("");

    /** A session with the program held at its first instruction. */
    abstract Session begin(Path program) throws Exception;

    /** Waits until the program that {@link #begin} started is gone. */
    abstract void awaitEndOfProgram() throws Exception;

    /** Ends what {@link #begin} started. */
    abstract void clear();

    void attach(String name, String compiler, String... flags) throws Exception {
        Path program = Tools.compile(folder, name + ".c", compiler, flags);
        source = folder.resolve(name + ".c");
        opened = begin(program);
        session().start();
        assertThat(events.awaitStop().reason()).isInstanceOfAny(StopReason.Pause.class, StopReason.Entry.class);
    }

    @AfterEach
    void end() {
        if (opened != null) opened.close();
        clear();
    }

    Session session() {
        return requireNonNull(opened, "a session");
    }

    static SourceLocation place(@Nullable SourceLocation location) {
        return requireNonNull(location, "a place in the source");
    }

    static int line(FrameInfo frame) {
        return place(frame.location()).line();
    }

    BreakpointStatus breakAt(String marker) throws Exception {
        return breakAt(BreakpointRequest.line(Tools.line(source, marker)));
    }

    BreakpointStatus breakAt(BreakpointRequest request) {
        BreakpointStatus status = session()
                .setSourceBreakpoints(source.toString(), List.of(request))
                .get(0);
        assertThat(status.verified()).as(String.valueOf(status.message())).isTrue();
        return status;
    }

    Events.Stopped resume() throws Exception {
        session().resume(0);
        return events.awaitStop();
    }

    Events.Stopped step(long tid, StepKind kind) throws Exception {
        session().step(tid, kind);
        return events.awaitStop();
    }

    FrameInfo top(long tid) {
        return session().stack(tid, 0, 1, true).frames().get(0);
    }

    int lineOf(String marker) throws Exception {
        return Tools.line(source, marker);
    }

    String value(String expression, int frame) {
        return session()
                .evaluate(expression, frame, EvaluationContext.WATCH, false)
                .value();
    }

    Map<String, String> scope(int frame, ScopeInfo.Kind kind) {
        int reference = session().scopes(frame).stream()
                .filter(s -> s.kind() == kind)
                .findFirst()
                .orElseThrow()
                .reference();
        Map<String, String> values = new java.util.LinkedHashMap<>();
        for (VariableInfo v : session().variables(reference, 0, 0, false)) values.put(v.name(), v.value());
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"-static", "-static-pie", "-pie"})
    void breakpointStackAndLocals(String linking) throws Exception {
        attach("steps", "gcc", "-g", "-O0", linking);
        BreakpointStatus set = breakAt("in square");
        Events.Stopped stop = resume();
        assertThat(stop.reason()).isEqualTo(new StopReason.Breakpoint(List.of(set.id())));
        var page = session().stack(stop.thread(), 0, 0, true);
        assertThat(page.frames()).extracting(FrameInfo::function).startsWith("square", "main");
        FrameInfo square = page.frames().get(0);
        FrameInfo main = page.frames().get(1);
        assertThat(place(square.location()).path()).isEqualTo(source.toString());
        assertThat(line(square)).isEqualTo(lineOf("in square"));
        assertThat(line(main)).isEqualTo(lineOf("calls square"));
        assertThat(square.arguments())
                .extracting(VariableInfo::name, VariableInfo::value)
                .containsExactly(org.assertj.core.api.Assertions.tuple("n", "3"));
        assertThat(page.frames().get(page.total() - 1).endReason()).isNotNull();
        assertThat(scope(main.id(), ScopeInfo.Kind.LOCALS)).containsEntry("p", "{x=3, y=4}");
        assertThat(scope(main.id(), ScopeInfo.Kind.ARGUMENTS)).containsEntry("argc", "1");
        assertThat(scope(main.id(), ScopeInfo.Kind.GLOBALS)).containsEntry("total", "0");
        assertThat(value("p.x * 2 + argc", main.id())).isEqualTo("7");
    }

    @Test
    void stepOverGoesFromLineToLineAndThroughCalls() throws Exception {
        attach("steps", "gcc", "-g", "-O0");
        breakAt("first line");
        long tid = resume().thread();
        for (String marker : List.of("calls square", "two calls")) {
            assertThat(step(tid, StepKind.OVER).reason()).isEqualTo(new StopReason.Step());
            assertThat(line(top(tid))).as(marker).isEqualTo(lineOf(marker));
        }
        assertThat(value("a", top(tid).id())).isEqualTo("9");
        step(tid, StepKind.OVER);
        step(tid, StepKind.OVER);
        assertThat(line(top(tid))).isEqualTo(lineOf("calls sum"));
        step(tid, StepKind.OVER);
        assertThat(line(top(tid))).isEqualTo(lineOf("calls factorial"));
        step(tid, StepKind.OVER);
        assertThat(line(top(tid))).isEqualTo(lineOf("prints"));
        assertThat(value("f", top(tid).id())).isEqualTo("120");
    }

    @Test
    void stepIntoEntersBehindThePrologueAndReturnFinishesTheLine() throws Exception {
        attach("steps", "gcc", "-g", "-O0");
        breakAt("two calls");
        long tid = resume().thread();
        step(tid, StepKind.INTO);
        assertThat(top(tid).function()).isEqualTo("square");
        assertThat(top(tid).arguments().get(0).value()).isEqualTo("9");
        step(tid, StepKind.OUT);
        assertThat(top(tid).function()).isEqualTo("main");
        assertThat(line(top(tid))).isEqualTo(lineOf("two calls"));
        step(tid, StepKind.INTO);
        assertThat(top(tid).function()).isEqualTo("square");
        assertThat(top(tid).arguments().get(0).value()).isEqualTo("4");
        for (int i = 0; i < 3; i++) step(tid, StepKind.OVER);
        assertThat(top(tid).function()).isEqualTo("main");
        assertThat(line(top(tid))).isEqualTo(lineOf("two calls") + 1);
    }

    @Test
    void stepOverInRecursionStaysInItsFrame() throws Exception {
        attach("steps", "gcc", "-g", "-O0");
        int callLine = lineOf("on the way back") - 1;
        breakAt(new BreakpointRequest(callLine, 0, null, "n == 4", null, null));
        long tid = resume().thread();
        assertThat(value("n", top(tid).id())).isEqualTo("4");
        step(tid, StepKind.OVER);
        assertThat(line(top(tid))).isEqualTo(lineOf("on the way back"));
        assertThat(value("n", top(tid).id())).isEqualTo("4");
        assertThat(value("below", top(tid).id())).isEqualTo("6");
    }

    @Test
    void breakpointDuringAStepEndsIt() throws Exception {
        attach("steps", "gcc", "-g", "-O0");
        breakAt("calls factorial");
        long tid = resume().thread();
        BreakpointStatus inner = breakAt("innermost");
        Events.Stopped stop = step(tid, StepKind.OVER);
        assertThat(stop.reason()).isEqualTo(new StopReason.Breakpoint(List.of(inner.id())));
        assertThat(session().stack(tid, 0, 0, false).frames())
                .filteredOn(f -> f.function().equals("factorial"))
                .hasSize(5);
        step(tid, StepKind.OUT);
        assertThat(value("n", top(tid).id())).isEqualTo("2");
    }

    @Test
    void conditionsHitCountsAndLogMessages() throws Exception {
        attach("steps", "gcc", "-g", "-O0");
        int line = lineOf("in loop");
        breakAt(new BreakpointRequest(line, 0, null, "values[i] > 2", null, null));
        long tid = resume().thread();
        assertThat(value("i", top(tid).id())).isEqualTo("2");
        breakAt(new BreakpointRequest(line, 0, null, null, "% 2", null));
        session().setFunctionBreakpoints(List.of(BreakpointRequest.function("factorial")));
        assertThat(resume().reason()).isInstanceOf(StopReason.Breakpoint.class);
        assertThat(top(tid).function()).isEqualTo("factorial");
        session().setFunctionBreakpoints(List.of());
        session()
                .setSourceBreakpoints(
                        source.toString(),
                        List.of(new BreakpointRequest(
                                lineOf("shadowed"), 0, null, null, null, "total={total} a={a} \\{sic\\}")));
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(3);
        events.await(Events.Terminated.class);
        assertThat(events.output()).contains("total=0 a=77 {sic}");
    }

    @Test
    void variablesCanBeSetAndRead() throws Exception {
        attach("steps", "gcc", "-g", "-O0");
        breakAt("calls square");
        long tid = resume().thread();
        int reference = session().scopes(top(tid).id()).stream()
                .filter(s -> s.kind() == ScopeInfo.Kind.LOCALS)
                .findFirst()
                .orElseThrow()
                .reference();
        VariableInfo p = session().variables(reference, 0, 0, false).stream()
                .filter(v -> v.name().equals("p"))
                .findFirst()
                .orElseThrow();
        assertThat(session().setVariable(p.reference(), "x", "5 + 1").value()).isEqualTo("6");
        step(tid, StepKind.OVER);
        assertThat(value("a", top(tid).id())).isEqualTo("36");
        assertThat(session()
                        .evaluate("a = 10", top(tid).id(), EvaluationContext.REPL, false)
                        .value())
                .isEqualTo("10");
        assertThatThrownBy(() -> value("a = 11", top(tid).id())).isInstanceOf(DebuggerException.class);
        assertThat(value("a", top(tid).id())).isEqualTo("10");
    }

    @Test
    void stepOutOfMainAndToTheEnd() throws Exception {
        attach("steps", "gcc", "-g", "-O0", "-static");
        breakAt("last line");
        long tid = resume().thread();
        step(tid, StepKind.OUT);
        assertThat(top(tid).function()).isNotEqualTo("main");
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(3);
    }

    @Test
    void instructionsOneByOneAndOverCalls() throws Exception {
        attach("steps", "gcc", "-g", "-O0");
        breakAt("calls square");
        long tid = resume().thread();
        long pc = top(tid).pc();
        step(tid, StepKind.INSTRUCTION);
        assertThat(top(tid).pc()).isGreaterThan(pc).isLessThan(pc + 16);
        while (line(top(tid)) == lineOf("calls square")) {
            assertThat(top(tid).function()).isEqualTo("main");
            step(tid, StepKind.INSTRUCTION_OVER);
        }
        assertThat(value("a", top(tid).id())).isEqualTo("9");
    }

    @Test
    void pauseStopsARunningProgram() throws Exception {
        attach("spin", "gcc", "-g", "-O0");
        session().resume(0);
        session().pause();
        Events.Stopped stop = events.awaitStop();
        assertThat(stop.reason()).isEqualTo(new StopReason.Pause());
        session().resume(0);
        BreakpointStatus set = breakAt("spins");
        assertThat(events.awaitStop().reason()).isEqualTo(new StopReason.Breakpoint(List.of(set.id())));
        session().setSourceBreakpoints(source.toString(), List.of());
        session().step(stop.thread(), StepKind.OUT);
        session().pause();
        assertThat(events.awaitStop().reason()).isEqualTo(new StopReason.Pause());
        session().evaluate("stop = 1", top(stop.thread()).id(), EvaluationContext.REPL, false);
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(0);
        assertThat(events.isQuiet() || events.await(Events.Terminated.class) != null)
                .isTrue();
    }

    @Test
    void aDetachedProgramGoesOnByItself() throws Exception {
        attach("detached", "gcc", "-g", "-O0");
        Path written = folder.resolve("detached.c.written");
        breakAt("before the file");
        assertThat(resume().reason()).isInstanceOf(StopReason.Breakpoint.class);
        session().disconnect();
        Tools.awaitFile(written);
    }

    @Test
    void aKilledProgramDoesNotGoOn() throws Exception {
        attach("detached", "gcc", "-g", "-O0");
        Path written = folder.resolve("detached.c.written");
        breakAt("before the file");
        resume();
        session().terminate();
        awaitEndOfProgram();
        assertThat(written).doesNotExist();
    }
}
