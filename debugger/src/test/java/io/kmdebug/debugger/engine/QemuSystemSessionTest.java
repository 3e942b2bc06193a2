package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.StepKind;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.VariableInfo;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions with a program that has a whole machine of QEMU's to itself, from the machine's first instruction. */
@Timeout(60)
class QemuSystemSessionTest {
    private static final String[] BARE = {
        "-g",
        "-O0",
        "-ffreestanding",
        "-nostdlib",
        "-static",
        "-no-pie",
        "-fno-pic",
        "-mno-red-zone",
        "-fno-stack-protector",
        "-Wl,--build-id=none,-N,-e,start,-Ttext-segment=0x100000,--no-warn-rwx-segments"
    };

    @TempDir
    Path folder = Path.of("");

    private final Events events = new Events();
    private Path source = Path.of("");
    private ForeignStub machine;
    private Session session;

    @BeforeEach
    void begin() throws Exception {
        Path boot = folder.resolve("machine-boot.S");
        try (InputStream in = getClass().getResourceAsStream("/programs/machine-boot.S")) {
            Files.copy(Objects.requireNonNull(in), boot);
        }
        String[] flags = java.util.Arrays.copyOf(BARE, BARE.length + 1);
        flags[BARE.length] = boot.toString();
        Path program = Tools.compile(folder, "machine.c", "gcc", flags);
        source = folder.resolve("machine.c");
        machine = ForeignStub.qemuSystem(folder, program);
        session = Session.attach(new AttachOptions("127.0.0.1", machine.port, program, Map.of()), events);
        session.start();
        events.awaitStop();
    }

    @AfterEach
    void end() {
        session.close();
        machine.close();
    }

    private void breakAt(String... markers) throws Exception {
        List<BreakpointRequest> requests = new java.util.ArrayList<>();
        for (String marker : markers) requests.add(BreakpointRequest.line(Tools.line(source, marker)));
        assertThat(session.setSourceBreakpoints(source.toString(), requests)).allMatch(status -> status.verified());
    }

    private List<FrameInfo> stack(long tid) {
        return session.stack(tid, 0, 0, true).frames();
    }

    private String value(long tid, String expression) {
        int frame = stack(tid).get(0).id();
        return session.evaluate(expression, frame, EvaluationContext.WATCH, false)
                .value();
    }

    private long resume() throws Exception {
        session.resume(0);
        Events.Stopped stop = events.awaitStop();
        assertThat(stop.reason()).as(events.output()).isInstanceOf(StopReason.Breakpoint.class);
        return stop.thread();
    }

    private void step(long tid, StepKind kind, String marker) throws Exception {
        session.step(tid, kind);
        assertThat(events.awaitStop().reason()).isEqualTo(new StopReason.Step());
        assertThat(stack(tid).get(0).location()).isNotNull();
        assertThat(stack(tid).get(0).location().line()).isEqualTo(Tools.line(source, marker));
    }

    @Test
    void breakpointsStacksStepsAndVariables() throws Exception {
        breakAt("in square");
        long tid = resume();
        List<FrameInfo> frames = stack(tid);
        assertThat(frames).extracting(FrameInfo::function).startsWith("square", "kernel_main");
        assertThat(frames.get(0).arguments())
                .extracting(VariableInfo::name, VariableInfo::value)
                .containsExactly(tuple("n", "3"));
        assertThat(session.evaluate("p", frames.get(1).id(), EvaluationContext.WATCH, false)
                        .value())
                .isEqualTo("{x=3, y=4}");
        session.step(tid, StepKind.OUT);
        events.awaitStop();
        session.setSourceBreakpoints(
                source.toString(),
                List.of(new BreakpointRequest(Tools.line(source, "in loop"), 0, null, "i == 2", null, null)));
        assertThat(value(resume(), "total")).isEqualTo("1");
        session.evaluate("total = 100", stack(tid).get(0).id(), EvaluationContext.REPL, false);
        assertThat(value(tid, "total")).isEqualTo("100");
        breakAt("calls spin");
        resume();
        session.evaluate("spinning = 0", stack(tid).get(0).id(), EvaluationContext.REPL, false);
        step(tid, StepKind.OVER, "behind spin");
        step(tid, StepKind.OVER, "leaves");
        session.resume(0);
        // QEMU ends without telling its client
        assertThat(events.await(Events.Exited.class).code()).isNull();
        assertThat(events.output()).contains("The connection to the stub is lost");
        // 100 + 2 + 3 + 9 + 1, as the device of the machine passes it on: twice and one
        assertThat(machine.awaitEnd()).isEqualTo(115 * 2 + 1);
    }

    @Test
    void aRunningMachineIsPausedAndLeft() throws Exception {
        breakAt("calls spin");
        long tid = resume();
        session.setSourceBreakpoints(source.toString(), List.of());
        session.resume(0);
        session.pause();
        assertThat(events.awaitStop().reason()).isEqualTo(new StopReason.Pause());
        breakAt("spins");
        resume();
        session.setSourceBreakpoints(source.toString(), List.of());
        session.evaluate("spinning = 0", stack(tid).get(0).id(), EvaluationContext.REPL, false);
        session.disconnect();
        machine.awaitEnd();
    }

    @Test
    void aKilledMachineEnds() throws Exception {
        breakAt("calls spin");
        resume();
        session.terminate();
        machine.awaitEnd();
    }
}
