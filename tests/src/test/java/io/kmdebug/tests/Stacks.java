package io.kmdebug.tests;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.kmdebug.bench.DapClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The stacks of all threads with arguments and locals, as one debugger sees them. */
record Stacks(Map<Long, List<Frame>> threads) {
    private static final int LIMIT = 20;

    /** A frame that has a source line. */
    record Frame(String function, int line, Map<String, String> arguments, Map<String, String> locals) {}

    /** As gdb sees them: {@code commands} bring it to the stop, then frames.py prints. */
    static Stacks fromGdb(Path folder, List<String> commands) throws IOException, InterruptedException {
        Path script = folder.resolve("frames.py");
        try (var in = Stacks.class.getResourceAsStream("/frames.py")) {
            java.nio.file.Files.write(script, in.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of("gdb", "-q", "-nx", "-batch"));
        for (String set : List.of("set debuginfod enabled off", "set confirm off")) {
            command.addAll(List.of("-iex", set));
        }
        command.addAll(commands);
        command.addAll(List.of("-x", script.toString()));
        Shipped.Result result = Shipped.run(folder, command);
        String line = result.output()
                .lines()
                .filter(l -> l.startsWith("FRAMES "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("gdb printed no frames: " + result));
        Map<Long, List<Frame>> threads = new LinkedHashMap<>();
        for (JsonElement element : JsonParser.parseString(line.substring(7)).getAsJsonArray()) {
            JsonObject thread = element.getAsJsonObject();
            List<Frame> frames = new ArrayList<>();
            for (JsonElement f : thread.getAsJsonArray("frames")) {
                JsonObject frame = f.getAsJsonObject();
                if (frame.get("line").getAsInt() == 0) continue;
                frames.add(new Frame(
                        frame.get("function").getAsString(),
                        frame.get("line").getAsInt(),
                        texts(frame.getAsJsonObject("arguments")),
                        texts(frame.getAsJsonObject("locals"))));
            }
            threads.put(thread.get("tid").getAsLong(), frames);
        }
        return new Stacks(threads);
    }

    /** As the debug adapter sees them, at a stop. */
    static Stacks fromDap(DapClient client) throws IOException {
        Map<Long, List<Frame>> threads = new LinkedHashMap<>();
        for (JsonElement element : client.request("threads", Map.of()).getAsJsonArray("threads")) {
            long tid = element.getAsJsonObject().get("id").getAsLong();
            JsonArray stack = client.request("stackTrace", Map.of("threadId", tid, "startFrame", 0, "levels", LIMIT))
                    .getAsJsonArray("stackFrames");
            List<Frame> frames = new ArrayList<>();
            for (JsonElement f : stack) {
                JsonObject frame = f.getAsJsonObject();
                if (frame.get("line").getAsInt() == 0 || !frame.has("source")) continue;
                Map<String, String> arguments = new LinkedHashMap<>();
                Map<String, String> locals = new LinkedHashMap<>();
                for (JsonElement s : client.request(
                                "scopes", Map.of("frameId", frame.get("id").getAsInt()))
                        .getAsJsonArray("scopes")) {
                    JsonObject scope = s.getAsJsonObject();
                    String name = scope.get("name").getAsString();
                    if (name.equals("Arguments")) arguments = variables(client, scope);
                    if (name.equals("Locals")) locals = variables(client, scope);
                }
                frames.add(new Frame(
                        frame.get("name").getAsString().replace(" [inlined]", ""),
                        frame.get("line").getAsInt(),
                        arguments,
                        locals));
            }
            threads.put(tid, frames);
        }
        return new Stacks(threads);
    }

    private static Map<String, String> variables(DapClient client, JsonObject scope) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        int reference = scope.get("variablesReference").getAsInt();
        if (reference == 0) return values;
        for (JsonElement v : client.request("variables", Map.of("variablesReference", reference))
                .getAsJsonArray("variables")) {
            JsonObject variable = v.getAsJsonObject();
            values.putIfAbsent(
                    variable.get("name").getAsString(),
                    normal(variable.get("value").getAsString()));
        }
        return values;
    }

    private static Map<String, String> texts(JsonObject object) {
        Map<String, String> values = new LinkedHashMap<>();
        object.entrySet()
                .forEach(e -> values.put(e.getKey(), normal(e.getValue().getAsString())));
        return values;
    }

    /** One spelling for both: gdb writes {@code {x = 1}}, and the NULs behind a string in an array. */
    private static String normal(String value) {
        return value.replace(" = ", "=")
                .replace("<error: Cannot access memory at address ", "<cannot read memory at ")
                .replaceAll("\\s+", " ")
                .replaceAll("<optimized out \\([^)]*\\)>", "<optimized out>")
                .replaceAll("(\\\\000)+\"", "\"")
                .replaceAll(", '\\\\000' <repeats \\d+ times>", "")
                .replaceAll("'\\\\000' <repeats \\d+ times>", "\"\"");
    }

    /**
     * The same stacks with addresses and thread handles of one run blotted out, to compare two runs. The threads are in
     * the order of what is in their stacks: which thread has which number is another matter in each run.
     */
    Stacks withoutAddresses() {
        List<List<Frame>> stacks = new ArrayList<>();
        for (List<Frame> frames : threads.values()) {
            List<Frame> list = new ArrayList<>();
            for (Frame frame : frames) {
                list.add(new Frame(frame.function, frame.line, blot(frame.arguments), blot(frame.locals)));
            }
            stacks.add(list);
        }
        stacks.sort(Comparator.comparing(Stacks::text));
        Map<Long, List<Frame>> blotted = new LinkedHashMap<>();
        for (List<Frame> stack : stacks) blotted.put((long) blotted.size(), stack);
        return new Stacks(blotted);
    }

    private static String text(List<Frame> frames) {
        StringBuilder text = new StringBuilder();
        for (Frame frame : frames) {
            text.append(frame.function).append(':').append(frame.line).append(' ');
            text.append(new TreeMap<>(frame.arguments)).append(new TreeMap<>(frame.locals));
            text.append('\n');
        }
        return text.toString();
    }

    private static Map<String, String> blot(Map<String, String> values) {
        Map<String, String> blotted = new LinkedHashMap<>();
        values.forEach((name, value) ->
                blotted.put(name, value.replaceAll("0x[0-9a-f]{6,}", "ADDRESS").replaceAll("\\b\\d{9,}\\b", "HANDLE")));
        return blotted;
    }
}
