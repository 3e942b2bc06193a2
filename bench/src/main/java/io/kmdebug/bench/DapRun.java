package io.kmdebug.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One whole debug session with an adapter: spawn, initialize, launch to a breakpoint in main, step.
 *
 * @param initialize milliseconds from spawn to the answer of initialize
 * @param launch milliseconds from the launch request to the stop in main
 * @param step median milliseconds of a step over a line
 */
record DapRun(double initialize, double launch, double step) {
    private static final int STEPS = 40;
    private static final Duration LIMIT = Duration.ofSeconds(15);

    static DapRun with(List<String> adapter, Path program, Path source, int line) throws IOException {
        long spawned = System.nanoTime();
        try (DapClient client = new DapClient(adapter, Path.of("/dev/null"), LIMIT)) {
            client.request("initialize", Map.of("adapterID", "bench", "linesStartAt1", true, "columnsStartAt1", true));
            double initialize = millisecondsSince(spawned);

            long launched = System.nanoTime();
            int launch = client.send("launch", Map.of("program", program.toString()));
            client.event("initialized");
            client.request("setFunctionBreakpoints", Map.of("breakpoints", List.of(Map.of("name", "main"))));
            client.send("configurationDone", Map.of());
            client.answer(launch);
            JsonObject stop = client.event("stopped").getAsJsonObject("body");
            double toMain = millisecondsSince(launched);
            double thread = stop.get("threadId").getAsDouble();

            client.request(
                    "setBreakpoints",
                    Map.of(
                            "source", Map.of("path", source.toString()),
                            "breakpoints", List.of(Map.of("line", line))));
            look(client, thread);
            client.request("continue", Map.of("threadId", thread));
            client.event("stopped");
            look(client, thread);
            client.request(
                    "setBreakpoints", Map.of("source", Map.of("path", source.toString()), "breakpoints", List.of()));
            List<Double> steps = new ArrayList<>();
            for (int i = 0; i < STEPS; i++) {
                long started = System.nanoTime();
                client.request("next", Map.of("threadId", thread));
                client.event("stopped");
                steps.add(millisecondsSince(started));
                look(client, thread);
            }
            return new DapRun(initialize, toMain, Pairs.median(steps));
        }
    }

    /** What an editor asks after each stop; not timed. lldb-dap 19 loses a step now and then when nobody does. */
    private static void look(DapClient client, double thread) throws IOException {
        client.request("threads", Map.of());
        JsonObject stack = client.request("stackTrace", Map.of("threadId", thread, "startFrame", 0, "levels", 20));
        JsonElement top =
                stack.getAsJsonArray("stackFrames").get(0).getAsJsonObject().get("id");
        for (JsonElement scope :
                client.request("scopes", Map.of("frameId", top)).getAsJsonArray("scopes")) {
            JsonObject object = scope.getAsJsonObject();
            if (!object.get("name").getAsString().equals("Locals")) continue;
            client.request("variables", Map.of("variablesReference", object.get("variablesReference")));
        }
    }

    private static double millisecondsSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
