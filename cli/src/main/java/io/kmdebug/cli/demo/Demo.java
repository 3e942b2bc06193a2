package io.kmdebug.cli.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.Ink;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.cli.report.Cores;
import io.kmdebug.cli.report.ReportOptions;
import io.kmdebug.cli.report.ReportText;
import io.kmdebug.debugger.DebuggerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session told step by step. Everything it shows comes out of the debug adapter's answers; it knows the sample's
 * source only so far as to find the line that a user would click on.
 */
final class Demo {
    private static final String CLICKED = "total += weight;";
    private static final String WATCHED = "total";
    private static final int LINES_AROUND = 2;

    /** Starts a debug adapter; what the payload prints goes to the consumer. */
    interface Adapter {
        DebugClient start(Consumer<JsonObject> onOutput) throws IOException;
    }

    private final Terminal terminal;
    private final Ink ink;
    private final Path program;
    private final Path source;
    private final Path core;
    private final Adapter adapter;
    private final @Nullable Adapter coreAdapter;
    private final Context context;
    private int step;

    /**
     * @param coreAdapter of the session with the core; null while a class archive is recorded, of one adapter for both
     *     sessions
     */
    Demo(
            Terminal terminal,
            Path program,
            Path source,
            Path core,
            Adapter adapter,
            @Nullable Adapter coreAdapter,
            Context context) {
        this.terminal = terminal;
        this.ink = terminal.inkOut();
        this.program = program;
        this.source = source;
        this.core = core;
        this.adapter = adapter;
        this.coreAdapter = coreAdapter;
        this.context = context;
    }

    void play() throws IOException {
        try (DebugClient client = adapter.start(this::payloadSays)) {
            boot(client);
            long thread = stopInWorker(client);
            showThreads(client, thread);
            showScopes(client, thread);
            watch(client, thread);
            if (coreAdapter == null) {
                new Rehearsal(client).ask(thread);
                new Rehearsal(client).step(thread);
            }
            crash(client);
            if (coreAdapter == null) openCore(client);
        }
        if (coreAdapter != null) {
            try (DebugClient client = coreAdapter.start(body -> {})) {
                openCore(client);
            }
        }
        report();
    }

    private void boot(DebugClient client) {
        client.request(
                "initialize", object("adapterID", "kmdebug", "clientID", "kmdebug-demo", "supportsVariableType", true));
        JsonObject launch = object("program", program.toString(), "coreFile", core.toString());
        launch.addProperty("cwd", String.valueOf(core.toAbsolutePath().getParent()));
        client.request("launch", launch);
        String name = text(body(client.event(Set.of("process"))), "name");
        say("boots " + name + " in a virtual machine of its own, held at its first instruction");
    }

    private long stopInWorker(DebugClient client) throws IOException {
        JsonObject breakpoint = new JsonObject();
        breakpoint.addProperty("line", lineToClick());
        JsonObject set =
                array(setBreakpoints(client, breakpoint), "breakpoints").get(0).getAsJsonObject();
        if (!set.get("verified").getAsBoolean()) {
            throw new DebuggerException("the breakpoint is not taken: " + text(set, "message"));
        }
        say("sets a breakpoint: " + source.getFileName() + ":" + text(set, "line") + " is at "
                + text(set, "instructionReference"));
        client.request("configurationDone", new JsonObject());
        JsonObject stopped = awaitStop(client, "breakpoint");
        long thread = stopped.get("threadId").getAsLong();
        say("lets it run; thread " + thread + " stops: " + text(stopped, "reason"));
        return thread;
    }

    private int lineToClick() throws IOException {
        List<String> lines = Files.readAllLines(source);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(CLICKED)) {
                return i + 1;
            }
        }
        throw new DebuggerException(source + " has no line '" + CLICKED + "'");
    }

    private JsonObject setBreakpoints(DebugClient client, JsonObject... breakpoints) {
        JsonObject arguments = new JsonObject();
        arguments.add("source", object("path", source.toString()));
        JsonArray array = new JsonArray();
        for (JsonObject breakpoint : breakpoints) {
            array.add(breakpoint);
        }
        arguments.add("breakpoints", array);
        return client.request("setBreakpoints", arguments);
    }

    private void showThreads(DebugClient client, long stopped) {
        JsonArray threads = array(client.request("threads", new JsonObject()), "threads");
        say("shows the stacks of all " + threads.size() + " threads");
        for (JsonElement element : threads) {
            long id = element.getAsJsonObject().get("id").getAsLong();
            show(ink.bold("thread " + id + " " + text(element.getAsJsonObject(), "name"))
                    + (id == stopped ? " (stopped here)" : ""));
            for (JsonElement frame : stack(client, id, 0)) {
                show("  " + frameLine(frame.getAsJsonObject()));
            }
        }
    }

    private static JsonArray stack(DebugClient client, long thread, int levels) {
        JsonObject arguments = object("threadId", thread, "levels", levels);
        arguments.add("format", object("parameters", true, "parameterNames", true, "parameterValues", true));
        return array(client.request("stackTrace", arguments), "stackFrames");
    }

    private String frameLine(JsonObject frame) {
        JsonObject place = frame.getAsJsonObject("source");
        return ink.cyan(text(frame, "name"))
                + (place == null ? "" : " at " + text(place, "name") + ":" + text(frame, "line"));
    }

    private void showScopes(DebugClient client, long thread) {
        JsonObject frame = stack(client, thread, 1).get(0).getAsJsonObject();
        say("shows where it stands, with arguments and locals");
        showSource(client, frame);
        for (JsonElement element :
                array(client.request("scopes", object("frameId", frame.get("id").getAsInt())), "scopes")) {
            JsonObject scope = element.getAsJsonObject();
            if (!scope.get("expensive").getAsBoolean()) {
                show(ink.bold(text(scope, "name")));
                showVariables(client, scope.get("variablesReference").getAsInt(), "  ", 1);
            }
        }
    }

    /** A group and, where it has members, one level below it. */
    private void showVariables(DebugClient client, int reference, String indent, int levels) {
        if (reference == 0) {
            return;
        }
        JsonObject arguments = object("variablesReference", reference, "count", 20);
        for (JsonElement element : array(client.request("variables", arguments), "variables")) {
            JsonObject variable = element.getAsJsonObject();
            show(indent + ink.dim(text(variable, "type")) + " " + text(variable, "name") + " = "
                    + text(variable, "value"));
            if (levels > 0) {
                showVariables(client, variable.get("variablesReference").getAsInt(), indent + "  ", levels - 1);
            }
        }
    }

    private void showSource(DebugClient client, JsonObject frame) {
        JsonObject place = frame.getAsJsonObject("source");
        if (place == null) {
            return;
        }
        JsonObject arguments = new JsonObject();
        arguments.add("source", place);
        arguments.addProperty("sourceReference", 0);
        List<String> lines =
                text(client.request("source", arguments), "content").lines().toList();
        int here = frame.get("line").getAsInt();
        for (int line = Math.max(1, here - LINES_AROUND); line <= Math.min(lines.size(), here + LINES_AROUND); line++) {
            String shown = String.format("%s %4d  %s", line == here ? "->" : "  ", line, lines.get(line - 1));
            show(line == here ? ink.green(shown) : shown.stripTrailing());
        }
    }

    private void watch(DebugClient client, long thread) {
        String before = evaluate(client, thread);
        client.request("next", object("threadId", thread));
        awaitStop(client, "step");
        JsonObject frame = stack(client, thread, 1).get(0).getAsJsonObject();
        say("steps over the line, to line " + text(frame, "line") + "; " + WATCHED + " changes from " + ink.bold(before)
                + " to " + ink.bold(evaluate(client, thread)));
        client.request("continue", object("threadId", thread));
        long other = awaitStop(client, "breakpoint").get("threadId").getAsLong();
        before = evaluate(client, other);
        client.request("next", object("threadId", other));
        awaitStop(client, "step");
        say("goes on to the next delivery, in thread " + other + ": " + WATCHED + " changes from " + ink.bold(before)
                + " to " + ink.bold(evaluate(client, other)));
    }

    private static String evaluate(DebugClient client, long thread) {
        int frame = stack(client, thread, 1).get(0).getAsJsonObject().get("id").getAsInt();
        return text(
                client.request("evaluate", object("expression", WATCHED, "frameId", frame, "context", "watch")),
                "result");
    }

    private void crash(DebugClient client) {
        setBreakpoints(client);
        long anyThread = array(client.request("threads", new JsonObject()), "threads")
                .get(0)
                .getAsJsonObject()
                .get("id")
                .getAsLong();
        say("takes the breakpoint away and lets the payload run into its fault");
        client.request("continue", object("threadId", anyThread));
        JsonObject stopped = awaitStop(client, "exception");
        long thread = stopped.get("threadId").getAsLong();
        say("thread " + thread + ": " + text(stopped, "text"));
        JsonObject frame = stack(client, thread, 1).get(0).getAsJsonObject();
        show(frameLine(frame));
        showSource(client, frame);
        client.request("continue", object("threadId", thread));
        JsonObject exited = body(client.event(Set.of("exited")));
        client.event(Set.of("terminated"));
        say("lets the signal through; the payload ends with status " + text(exited, "exitCode"));
        if (!Files.isRegularFile(core)) {
            throw new DebuggerException("the payload left no core at " + core);
        }
        say("its core is " + core);
        client.disconnect();
    }

    private void openCore(DebugClient client) {
        client.request(
                "initialize", object("adapterID", "kmdebug", "clientID", "kmdebug-demo", "supportsVariableType", true));
        client.request("attach", object("coreFile", core.toString()));
        client.request("configurationDone", new JsonObject());
        JsonObject stopped = awaitStop(client, "exception");
        JsonObject info = client.request(
                "exceptionInfo", object("threadId", stopped.get("threadId").getAsLong()));
        say("opens the core as an editor does: " + text(info, "exceptionId") + ", " + text(info, "description"));
        long thread = stopped.get("threadId").getAsLong();
        showThreads(client, thread);
        showScopes(client, thread);
        if (coreAdapter == null) new Rehearsal(client).look();
        client.disconnect();
    }

    private void report() {
        say("prints the report, as kmdebug core " + core + " does");
        ReportOptions options = new ReportOptions();
        new ReportText(terminal.out(), ink, options).print(new Cores(context, null, null, options).readNamed(core));
    }

    private JsonObject awaitStop(DebugClient client, String reason) {
        JsonObject event = client.event(Set.of("stopped", "exited", "terminated"));
        JsonObject body = body(event);
        if (!text(event, "event").equals("stopped")) {
            throw new DebuggerException("the payload ended where a stop (" + reason + ") was expected: " + event);
        }
        if (!text(body, "reason").equals(reason)) {
            throw new DebuggerException("the payload stopped for another reason than " + reason + ": " + body);
        }
        return body;
    }

    private void payloadSays(JsonObject output) {
        for (String line : text(output, "output").lines().toList()) {
            show(ink.dim(text(output, "category") + " | " + line));
        }
    }

    private void say(String what) {
        terminal.out().println(ink.bold(String.format("%2d.", ++step)) + " " + what);
    }

    private void show(String line) {
        terminal.out().println("      " + line);
    }

    private static JsonObject body(JsonObject event) {
        JsonObject body = event.getAsJsonObject("body");
        return body == null ? new JsonObject() : body;
    }

    private static JsonArray array(JsonObject body, String field) {
        return body.getAsJsonArray(field);
    }

    private static String text(JsonObject object, String field) {
        @Nullable JsonElement value = object.get(field);
        return value == null || value.isJsonNull() ? "" : value.getAsString();
    }

    static JsonObject object(Object... namesAndValues) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            JsonPrimitive primitive = value instanceof Number n
                    ? new JsonPrimitive(n)
                    : value instanceof Boolean b ? new JsonPrimitive(b) : new JsonPrimitive(value.toString());
            object.add(namesAndValues[i].toString(), primitive);
        }
        return object;
    }
}
