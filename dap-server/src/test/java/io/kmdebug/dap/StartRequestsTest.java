package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.StubPlace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Over the wire: how sessions begin. */
class StartRequestsTest extends OverTheWire {
    @Test
    void initializeAdvertisesWhatTheHandlersDeclare() {
        JsonObject body = client.ok("initialize", "{'adapterID':'kmdebug'}");
        assertThat(body.get("supportsConfigurationDoneRequest").getAsBoolean()).isTrue();
        assertThat(body.get("supportsReadMemoryRequest").getAsBoolean()).isTrue();
        assertThat(body.has("supportsStepBack")).isFalse();
        assertThat(body.has("supportsRestartRequest")).isFalse();
        JsonObject fatal = first(body, "exceptionBreakpointFilters");
        assertThat(fatal.get("filter").getAsString()).isEqualTo("fatal");
        assertThat(fatal.get("default").getAsBoolean()).isTrue();
        assertThat(client.fails("initialize", "{'adapterID':'kmdebug'}")).contains("sent before");
    }

    @Test
    void launchPassesOnEveryArgument() {
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        client.ok(
                "launch",
                "{'program':'/bin/app','args':['a','b c'],'cwd':'/tmp','env':{'NEW':'1','PATH':null},'stopOnEntry':true,"
                        + "'stopAtMain':true,'kmArgs':['-V'],'coreFile':'/tmp/c','km':'/bin/km','sourceMap':{'/src':'/here'},"
                        + "'name':'x','type':'kmdebug','__sessionId':'1'}");
        LaunchOptions options = Objects.requireNonNull(sessions.launched);
        assertThat(options.program()).isEqualTo(Path.of("/bin/app"));
        assertThat(options.arguments()).containsExactly("a", "b c");
        assertThat(options.workingDirectory()).isEqualTo(Path.of("/tmp"));
        assertThat(options.environment()).containsEntry("NEW", "1").doesNotContainKey("PATH");
        String someVariable = System.getenv().keySet().stream()
                .filter(name -> !name.equals("PATH"))
                .findFirst()
                .orElseThrow();
        assertThat(options.environment()).containsEntry(someVariable, System.getenv(someVariable));
        assertThat(options.stopOnEntry()).isTrue();
        assertThat(options.stopAtMain()).isTrue();
        assertThat(options.monitorArguments()).containsExactly("-V");
        assertThat(options.coreFile()).isEqualTo(Path.of("/tmp/c"));
        assertThat(options.monitor()).isEqualTo(Path.of("/bin/km"));
        assertThat(options.sourceMap()).isEqualTo(Map.of("/src", "/here"));
    }

    @Test
    void launchSaysWhichArgumentIsWrong() {
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        assertThat(client.fails("launch", "{}"))
                .contains("'program' is missing")
                .contains("ELF executable");
        assertThat(client.fails("launch", "")).contains("'program' is missing");
        assertThat(client.fails("launch", "[1]")).contains("'arguments' must be an object, not an array");
        assertThat(client.fails("launch", "{'program':7}")).contains("'program' must be a string, not 7");
        assertThat(client.fails("launch", "{'program':''}")).contains("'program' must be the path of a file");
        assertThat(client.fails("launch", "{'program':'a','args':'b'}"))
                .contains("'args' must be an array of strings, not \"b\"");
        assertThat(client.fails("launch", "{'program':'a','args':['b',1]}"))
                .contains("'args[1]' must be a string, not 1");
        assertThat(client.fails("launch", "{'program':'a','env':{'A':5}}")).contains("'env.A' must be a string, not 5");
        assertThat(client.fails("launch", "{'program':'a','env':{'A=B':'5'}}")).contains("named 'A=B'");
        assertThat(client.fails("launch", "{'program':'a','stopOnEntry':'yes'}"))
                .contains("'stopOnEntry' must be true or false, not \"yes\"");
        assertThat(client.fails("launch", "{'program':'a','sourceMap':{'x':null}}"))
                .contains("'sourceMap.x' must be a string, not null");
        assertThat(client.fails("launch", "{'program':'/missing'}"))
                .isEqualTo("/missing: no such file; build it first");
        client.ok("launch", "{'program':'/bin/app'}");
        assertThat(client.fails("launch", "{'program':'/bin/app'}")).contains("has a session already");
    }

    @Test
    void attachTakesAStub() {
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        assertThat(client.fails("attach", "{}")).contains("'port' is missing").contains("coreFile");
        assertThat(client.fails("attach", "{'port':70000}")).contains("'port' must be an integer from 1 to 65535");
        assertThat(client.fails("attach", "{'port':1.5}")).contains("'port' must be an integer");
        assertThat(client.fails("attach", "{'target':'somewhere'}")).contains("'target' must be host:port");
        assertThat(client.fails("attach", "{'target':'a:1','port':2}")).contains("the same twice");
        assertThat(client.fails("attach", "{'coreFile':'c','port':2}")).contains("'port' does not go with 'coreFile'");
        client.ok("attach", "{'target':'localhost:2159','program':'/bin/app'}");
        var options = Objects.requireNonNull(sessions.attached);
        assertThat(options.stub()).isEqualTo(new StubPlace.Port("localhost", 2159, null));
        assertThat(options.program()).isEqualTo(Path.of("/bin/app"));
        client.ok("disconnect", "");
        assertThat(calls()).contains("disconnect").doesNotContain("terminate");
    }

    @Test
    void attachTakesASocketOrAToken() {
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        assertThat(client.fails("attach", "{'socket':'/tmp/s','port':2}")).contains("'port' does not go with 'socket'");
        assertThat(client.fails("attach", "{'socket':'/tmp/s','tokenFile':'/t'}"))
                .contains("'tokenFile' does not go");
        assertThat(client.fails("attach", "{'coreFile':'c','socket':'/s'}")).contains("does not go with 'coreFile'");
        client.ok("attach", "{'socket':'/tmp/s'}");
        assertThat(Objects.requireNonNull(sessions.attached).stub()).isEqualTo(new StubPlace.Socket(Path.of("/tmp/s")));
        assertThat(client.event("process").get("name").getAsString()).isEqualTo("/tmp/s");
    }

    @Test
    void attachTakesTheTokenOfAPort() {
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        client.ok("attach", "{'target':'far:9','tokenFile':'/t'}");
        assertThat(Objects.requireNonNull(sessions.attached).stub())
                .isEqualTo(new StubPlace.Port("far", 9, Path.of("/t")));
    }

    @Test
    void attachTakesACoreAndReportsItsStop() {
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        client.ok("attach", "{'coreFile':'/tmp/kmcore'}");
        client.event("initialized");
        assertThat(client.event("process").get("startMethod").getAsString()).isEqualTo("attach");
        client.ok("configurationDone", "{}");
        JsonObject stopped = client.event("stopped");
        assertThat(stopped.get("reason").getAsString()).isEqualTo("exception");
        assertThat(stopped.get("text").getAsString()).isEqualTo("Segmentation fault: address 0x0 is not mapped");
        assertThat(stopped.get("threadId").getAsLong()).isEqualTo(FakeSession.WORKER);
        JsonObject info = client.ok("exceptionInfo", "{'threadId':101}");
        assertThat(info.get("exceptionId").getAsString()).isEqualTo("SIGSEGV");
        assertThat(info.get("breakMode").getAsString()).isEqualTo("unhandled");
        String meaning = "null pointer dereference: reads p->x, and p is 0x0, in area (app.c:6)";
        assertThat(info.get("description").getAsString()).isEqualTo(meaning);
        assertThat(info.getAsJsonObject("details").get("message").getAsString()).isEqualTo(meaning);
        for (String request : List.of("continue", "next", "stepIn", "stepOut")) {
            assertThat(client.fails(request, "{'threadId':101}")).contains("post-mortem");
        }
    }

    @Test
    void nothingWorksWithoutASession() {
        assertThat(client.fails("launch", "{'program':'/bin/app'}")).contains("send initialize first");
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        for (String request : List.of("threads", "configurationDone", "modules", "terminate")) {
            assertThat(client.fails(request, "{}")).contains("send launch or attach first");
        }
        client.ok("disconnect", "{}");
    }

    @Test
    void thePayloadIsHeldUntilConfigurationDone() {
        client.launched();
        assertThat(client.fails("continue", "{'threadId':100}")).contains("configurationDone");
        client.ok("configurationDone", "");
        assertThat(client.fails("configurationDone", "")).contains("sent before");
        client.ok("continue", "{'threadId':100}");
    }
}
