package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.SessionListener.OutputKind;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.StubPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every request, over the wire. */
class RequestsTest {
    @TempDir
    Path folder;

    private FakeSession.Factory sessions;
    private DapClient client;
    private Path source;

    @BeforeEach
    void connect() throws IOException {
        source = Files.writeString(folder.resolve("app.c"), "int main() {\n  return 0;\n}\n");
        sessions = new FakeSession.Factory(source);
        client = new DapClient(sessions);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
    }

    private List<String> calls() {
        return sessions.session().calls;
    }

    private static JsonObject first(JsonObject body, String array) {
        return body.getAsJsonArray(array).get(0).getAsJsonObject();
    }

    private static List<String> texts(JsonArray array, String field) {
        return array.asList().stream()
                .map(e -> e.getAsJsonObject().get(field).getAsString())
                .toList();
    }

    // Start

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

    // Breakpoints

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

    // Looking

    @Test
    void threadsHaveTheirNames() {
        client.stopped();
        JsonArray threads = client.ok("threads", "").getAsJsonArray("threads");
        assertThat(texts(threads, "name")).containsExactly("app", "worker");
        assertThat(texts(threads, "id")).containsExactly("100", "101");
    }

    @Test
    void aStackTellsWhereEachFrameIs() {
        client.stopped();
        JsonObject body = client.ok("stackTrace", "{'threadId':100}");
        assertThat(body.get("totalFrames").getAsInt()).isEqualTo(3);
        JsonArray frames = body.getAsJsonArray("stackFrames");
        assertThat(texts(frames, "name")).containsExactly("work", "helper [inlined]", "?? 0x401030");
        JsonObject work = frames.get(0).getAsJsonObject();
        assertThat(work.getAsJsonObject("source").get("path").getAsString()).isEqualTo(source.toString());
        assertThat(work.getAsJsonObject("source").has("sourceReference")).isFalse();
        assertThat(work.get("line").getAsInt()).isEqualTo(2);
        assertThat(work.get("column").getAsInt()).isEqualTo(3);
        assertThat(work.get("instructionPointerReference").getAsString()).isEqualTo("0x401010");
        assertThat(work.get("moduleId").getAsString()).isEqualTo("app");
        JsonObject unknown = frames.get(2).getAsJsonObject();
        assertThat(unknown.get("presentationHint").getAsString()).isEqualTo("subtle");
        assertThat(unknown.has("source")).isFalse();
    }

    @Test
    void aStackIsPagedAndSaysWhyItEndsEarly() {
        client.stopped();
        JsonObject all = client.ok("stackTrace", "{'threadId':101}");
        assertThat(all.get("totalFrames").getAsInt()).isEqualTo(4);
        JsonObject label = all.getAsJsonArray("stackFrames").get(3).getAsJsonObject();
        assertThat(label.get("name").getAsString()).isEqualTo("[stack ends here: no unwind information for 0x401030]");
        assertThat(label.get("presentationHint").getAsString()).isEqualTo("label");
        assertThat(client.ok("scopes", "{'frameId':" + label.get("id") + "}").getAsJsonArray("scopes"))
                .isEmpty();
        JsonObject two = client.ok("stackTrace", "{'threadId':101,'startFrame':1,'levels':2}");
        assertThat(texts(two.getAsJsonArray("stackFrames"), "name")).containsExactly("helper [inlined]", "?? 0x401030");
        assertThat(two.get("totalFrames").getAsInt()).isEqualTo(4);
        JsonObject behind = client.ok("stackTrace", "{'threadId':101,'startFrame':3,'levels':20}");
        assertThat(texts(behind.getAsJsonArray("stackFrames"), "presentationHint"))
                .containsExactly("label");
        assertThat(client.ok("stackTrace", "{'threadId':101,'startFrame':9}").getAsJsonArray("stackFrames"))
                .isEmpty();
        assertThat(client.fails("stackTrace", "{}")).contains("'threadId' is missing");
        assertThat(client.fails("stackTrace", "{'threadId':101,'startFrame':-1}"))
                .contains("'startFrame' must be");
        assertThat(client.fails("stackTrace", "{'threadId':7}")).isEqualTo("there is no thread 7");
    }

    @Test
    void frameNamesFollowTheFormat() {
        client.stopped();
        assertThat(frameName("{'parameters':true,'parameterNames':true,'parameterValues':true}"))
                .isEqualTo("work(n=7, s=\"x\")");
        assertThat(frameName("{'parameters':true,'parameterTypes':true}")).isEqualTo("work(int, char *)");
        assertThat(frameName("{'parameters':true}")).isEqualTo("work(n, s)");
        assertThat(frameName("{'module':true,'line':true}")).isEqualTo("app!work:2");
        assertThat(calls()).contains("stack 100 0 1 true", "stack 100 0 1 false");
    }

    private String frameName(String format) {
        return first(client.ok("stackTrace", "{'threadId':100,'levels':1,'format':" + format + "}"), "stackFrames")
                .get("name")
                .getAsString();
    }

    @Test
    void scopesAndVariables() {
        client.stopped();
        int frame = first(client.ok("stackTrace", "{'threadId':100}"), "stackFrames")
                .get("id")
                .getAsInt();
        JsonArray scopes = client.ok("scopes", "{'frameId':" + frame + "}").getAsJsonArray("scopes");
        assertThat(texts(scopes, "name")).containsExactly("Arguments", "Locals", "Globals", "Registers");
        assertThat(texts(scopes, "expensive")).containsExactly("false", "false", "true", "true");
        assertThat(scopes.get(1).getAsJsonObject().get("presentationHint").getAsString())
                .isEqualTo("locals");
        JsonArray locals = client.ok("variables", "{'variablesReference':" + (FakeSession.SCOPE + 1) + "}")
                .getAsJsonArray("variables");
        JsonObject items = locals.get(0).getAsJsonObject();
        assertThat(items.get("indexedVariables").getAsInt()).isEqualTo(1000);
        assertThat(items.get("type").getAsString()).isEqualTo("int [1000]");
        assertThat(items.get("memoryReference").getAsString()).isEqualTo("0x7000");
        assertThat(items.get("evaluateName").getAsString()).isEqualTo("items");
        JsonObject gone = locals.get(3).getAsJsonObject();
        assertThat(gone.get("value").getAsString()).isEqualTo("<optimized out>");
        assertThat(gone.getAsJsonObject("presentationHint")
                        .getAsJsonArray("attributes")
                        .get(0)
                        .getAsString())
                .isEqualTo("readOnly");
        JsonArray page = variables("{'variablesReference':20,'start':500,'count':3,'filter':'indexed'}");
        assertThat(texts(page, "name")).containsExactly("[500]", "[501]", "[502]");
        assertThat(texts(variables("{'variablesReference':20,'start':10,'count':1,'format':{'hex':true}}"), "value"))
                .containsExactly("0xa");
        assertThat(texts(variables("{'variablesReference':20,'start':10,'count':1}"), "value"))
                .containsExactly("10");
        assertThat(variables("{'variablesReference':20,'filter':'named'}")).isEmpty();
        assertThat(variables("{'variablesReference':20,'filter':'indexed','start':2000}"))
                .isEmpty();
        assertThat(texts(variables("{'variablesReference':40,'filter':'named'}"), "name"))
                .containsExactly("a", "b");
        assertThat(texts(variables("{'variablesReference':40,'filter':'indexed','start':1}"), "name"))
                .containsExactly("[1]", "[2]");
        assertThat(client.fails("variables", "{'variablesReference':20,'filter':'odd'}"))
                .contains("'filter' must be one of indexed, named, not \"odd\"");
        assertThat(client.fails("variables", "{'variablesReference':20,'start':-1}"))
                .contains("'start' must be 0 or more");
        assertThat(client.fails("variables", "{'variablesReference':777}")).contains("not valid any more");
    }

    private JsonArray variables(String arguments) {
        return client.ok("variables", arguments).getAsJsonArray("variables");
    }

    @Test
    void idsOfAnEarlierStopAreRefused() {
        client.stopped();
        int frame = first(client.ok("stackTrace", "{'threadId':100}"), "stackFrames")
                .get("id")
                .getAsInt();
        client.ok("next", "{'threadId':100}");
        assertThat(client.event("stopped").get("reason").getAsString()).isEqualTo("step");
        assertThat(client.fails("scopes", "{'frameId':" + frame + "}")).contains("of an earlier stop");
    }

    @Test
    void typesAreSentOnlyToClientsThatTakeThem() {
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        client.ok("launch", "{'program':'/bin/app'}");
        assertThat(client.ok("evaluate", "{'expression':'x'}").has("type")).isFalse();
    }

    @Test
    void evaluateKeepsToItsContext() {
        client.stopped();
        for (String context : List.of("watch", "hover", "repl", "variables", "clipboard")) {
            JsonObject body = client.ok("evaluate", "{'expression':'x','frameId':5,'context':'" + context + "'}");
            assertThat(body.get("result").getAsString()).isEqualTo("42");
            assertThat(body.get("type").getAsString()).isEqualTo("int");
            assertThat(calls()).contains("evaluate x 5 " + context.toUpperCase(java.util.Locale.ROOT) + " false");
        }
        client.ok("evaluate", "{'expression':'y','context':'new thing','format':{'hex':true}}");
        assertThat(calls()).contains("evaluate y 0 WATCH true");
        assertThat(client.fails("evaluate", "{'expression':'nonsense'}")).isEqualTo("there is no 'nonsense' here");
        assertThat(client.fails("evaluate", "{'expression':'  '}")).contains("'expression' is empty");
        assertThat(client.fails("evaluate", "{}")).contains("'expression' is missing");
        assertThat(client.fails("evaluate", "{'expression':'x','frameId':'5'}"))
                .contains("'frameId' must be an integer");
    }

    @Test
    void theConsoleTakesCommands() {
        client.stopped();
        JsonObject help = client.ok("evaluate", "{'expression':'`help','context':'repl'}");
        assertThat(help.get("result").getAsString()).contains("core [FILE]", "help [COMMAND]");
        assertThat(help.get("variablesReference").getAsInt()).isZero();
        JsonObject saved = client.ok("evaluate", "{'expression':'`core /tmp/a core','context':'repl'}");
        assertThat(saved.get("result").getAsString())
                .isEqualTo("core written to /tmp/a core\nnote: 4 bytes are missing");
        assertThat(calls()).contains("saveCore /tmp/a core");
        assertThat(client.fails("evaluate", "{'expression':'`nothing','context':'repl'}"))
                .contains("no command nothing");
        // a variable of that name, and a context that only looks
        client.ok("evaluate", "{'expression':'core','frameId':5,'context':'repl'}");
        assertThat(calls()).contains("evaluate core 5 REPL false");
        client.ok("evaluate", "{'expression':'help','context':'hover'}");
        assertThat(calls()).contains("evaluate help 0 HOVER false");
    }

    @Test
    void coresAreSavedOnRequest() {
        client.stopped();
        JsonObject named = client.ok("kmdebug/saveCore", "{'path':'/tmp/some.core'}");
        assertThat(named.get("path").getAsString()).isEqualTo("/tmp/some.core");
        assertThat(named.getAsJsonArray("notes").get(0).getAsString()).isEqualTo("4 bytes are missing");
        JsonObject unnamed = client.ok("kmdebug/saveCore", "{}");
        assertThat(unnamed.get("path").getAsString()).isEqualTo("/cores/core.100");
        assertThat(client.fails("kmdebug/saveCore", "{'path':''}")).contains("'path' must be the path of a file");
    }

    @Test
    void defectsFailTheirRequestOnly() {
        client.stopped();
        assertThat(client.fails("evaluate", "{'expression':'crash'}"))
                .contains("a defect")
                .contains("please report");
        assertThat(client.fails("evaluate", "{'expression':'overflow'}")).contains("StackOverflowError");
        client.ok("threads", "");
    }

    @Test
    void valuesAreSet() {
        client.stopped();
        JsonObject set = client.ok("setVariable", "{'variablesReference':11,'name':'n','value':'1 + 2'}");
        assertThat(set.get("value").getAsString()).isEqualTo("1 + 2");
        assertThat(calls()).contains("setVariable 11 n 1 + 2");
        client.ok("setExpression", "{'expression':'p->n','value':'5','frameId':3}");
        assertThat(calls()).contains("evaluate (p->n) = (5) 3 REPL false");
        assertThat(client.fails("setVariable", "{'variablesReference':11,'value':'1'}"))
                .contains("'name' is missing");
    }

    // Running

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

    // Memory and code

    @Test
    void memoryIsReadAndWritten() {
        client.stopped();
        JsonObject read = client.ok("readMemory", "{'memoryReference':'0x7000','offset':-16,'count':10}");
        assertThat(read.get("address").getAsString()).isEqualTo("0x6ff0");
        assertThat(read.get("data").getAsString()).isEqualTo("AQIDBA==");
        assertThat(read.get("unreadableBytes").getAsInt()).isEqualTo(6);
        assertThat(client.ok("readMemory", "{'memoryReference':'0xffffffffffffff00','count':0}")
                        .get("address")
                        .getAsString())
                .isEqualTo("0xffffffffffffff00");
        assertThat(client.fails("readMemory", "{'memoryReference':'main','count':4}"))
                .contains("must be an address");
        assertThat(client.fails("readMemory", "{'memoryReference':'0x1','count':-4}"))
                .contains("'count' must be from 0");
        assertThat(client.fails("readMemory", "{'memoryReference':'0x1','count':2000000000}"))
                .contains("'count' must be from 0 to 16777216");
        JsonObject written = client.ok("writeMemory", "{'memoryReference':'28672','data':'AQI='}");
        assertThat(written.get("bytesWritten").getAsInt()).isEqualTo(2);
        assertThat(calls()).contains("writeMemory 7000 [1, 2]");
        assertThat(client.fails("writeMemory", "{'memoryReference':'0x7000','data':'AQIDBA=='}"))
                .contains("only 2 of 4 bytes");
        client.ok("writeMemory", "{'memoryReference':'0x7000','data':'AQIDBA==','allowPartial':true}");
        assertThat(client.fails("writeMemory", "{'memoryReference':'0x7000','data':'?'}"))
                .contains("must be base64");
    }

    @Test
    void codeIsDisassembledAroundAnAddress() {
        client.stopped();
        JsonArray code = client.ok(
                        "disassemble",
                        "{'memoryReference':'0x401000','offset':16,'instructionOffset':-1,'instructionCount':3}")
                .getAsJsonArray("instructions");
        assertThat(calls()).contains("disassemble 401010 -1 3");
        assertThat(code).hasSize(3);
        assertThat(code.get(0).getAsJsonObject().get("presentationHint").getAsString())
                .isEqualTo("invalid");
        JsonObject nop = code.get(1).getAsJsonObject();
        assertThat(nop.get("address").getAsString()).isEqualTo("0x401010");
        assertThat(nop.get("instructionBytes").getAsString()).isEqualTo("90");
        assertThat(nop.get("instruction").getAsString()).isEqualTo("nop");
        assertThat(nop.get("symbol").getAsString()).isEqualTo("main+1");
        assertThat(nop.get("line").getAsInt()).isEqualTo(2);
        JsonObject bare = first(
                client.ok("disassemble", "{'memoryReference':'0x401000','instructionCount':1,'resolveSymbols':false}"),
                "instructions");
        assertThat(bare.has("symbol")).isFalse();
        assertThat(client.fails("disassemble", "{'memoryReference':'0x401000','instructionCount':-1}"))
                .contains("'instructionCount' must be");
    }

    @Test
    void modulesCarryTheirBuildId() {
        client.stopped();
        JsonObject body = client.ok("modules", "");
        JsonObject app = first(body, "modules");
        assertThat(app.get("id").getAsString()).isEqualTo("1");
        assertThat(app.get("buildId").getAsString()).isEqualTo("abcdef");
        assertThat(app.get("symbolStatus").getAsString()).isEqualTo("DWARF 5");
        assertThat(app.get("addressRange").getAsString()).isEqualTo("0x400000-0x500000");
        assertThat(body.get("totalModules").getAsInt()).isEqualTo(2);
        assertThat(texts(
                        client.ok("modules", "{'startModule':1,'moduleCount':5}")
                                .getAsJsonArray("modules"),
                        "name"))
                .containsExactly("[vdso]");
    }

    @Test
    void sourcesThatAreNotOnDiskAreAskedForByNumber() {
        client.stopped();
        JsonObject helper = client.ok("stackTrace", "{'threadId':100}")
                .getAsJsonArray("stackFrames")
                .get(1)
                .getAsJsonObject()
                .getAsJsonObject("source");
        int reference = helper.get("sourceReference").getAsInt();
        assertThat(reference).isPositive();
        assertThat(client.ok("source", "{'sourceReference':" + reference + "}")
                        .get("content")
                        .getAsString())
                .isEqualTo("text of /nowhere/helper.c\n");
        assertThat(client.ok("source", "{'sourceReference':0,'source':{'path':'/a.c'}}")
                        .get("content")
                        .getAsString())
                .isEqualTo("text of /a.c\n");
        assertThat(client.fails("source", "{}")).contains("'sourceReference' is missing");
        assertThat(client.fails("source", "{'sourceReference':99}")).contains("not given out");
    }

    @Test
    void exceptionInfoNeedsASignal() {
        client.stopped();
        assertThat(client.fails("exceptionInfo", "{'threadId':100}")).contains("does not stand at a signal");
    }

    // The client's way of counting

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

    // What the session tells

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
