package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.SessionListener.OutputKind;
import io.kmdebug.debugger.SourceLocation;
import org.junit.jupiter.api.Test;

/** Over the wire: running on, what the session tells, and how the client counts. */
class SessionRequestsTest extends OverTheWire {
    @Test
    void stepsFollowTheGranularity() {
        client.stopped();
        client.ok("next", "{'threadId':100}");
        client.ok("next", "{'threadId':100,'granularity':'instruction'}");
        client.ok("stepIn", "{'threadId':100,'granularity':'line'}");
        client.ok("stepIn", "{'threadId':100,'granularity':'instruction'}");
        client.ok("stepOut", "{'threadId':100}");
        assertThat(calls())
                .containsSubsequence(
                        "step 100 OVER",
                        "step 100 INSTRUCTION_OVER",
                        "step 100 INTO",
                        "step 100 INSTRUCTION",
                        "step 100 OUT");
        assertThat(client.fails("next", "{'threadId':100,'granularity':'word'}"))
                .contains("'granularity' must be one of statement, line, instruction, not \"word\"");
        assertThat(client.fails("next", "")).contains("'threadId' is missing");
    }

    @Test
    void continueAndPause() {
        client.stopped();
        assertThat(client.ok("continue", "{'threadId':100}")
                        .get("allThreadsContinued")
                        .getAsBoolean())
                .isTrue();
        client.ok("pause", "{'threadId':100}");
        assertThat(client.event("stopped").get("reason").getAsString()).isEqualTo("pause");
        client.ok("pause", "{'threadId':100}");
    }

    @Test
    void linesColumnsAndPathsFollowTheClient() {
        client.ok(
                "initialize",
                "{'adapterID':'kmdebug','linesStartAt1':false,'columnsStartAt1':false,'pathFormat':'uri'}");
        client.ok("launch", "{'program':'/bin/app'}");
        client.event("initialized");
        JsonObject breakpoint = first(
                client.ok(
                        "setBreakpoints",
                        "{'source':{'path':'" + source.toUri() + "'},'breakpoints':[{'line':2,'column':0}]}"),
                "breakpoints");
        assertThat(calls().get(0)).contains("setSourceBreakpoints " + source).contains("line=3, column=1");
        assertThat(breakpoint.get("line").getAsInt()).isEqualTo(2);
        assertThat(breakpoint.get("column").getAsInt()).isEqualTo(4);
        JsonObject frame = first(client.ok("stackTrace", "{'threadId':100}"), "stackFrames");
        assertThat(frame.get("line").getAsInt()).isEqualTo(1);
        assertThat(frame.getAsJsonObject("source").get("path").getAsString())
                .isEqualTo(source.toUri().toString());
        assertThat(client.fails("setBreakpoints", "{'source':{'path':'no uri'}}"))
                .contains("must be a file: URI");
    }

    @Test
    void eventsOfTheSessionReachTheClient() {
        client.stopped();
        FakeSession session = sessions.session();
        session.listener.threadStarted(102);
        assertThat(client.event("thread").toString()).contains("started").contains("102");
        session.listener.threadExited(102);
        assertThat(client.event("thread").toString()).contains("exited");
        session.listener.continued();
        assertThat(client.event("continued").get("allThreadsContinued").getAsBoolean())
                .isTrue();
        session.listener.breakpointChanged(
                new BreakpointStatus(1, true, new SourceLocation(source.toString(), 2, 0), 0x1000, null));
        assertThat(client.event("breakpoint")
                        .getAsJsonObject("breakpoint")
                        .get("line")
                        .getAsInt())
                .isEqualTo(2);
        for (OutputKind kind : OutputKind.values()) {
            session.listener.output(kind, "text\n");
            JsonObject output = client.event("output");
            assertThat(output.get("category").getAsString()).isEqualToIgnoringCase(kind.name());
            assertThat(output.get("output").getAsString()).isEqualTo("text\n");
        }
        session.listener.coreWritten("/tmp/kmcore");
        assertThat(client.event("output").get("output").getAsString()).isEqualTo("core written to /tmp/kmcore\n");
        session.listener.exited(139);
        assertThat(client.event("exited").get("exitCode").getAsInt()).isEqualTo(139);
        session.listener.terminated();
        session.listener.terminated();
        client.event("terminated");
        client.ok("threads", "");
        assertThat(client.received.stream().filter(m -> m.toString().contains("\"terminated\"")))
                .hasSize(1);
    }

    @Test
    void unknownRequestsAreRefusedAndTheServerStays() {
        assertThat(client.fails("stepBack", "{}")).contains("unknown request 'stepBack'");
        client.launched();
        assertThat(client.fails("dance", "")).contains("unknown request 'dance'");
        client.ok("threads", "");
    }
}
