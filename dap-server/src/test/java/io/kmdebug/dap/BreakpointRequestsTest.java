package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.kmdebug.debugger.StopReason;
import org.junit.jupiter.api.Test;

/** Over the wire: breakpoints of every kind. */
class BreakpointRequestsTest extends OverTheWire {
    @Test
    void breakpointsTellWhereTheyAreAndWhyNot() {
        client.launched();
        JsonArray answers = client.ok(
                        "setBreakpoints",
                        "{'source':{'path':'" + source
                                + "'},'breakpoints':[{'line':3,'condition':'x > 1','hitCondition':'','logMessage':'hi {x}'},"
                                + "{'line':10},{'line':99}]}")
                .getAsJsonArray("breakpoints");
        assertThat(answers).hasSize(3);
        JsonObject plain = answers.get(0).getAsJsonObject();
        assertThat(plain.get("verified").getAsBoolean()).isTrue();
        assertThat(plain.get("line").getAsInt()).isEqualTo(3);
        assertThat(plain.get("column").getAsInt()).isEqualTo(5);
        assertThat(plain.has("message")).isFalse();
        assertThat(plain.get("instructionReference").getAsString()).isEqualTo("0x401003");
        JsonObject moved = answers.get(1).getAsJsonObject();
        assertThat(moved.get("line").getAsInt()).isEqualTo(11);
        assertThat(moved.get("message").getAsString()).isEqualTo("line 10 has no code; moved to line 11");
        JsonObject lost = answers.get(2).getAsJsonObject();
        assertThat(lost.get("verified").getAsBoolean()).isFalse();
        assertThat(lost.get("message").getAsString()).contains("behind the last line");
        assertThat(lost.get("reason").getAsString()).isEqualTo("failed");
        assertThat(calls().get(0)).contains("condition=x > 1, hitCondition=null, logMessage=hi {x}");
    }

    @Test
    void breakpointArgumentsAreChecked() {
        client.launched();
        assertThat(client.fails("setBreakpoints", "")).contains("setBreakpoints: argument 'source' is missing");
        assertThat(client.fails("setBreakpoints", "{'source':'x'}")).contains("'source' must be an object, not \"x\"");
        assertThat(client.fails("setBreakpoints", "{'source':{}}")).contains("'source.path' is missing");
        assertThat(client.fails("setBreakpoints", "{'source':{'path':'a'},'breakpoints':{}}"))
                .contains("'breakpoints' must be an array, not an object");
        assertThat(client.fails("setBreakpoints", "{'source':{'path':'a'},'breakpoints':[{'line':'3'}]}"))
                .contains("'breakpoints[0].line' must be an integer")
                .contains("not \"3\"");
        assertThat(client.fails("setBreakpoints", "{'source':{'path':'a'},'breakpoints':[{'line':1},{}]}"))
                .contains("'breakpoints[1].line' is missing");
        assertThat(client.fails("setBreakpoints", "{'source':{'path':'a'},'breakpoints':[{'line':3e900000000}]}"))
                .contains("'breakpoints[0].line' must be an integer");
        assertThat(client.fails("setBreakpoints", "{'source':{'sourceReference':5}}"))
                .contains("not given out");
    }

    @Test
    void functionBreakpointsHaveTheirOwnStopReason() {
        client.launched();
        JsonArray answers = client.ok("setFunctionBreakpoints", "{'breakpoints':[{'name':'main'},{'name':'nope'}]}")
                .getAsJsonArray("breakpoints");
        assertThat(answers.get(0).getAsJsonObject().get("verified").getAsBoolean())
                .isTrue();
        assertThat(answers.get(1).getAsJsonObject().get("message").getAsString())
                .isEqualTo("there is no function nope");
        client.ok("configurationDone", "");
        JsonObject stopped = client.event("stopped");
        assertThat(stopped.get("reason").getAsString()).isEqualTo("function breakpoint");
        assertThat(stopped.getAsJsonArray("hitBreakpointIds").get(0).getAsInt()).isEqualTo(1);
        assertThat(stopped.get("allThreadsStopped").getAsBoolean()).isTrue();
    }

    @Test
    void signalFiltersBecomeAPolicy() {
        client.launched();
        client.ok("setExceptionBreakpoints", "{'filters':['fatal','SIGINT']}");
        client.ok(
                "setExceptionBreakpoints",
                "{'filters':['fatal'],'filterOptions':[{'filterId':'signals','condition':'SIGUSR1, usr2 SIGRTMIN+1'}]}");
        client.ok("setExceptionBreakpoints", "{'filters':['all']}");
        assertThat(calls().get(0)).isEqualTo("setSignalPolicy [2]");
        assertThat(calls().get(1)).isEqualTo("setSignalPolicy [10, 12, 35]");
        assertThat(calls().get(2)).startsWith("setSignalPolicy [1, 2,").endsWith("64]");
        JsonArray answers = client.ok(
                        "setExceptionBreakpoints",
                        "{'filters':['SIGNONE','fatal'],'filterOptions':[{'filterId':'signals','condition':'SIGX'},{'filterId':'signals'}]}")
                .getAsJsonArray("breakpoints");
        assertThat(answers.get(0).getAsJsonObject().get("message").getAsString())
                .contains("'SIGNONE' is no filter");
        assertThat(answers.get(1).getAsJsonObject().get("verified").getAsBoolean())
                .isTrue();
        assertThat(answers.get(2).getAsJsonObject().get("message").getAsString())
                .contains("'SIGX' is no signal");
        assertThat(answers.get(3).getAsJsonObject().get("message").getAsString())
                .contains("name the signals");
        assertThat(client.fails("setExceptionBreakpoints", "")).contains("'filters' is missing");
    }

    @Test
    void withoutTheFatalFilterAFatalSignalIsPassedOn() {
        client.stopped();
        client.ok("setExceptionBreakpoints", "{'filters':['SIGUSR1']}");
        sessions.session().stop(new StopReason.Signal(11, "SIGSEGV", "bad", 0L), FakeSession.WORKER);
        client.ok("threads", "");
        assertThat(calls()).contains("resume 101");
        sessions.session().stop(new StopReason.Signal(10, "SIGUSR1", "user signal", null), FakeSession.WORKER);
        assertThat(client.event("stopped").get("description").getAsString()).contains("SIGUSR1");
    }
}
