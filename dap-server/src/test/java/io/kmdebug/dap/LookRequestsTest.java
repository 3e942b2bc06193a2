package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Over the wire: what is shown of a payload that stands, and what is changed there. */
class LookRequestsTest extends OverTheWire {
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
}
