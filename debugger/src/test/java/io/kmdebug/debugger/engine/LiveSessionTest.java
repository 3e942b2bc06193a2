package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.ScopeInfo;
import io.kmdebug.debugger.StepKind;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.VariableInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a live session must do with programs of threads and signals too, behind a stub that knows them. */
abstract class LiveSessionTest extends ThreadedSessionTest {
    @Test
    void shadowedVariablesAreKeptWithANote() throws Exception {
        attach("steps", "gcc", "-g", "-O0");
        breakAt("shadowed");
        long tid = resume().thread();
        Map<String, String> locals = scope(top(tid).id(), ScopeInfo.Kind.LOCALS);
        assertThat(locals)
                .containsEntry("a", "77")
                .containsEntry("a (hidden, line " + lineOf("calls square") + ")", "9");
        assertThat(value("a", top(tid).id())).isEqualTo("77");
    }

    @Test
    void breakpointOnALineWithoutCodeMoves() throws Exception {
        attach("steps", "gcc", "-g", "-O0");
        int empty = lineOf("calls factorial") - 1;
        BreakpointStatus status = breakAt(BreakpointRequest.line(empty));
        assertThat(place(status.location()).line()).isEqualTo(empty + 1);
        assertThat(status.message()).contains("moved to line " + (empty + 1));
        BreakpointStatus none = session()
                .setFunctionBreakpoints(List.of(BreakpointRequest.function("nowhere")))
                .get(0);
        assertThat(none.verified()).isFalse();
        assertThat(none.message()).contains("nowhere");
    }

    @Test
    void falseConditionsInManyThreadsAreNotSeen() throws Exception {
        attach("threads", "gcc", "-g", "-O0");
        breakAt(new BreakpointRequest(lineOf("works"), 0, null, "number == 2 && round == 4", null, null));
        long tid = resume().thread();
        assertThat(value("round", top(tid).id())).isEqualTo("4");
        step(tid, StepKind.OVER);
        step(tid, StepKind.OUT);
        assertThat(top(tid).function()).isEqualTo("worker");
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(70);
    }

    @Test
    void stepOverACreationOfAThread() throws Exception {
        attach("threads", "gcc", "-g", "-O0");
        breakAt("creates");
        long tid = resume().thread();
        step(tid, StepKind.OVER);
        assertThat(top(tid).function()).isEqualTo("main");
        assertThat(session().threads()).hasSizeGreaterThanOrEqualTo(1);
    }

    @Test
    void aPassedSignalDuringAStepIsHandledWithinIt() throws Exception {
        attach("threads", "gcc", "-g", "-O0");
        breakAt("raises");
        long tid = resume().thread();
        step(tid, StepKind.OVER);
        assertThat(line(top(tid))).isEqualTo(lineOf("after raise"));
        step(tid, StepKind.OVER);
        assertThat(value("after", top(tid).id())).isEqualTo("10");
    }

    @Test
    void aBreakpointInASignalHandlerShowsTheStackThroughIt() throws Exception {
        attach("threads", "gcc", "-g", "-O0");
        breakAt("in handler");
        long tid = resume().thread();
        List<FrameInfo> frames = session().stack(tid, 0, 0, false).frames();
        assertThat(frames.get(0).function()).isEqualTo("on_signal");
        assertThat(frames.get(1).function()).isEqualTo("<signal handler called>");
        assertThat(frames.get(1).signalFrame()).isTrue();
        assertThat(frames).extracting(FrameInfo::function).contains("main");
    }

    @Test
    void aSignalOfThePolicyStopsAndIsDeliveredAtResume() throws Exception {
        attach("threads", "gcc", "-g", "-O0");
        session().setSignalPolicy(new io.kmdebug.debugger.SignalPolicy(java.util.Set.of(10)));
        StopReason.Signal signal = (StopReason.Signal) resume().reason();
        assertThat(signal.name()).isEqualTo("SIGUSR1");
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(70);
    }

    @Test
    void aCrashStopsWhateverThePolicyAndThenKills() throws Exception {
        attach("crash", "gcc", "-g", "-O0");
        session().setSignalPolicy(new io.kmdebug.debugger.SignalPolicy(java.util.Set.of()));
        Events.Stopped stop = resume();
        StopReason.Signal signal = (StopReason.Signal) stop.reason();
        assertThat(signal.description()).contains("null pointer").contains("0x");
        assertThat(line(top(stop.thread()))).isEqualTo(lineOf("crashes"));
        assertThat(session().threads()).hasSize(3);
        var report = session().report(0);
        assertThat(report.threads()).hasSize(3);
        assertThat(report.signal()).isEqualTo(signal);
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(139);
    }

    @Test
    void pauseAndBreakpointsWhileRunning() throws Exception {
        attach("crash", "gcc", "-g", "-O0");
        int line = lineOf("crashes");
        breakAt(BreakpointRequest.line(line));
        resume();
        // Now two threads wait in a loop; the main one stands.
        session().setSourceBreakpoints(source.toString(), List.of());
        breakAt("waits");
        assertThat(resume().reason()).isInstanceOfAny(StopReason.Breakpoint.class, StopReason.Signal.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void stepOverRunsThroughInlinedFunctions(String compiler) throws Exception {
        attach("inlinesteps", compiler, "-g", "-O2");
        breakAt("starts");
        long tid = resume().thread();
        List<String> visited = walkLines(tid, StepKind.OVER, "work");
        assertThat(visited).noneMatch(v -> v.startsWith("add:") || v.startsWith("twice:"));
        assertThat(visited).contains("work:" + lineOf("ends"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void stepIntoEntersInlinedFunctionsAndStepOutLeavesThem(String compiler) throws Exception {
        attach("inlinesteps", compiler, "-g", "-O2");
        breakAt("starts");
        long tid = resume().thread();
        for (int i = 0; i < 6 && !top(tid).function().equals("add"); i++) step(tid, StepKind.INTO);
        assertThat(top(tid).function()).isEqualTo("add");
        assertThat(top(tid).inlined()).isTrue();
        List<FrameInfo> frames = session().stack(tid, 0, 0, false).frames();
        assertThat(frames).extracting(FrameInfo::function).startsWith("add", "twice", "work", "main");
        assertThat(line(frames.get(1))).isEqualTo(lineOf("calls add"));
        assertThat(line(frames.get(2))).isEqualTo(lineOf("calls twice"));
        step(tid, StepKind.OUT);
        assertThat(top(tid).function()).isEqualTo("twice");
        step(tid, StepKind.OUT);
        assertThat(top(tid).function()).isEqualTo("work");
        step(tid, StepKind.OUT);
        assertThat(top(tid).function()).isEqualTo("main");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void arraysHaveTheLengthThatTheyHaveInTheFrame(String compiler) throws Exception {
        attach("lengths", compiler, "-g", "-O0");
        breakAt("stops");
        int frame = top(resume().thread()).id();
        assertThat(value("plain", frame)).isEqualTo("{0, 1, 4}");
        assertThat(value("table", frame)).isEqualTo("{{0, 1}, {10, 11}, {20, 21}}");
        assertThat(value("table[2][1] + sizeof plain", frame)).isEqualTo("33");
        // clang does not say how long an array is that a pointer points to
        if (compiler.equals("gcc")) assertThat(value("given[1]", frame)).isEqualTo("{3, 4}");
        VariableInfo pairs = session().evaluate("pairs", frame, EvaluationContext.WATCH, false);
        assertThat(session().variables(pairs.reference(), 0, 0, false))
                .extracting(VariableInfo::name, VariableInfo::value)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("[0]", "{first=0, second=0}"),
                        org.assertj.core.api.Assertions.tuple("[1]", "{first=1, second=-1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void functionBreakpointsAreWhereTheFunctionWasInlined(String compiler) throws Exception {
        attach("inlinesteps", compiler, "-g", "-O2");
        BreakpointStatus set = session()
                .setFunctionBreakpoints(List.of(BreakpointRequest.function("add")))
                .get(0);
        assertThat(set.verified()).as(String.valueOf(set.message())).isTrue();
        Events.Stopped stop = resume();
        assertThat(stop.reason()).isEqualTo(new StopReason.Breakpoint(List.of(set.id())));
        assertThat(session().stack(stop.thread(), 0, 0, false).frames())
                .extracting(FrameInfo::function)
                .startsWith("add", "twice", "work");
    }

    /** Steps until {@code function} is left, and says where it stopped meanwhile. */
    private List<String> walkLines(long tid, StepKind kind, String function) throws Exception {
        List<String> visited = new java.util.ArrayList<>();
        for (int i = 0; i < 30; i++) {
            step(tid, kind);
            FrameInfo now = top(tid);
            if (session().stack(tid, 0, 0, false).frames().stream()
                    .noneMatch(f -> f.function().equals(function))) break;
            visited.add(now.function() + ":" + line(now));
        }
        return visited;
    }

    @Test
    void aJumpOutOfASteppedCallRunsOnToTheNextBreakpoint() throws Exception {
        attach("jumps", "gcc", "-g", "-O0");
        breakAt("calls leap");
        long tid = resume().thread();
        BreakpointStatus behind = breakAt("behind the jump");
        assertThat(step(tid, StepKind.OVER).reason()).isEqualTo(new StopReason.Breakpoint(List.of(behind.id())));
        assertThat(value("code", top(tid).id())).isEqualTo("7");
    }

    @Test
    void aThreadThatEndsDuringAStepDoesNotHoldTheOthers() throws Exception {
        attach("jumps", "gcc", "-g", "-O0");
        breakAt("in brief");
        long tid = resume().thread();
        BreakpointStatus installs = breakAt("installs");
        // how many lines the C library has for the thread's end is a matter of its debug files
        for (int i = 0; i < 100; i++) {
            session().step(tid, StepKind.OVER);
            Events.Stopped stop = events.awaitStop();
            if (stop.reason() instanceof StopReason.Breakpoint b) {
                assertThat(b.breakpointIds()).containsExactly(installs.id());
                assertThat(stop.thread()).isNotEqualTo(tid);
                assertThat(events.exited).contains(tid);
                return;
            }
        }
        throw new AssertionError("the thread did not end");
    }

    @Test
    void aStormOfPassedSignalsDoesNotDisturbAStep() throws Exception {
        attach("jumps", "gcc", "-g", "-O0", "-static");
        breakAt("burns");
        long tid = resume().thread();
        step(tid, StepKind.OVER);
        assertThat(line(top(tid))).isEqualTo(lineOf("behind burns"));
        assertThat(Integer.parseInt(value("alarms", top(tid).id()))).isPositive();
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(5);
    }

    @Test
    void breakpointsInTheLibraryOfAMuslProgram() throws Exception {
        attach("steps", "musl-gcc", "-g", "-O1", "-static");
        breakAt("calls factorial");
        long tid = resume().thread();
        session().setFunctionBreakpoints(List.of(BreakpointRequest.function("__stdio_write")));
        assertThat(resume().reason()).isInstanceOf(StopReason.Breakpoint.class);
        assertThat(session().stack(tid, 0, 0, false).frames())
                .extracting(FrameInfo::function)
                .contains("main");
    }

    @Test
    void pauseReachesThreadsThatWaitInSystemCalls() throws Exception {
        attach("waits", "gcc", "-g", "-O0", "-static");
        breakAt("all there");
        long main = resume().thread();
        session().setSourceBreakpoints(source.toString(), List.of());
        session().resume(0);
        session().pause();
        assertThat(events.awaitStop().reason()).isEqualTo(new StopReason.Pause());
        assertThat(session().threads()).hasSize(4);
        List<String> stacks = session().threads().stream()
                .map(t -> session().stack(t.id(), 0, 0, false).frames().stream()
                        .map(FrameInfo::function)
                        .toList()
                        .toString())
                .toList();
        assertThat(stacks).anyMatch(s -> s.contains("in_read, ")).anyMatch(s -> s.contains("in_sleep, "));
        assertThat(stacks).anyMatch(s -> s.contains("in_lock, ")).anyMatch(s -> s.contains("main"));
        session().evaluate("done = 1", top(main).id(), EvaluationContext.REPL, false);
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(9);
    }

    @Test
    void anEndlessRecursionIsWalkedAsFarAsAsked() throws Exception {
        attach("overflow", "gcc", "-g", "-O0", "-static");
        Events.Stopped stop = resume();
        assertThat(((StopReason.Signal) stop.reason()).name()).isEqualTo("SIGSEGV");
        var page = session().stack(stop.thread(), 0, 20, true);
        assertThat(page.frames()).hasSize(20).allMatch(f -> f.function().equals("deeper"));
        assertThat(page.total()).isGreaterThan(20);
        var later = session().stack(stop.thread(), 100, 5, true);
        assertThat(later.frames()).hasSize(5);
        assertThat(session().stack(stop.thread(), 0, 1, false).frames().get(0).id())
                .isEqualTo(page.frames().get(0).id());
    }

    @Test
    void aLineInlinedInManyPlacesStopsInEachOfThem() throws Exception {
        attach("places", "gcc", "-g", "-O2");
        BreakpointStatus set = breakAt("everywhere");
        java.util.Set<Long> places = new java.util.HashSet<>();
        for (int i = 0; i < 3; i++) {
            Events.Stopped stop = resume();
            assertThat(stop.reason()).isEqualTo(new StopReason.Breakpoint(List.of(set.id())));
            places.add(top(stop.thread()).pc());
            assertThat(top(stop.thread()).function()).isEqualTo("note");
        }
        assertThat(places).hasSize(3);
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isZero();
    }

    @Test
    void stepsAreExactWhileOtherThreadsMeetABreakpointWithAFalseCondition() throws Exception {
        attach("hammer", "gcc", "-g", "-O0", "-static");
        breakAt("stepping");
        long tid = resume().thread();
        breakAt(new BreakpointRequest(lineOf("hammered"), 0, null, "n == -1", null, null));
        int first = lineOf("stepping");
        for (int round = 0; round < 8; round++) {
            for (int line : new int[] {first + 1, first + 2, first - 1, first}) {
                Events.Stopped stop = step(tid, StepKind.OVER);
                assertThat(stop).isEqualTo(new Events.Stopped(new StopReason.Step(), tid));
                assertThat(line(top(tid))).isEqualTo(line);
            }
        }
        session().setSourceBreakpoints(source.toString(), List.of());
        session().evaluate("stop = 1", top(tid).id(), EvaluationContext.REPL, false);
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(7);
    }
}
