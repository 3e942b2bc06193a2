package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kmdebug.bench.DapClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One real debug session through the shipped launcher over stdio, in a virtual machine, twice in a row. */
final class SessionTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            value = Shipped.C.class,
            names = {"MUSL", "GLIBC"})
    void theWholeSessionTwiceInARow(Shipped.C libc) throws Exception {
        Path program = Shipped.compile(folder, "session", libc);
        for (int run = 0; run < 2; run++) {
            try (DapClient client =
                    new DapClient(List.of(Shipped.kmdebug(), "dap"), folder.resolve("adapter.err"), LIMIT)) {
                session(client, program);
                client.request("disconnect", Map.of());
                assertThat(client.process().waitFor(60, java.util.concurrent.TimeUnit.SECONDS))
                        .as("the adapter ends after disconnect")
                        .isTrue();
            }
            assertThat(Shipped.processesWith(program.toString()))
                    .as("nothing stays running")
                    .isEmpty();
        }
    }

    private void session(DapClient client, Path program) throws IOException {
        Path source = folder.resolve("session.c");
        JsonObject capabilities = client.request(
                "initialize", Map.of("adapterID", "kmdebug", "linesStartAt1", true, "columnsStartAt1", true));
        assertThat(capabilities.get("supportsConfigurationDoneRequest").getAsBoolean())
                .isTrue();
        int launch = client.send(
                "launch", Map.of("program", program.toString(), "args", List.of("labelled"), "cwd", folder.toString()));
        client.event("initialized");

        int inWorker = Shipped.line(folder, "session", "in worker");
        JsonObject set = client.request(
                "setBreakpoints",
                Map.of(
                        "source", Map.of("path", source.toString()),
                        "breakpoints",
                                List.of(Map.of("line", inWorker, "condition", "job->number == 2 && round == 3"))));
        assertThat(set.getAsJsonArray("breakpoints")
                        .get(0)
                        .getAsJsonObject()
                        .get("verified")
                        .getAsBoolean())
                .isTrue();
        client.request("setFunctionBreakpoints", Map.of("breakpoints", List.of(Map.of("name", "main"))));
        client.request("configurationDone", Map.of());
        client.answer(launch);

        JsonObject stop = stopped(client);
        assertThat(stop.get("reason").getAsString()).contains("breakpoint");
        long mainThread = stop.get("threadId").getAsLong();
        assertThat(threads(client)).hasSize(1);
        assertThat(frames(client, mainThread).get(0).get("name").getAsString()).isEqualTo("main");

        steppingInMain(client, source, mainThread);
        client.request("setFunctionBreakpoints", Map.of("breakpoints", List.of()));
        client.request("continue", Map.of("threadId", mainThread));

        JsonObject inThread = stopped(client);
        long worker = inThread.get("threadId").getAsLong();
        assertThat(worker).isNotEqualTo(mainThread);
        theWorkerIsRight(client, worker, inWorker, mainThread);

        client.request(
                "setBreakpoints",
                Map.of(
                        "source", Map.of("path", source.toString()),
                        "breakpoints", List.of(Map.of("line", Shipped.line(folder, "session", "all joined")))));
        client.request("continue", Map.of("threadId", worker));
        JsonObject joined = stopped(client);
        assertThat(joined.get("threadId").getAsLong()).isEqualTo(mainThread);
        assertThat(evaluate(client, "total", frame(client, mainThread), "watch"))
                .isEqualTo("210");
        client.request("continue", Map.of("threadId", mainThread));

        JsonObject exited = client.event("exited").getAsJsonObject("body");
        assertThat(exited.get("exitCode").getAsInt()).isEqualTo(7);
        client.event("terminated");
        assertThat(client.output("stdout")).isEqualTo("scaled 160\n");
        assertThat(client.output("stderr")).isEqualTo("total 210\n");
    }

    private void steppingInMain(DapClient client, Path source, long thread) throws IOException {
        int call = Shipped.line(folder, "session", "call of area");
        client.request(
                "setBreakpoints",
                Map.of("source", Map.of("path", source.toString()), "breakpoints", List.of(Map.of("line", call))));
        client.request("continue", Map.of("threadId", thread));
        assertThat(line(client, stopped(client))).isEqualTo(call);

        client.request("stepIn", Map.of("threadId", thread));
        JsonObject inside = stopped(client);
        assertThat(inside.get("reason").getAsString()).isEqualTo("step");
        List<JsonObject> stack = frames(client, thread);
        assertThat(stack.get(0).get("name").getAsString()).isEqualTo("area");
        assertThat(stack.get(0).get("line").getAsInt()).isEqualTo(Shipped.line(folder, "session", "in area"));
        assertThat(stack.get(1).get("name").getAsString()).isEqualTo("main");
        int frame = stack.get(0).get("id").getAsInt();
        assertThat(evaluate(client, "corner->x * corner->y + scale", frame, "watch"))
                .isEqualTo("82");
        assertThat(evaluate(client, "*corner", frame, "hover")).isEqualTo("{x=20, y=4}");

        client.request("next", Map.of("threadId", thread));
        stopped(client);
        frame = frame(client, thread);
        assertThat(evaluate(client, "result", frame, "watch")).isEqualTo("80");

        client.request("stepOut", Map.of("threadId", thread));
        stopped(client);
        assertThat(frames(client, thread).get(0).get("name").getAsString()).isEqualTo("main");
        client.request("next", Map.of("threadId", thread));
        assertThat(line(client, stopped(client))).isEqualTo(Shipped.line(folder, "session", "after area"));
        assertThat(evaluate(client, "scaled", frame(client, thread), "watch")).isEqualTo("160");

        client.request(
                "setBreakpoints",
                Map.of(
                        "source", Map.of("path", source.toString()),
                        "breakpoints",
                                List.of(Map.of(
                                        "line",
                                        Shipped.line(folder, "session", "in worker"),
                                        "condition",
                                        "job->number == 2 && round == 3"))));
    }

    private void theWorkerIsRight(DapClient client, long worker, int line, long mainThread) throws IOException {
        assertThat(threads(client)).contains(mainThread, worker);
        List<JsonObject> stack = frames(client, worker);
        assertThat(stack.get(0).get("name").getAsString()).isEqualTo("work");
        assertThat(stack.get(0).get("line").getAsInt()).isEqualTo(line);
        assertThat(stack).hasSizeGreaterThan(1);
        assertThat(frames(client, mainThread).stream().map(f -> f.get("name").getAsString()))
                .as("the waiting thread's stack reaches main")
                .contains("main");

        int frame = stack.get(0).get("id").getAsInt();
        JsonArray scopes = client.request("scopes", Map.of("frameId", frame)).getAsJsonArray("scopes");
        assertThat(scopes.asList().stream()
                        .map(s -> s.getAsJsonObject().get("name").getAsString()))
                .contains("Arguments", "Locals", "Globals", "Registers");
        Map<String, JsonObject> locals = variables(client, scope(scopes, "Locals"));
        assertThat(locals.get("round").get("value").getAsString()).isEqualTo("3");
        assertThat(locals.get("mine").get("value").getAsString()).isEqualTo("6");
        Map<String, JsonObject> job =
                variables(client, locals.get("job").get("variablesReference").getAsInt());
        assertThat(job.get("corner").get("value").getAsString()).isEqualTo("{x=20, y=4}");
        assertThat(job.get("label").get("value").getAsString()).endsWith("\"labelled\"");
        assertThat(evaluate(client, job.get("weights").get("evaluateName").getAsString() + "[1]", frame, "watch"))
                .isEqualTo("0.5");
        Map<String, JsonObject> registers = variables(client, scope(scopes, "Registers"));
        assertThat(registers).isNotEmpty();

        int localsReference = scope(scopes, "Locals");
        client.request("setVariable", Map.of("variablesReference", localsReference, "name", "mine", "value", "7"));
        assertThat(evaluate(client, "mine", frame, "watch")).isEqualTo("7");
        client.request("setVariable", Map.of("variablesReference", localsReference, "name", "mine", "value", "6"));

        JsonObject memory = client.request(
                "readMemory",
                Map.of(
                        "memoryReference",
                        stack.get(0).get("instructionPointerReference").getAsString(),
                        "count",
                        16));
        assertThat(Base64.getDecoder().decode(memory.get("data").getAsString())).hasSize(16);
        JsonArray instructions = client.request(
                        "disassemble",
                        Map.of(
                                "memoryReference",
                                        stack.get(0)
                                                .get("instructionPointerReference")
                                                .getAsString(),
                                "instructionOffset", -4,
                                "instructionCount", 8))
                .getAsJsonArray("instructions");
        assertThat(instructions).hasSize(8);
        assertThat(instructions.get(4).getAsJsonObject().get("address").getAsString())
                .isEqualTo(stack.get(0).get("instructionPointerReference").getAsString());
    }

    private static JsonObject stopped(DapClient client) throws IOException {
        return client.event("stopped").getAsJsonObject("body");
    }

    private static List<Long> threads(DapClient client) throws IOException {
        List<Long> ids = new ArrayList<>();
        for (JsonElement thread : client.request("threads", Map.of()).getAsJsonArray("threads")) {
            ids.add(thread.getAsJsonObject().get("id").getAsLong());
        }
        return ids;
    }

    private static List<JsonObject> frames(DapClient client, long thread) throws IOException {
        List<JsonObject> frames = new ArrayList<>();
        JsonObject answer = client.request("stackTrace", Map.of("threadId", thread, "startFrame", 0, "levels", 20));
        for (JsonElement frame : answer.getAsJsonArray("stackFrames")) frames.add(frame.getAsJsonObject());
        return frames;
    }

    private static int frame(DapClient client, long thread) throws IOException {
        return frames(client, thread).get(0).get("id").getAsInt();
    }

    private static int line(DapClient client, JsonObject stop) throws IOException {
        return frames(client, stop.get("threadId").getAsLong())
                .get(0)
                .get("line")
                .getAsInt();
    }

    private static String evaluate(DapClient client, String expression, int frame, String context) throws IOException {
        return client.request("evaluate", Map.of("expression", expression, "frameId", frame, "context", context))
                .get("result")
                .getAsString();
    }

    private static int scope(JsonArray scopes, String name) {
        for (JsonElement scope : scopes) {
            JsonObject object = scope.getAsJsonObject();
            if (object.get("name").getAsString().equals(name)) {
                return object.get("variablesReference").getAsInt();
            }
        }
        throw new AssertionError("no scope " + name + " in " + scopes);
    }

    private static Map<String, JsonObject> variables(DapClient client, int reference) throws IOException {
        Map<String, JsonObject> byName = new java.util.LinkedHashMap<>();
        for (JsonElement variable : client.request("variables", Map.of("variablesReference", reference))
                .getAsJsonArray("variables")) {
            byName.put(variable.getAsJsonObject().get("name").getAsString(), variable.getAsJsonObject());
        }
        return byName;
    }
}
