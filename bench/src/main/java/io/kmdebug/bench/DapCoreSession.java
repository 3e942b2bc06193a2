package io.kmdebug.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A core in a debug adapter. */
final class DapCoreSession implements CoreSession {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** What editors leave folded. */
    private static final Set<String> FOLDED = Set.of("Registers", "Globals", "Global", "Static");

    private final DapClient client;
    private double thread;
    private JsonArray frames = new JsonArray();

    DapCoreSession(List<String> command) throws IOException {
        client = new DapClient(command, Path.of("/dev/null"), LIMIT);
        client.request(
                "initialize",
                Map.of(
                        "adapterID", "bench",
                        "linesStartAt1", true,
                        "columnsStartAt1", true,
                        "supportsVariableType", true));
    }

    @Override
    public void open(Path program, Path core) throws IOException {
        int attach = client.send("attach", Map.of("program", program.toString(), "coreFile", core.toString()));
        client.event("initialized");
        client.send("configurationDone", Map.of());
        client.answer(attach);
        JsonObject stop = client.event("stopped").getAsJsonObject("body");
        JsonArray threads = client.request("threads", Map.of()).getAsJsonArray("threads");
        JsonElement stopped = stop.get("threadId");
        thread = (stopped != null ? stopped : threads.get(0).getAsJsonObject().get("id")).getAsDouble();
    }

    @Override
    public void stack() throws IOException {
        frames = stack(thread, 20);
    }

    private JsonArray stack(double of, int levels) throws IOException {
        return client.request("stackTrace", Map.of("threadId", of, "startFrame", 0, "levels", levels))
                .getAsJsonArray("stackFrames");
    }

    @Override
    public void locals(Path folder) throws IOException {
        for (JsonElement each : frames) {
            JsonObject source = each.getAsJsonObject().getAsJsonObject("source");
            JsonElement path = source == null ? null : source.get("path");
            if (path == null || !path.getAsString().startsWith(folder.toString())) continue;
            locals(each.getAsJsonObject());
            return;
        }
        throw new IOException("no frame with source in " + folder + ": " + frames);
    }

    private void locals(JsonObject frame) throws IOException {
        JsonArray scopes =
                client.request("scopes", Map.of("frameId", frame.get("id"))).getAsJsonArray("scopes");
        for (JsonElement each : scopes) {
            JsonObject scope = each.getAsJsonObject();
            boolean expensive = scope.has("expensive") && scope.get("expensive").getAsBoolean();
            if (expensive || FOLDED.contains(scope.get("name").getAsString())) continue;
            client.request("variables", Map.of("variablesReference", scope.get("variablesReference")));
        }
    }

    @Override
    public int everything() throws IOException {
        int count = 0;
        for (JsonElement each : client.request("threads", Map.of()).getAsJsonArray("threads")) {
            for (JsonElement frame : stack(each.getAsJsonObject().get("id").getAsDouble(), 0)) {
                locals(frame.getAsJsonObject());
                count++;
            }
        }
        return count;
    }

    @Override
    public void breakAtLine(Path source, int line) throws IOException {
        check(client.request(
                "setBreakpoints",
                Map.of(
                        "source", Map.of("path", source.toString()),
                        "breakpoints", List.of(Map.of("line", line)))));
    }

    @Override
    public void breakAtFunction(String name) throws IOException {
        check(client.request("setFunctionBreakpoints", Map.of("breakpoints", List.of(Map.of("name", name)))));
    }

    private static void check(JsonObject answer) throws IOException {
        JsonObject first = answer.getAsJsonArray("breakpoints").get(0).getAsJsonObject();
        // a core never stops there: an adapter may say so and still tell the place
        boolean placed = first.get("verified").getAsBoolean() || first.has("instructionReference");
        if (!placed) throw new IOException("no place for a breakpoint: " + answer);
    }

    @Override
    public double peakMebibytes() throws IOException {
        return PeakMemory.mebibytes(client.process());
    }

    @Override
    public void close() throws IOException {
        try {
            client.close();
        } catch (IOException e) {
            // lldb-dap 19 aborts after disconnect whenever a core was open; what was measured is measured
            client.process().destroyForcibly();
        }
    }
}
