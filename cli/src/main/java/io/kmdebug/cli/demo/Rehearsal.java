package io.kmdebug.cli.demo;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Set;

/**
 * What long sessions do by the hundred, done by the dozen while a class archive is recorded: a runtime that keeps the
 * profiles of methods there (JEP 515) compiles those early in every session from then on.
 */
final class Rehearsal {
    private static final int LOOKS = 40;
    private static final int STOPS = 5;
    private static final int STEPS = 3;

    private final DebugClient client;

    Rehearsal(DebugClient client) {
        this.client = client;
    }

    /** Stacks and variables of all threads, again and again. */
    void look() {
        for (int i = 0; i < LOOKS; i++) lookOnce();
    }

    private void lookOnce() {
        JsonObject threads = client.request("threads", new JsonObject());
        for (JsonElement thread : threads.getAsJsonArray("threads")) {
            lookAt(thread.getAsJsonObject().get("id").getAsLong(), 0);
        }
    }

    private void lookAt(long thread, int levels) {
        JsonObject stack = client.request("stackTrace", Demo.object("threadId", thread, "levels", levels));
        for (JsonElement frame : stack.getAsJsonArray("stackFrames")) {
            int id = frame.getAsJsonObject().get("id").getAsInt();
            JsonObject scopes = client.request("scopes", Demo.object("frameId", id));
            for (JsonElement scope : scopes.getAsJsonArray("scopes")) {
                lookInto(scope.getAsJsonObject());
            }
        }
    }

    private void lookInto(JsonObject scope) {
        if (scope.get("expensive").getAsBoolean()) return;
        int reference = scope.get("variablesReference").getAsInt();
        client.request("variables", Demo.object("variablesReference", reference));
    }

    /** What is asked on the way to the first stop and behind it, in a payload that stands. */
    void ask(long thread) {
        client.request("setFunctionBreakpoints", parsed("{'breakpoints':[{'name':'main'}]}"));
        client.request("setFunctionBreakpoints", parsed("{'breakpoints':[]}"));
        client.request("setExceptionBreakpoints", parsed("{'filters':['fatal']}"));
        JsonObject stack = client.request("stackTrace", Demo.object("threadId", thread, "levels", 1));
        JsonElement frame = stack.getAsJsonArray("stackFrames").get(0);
        int id = frame.getAsJsonObject().get("id").getAsInt();
        for (String expression : List.of("1.5 * 3", "sizeof(int) + 1", "$rsp", "\"text\"[1]")) {
            client.request("evaluate", Demo.object("expression", expression, "frameId", id, "context", "watch"));
        }
    }

    private static JsonObject parsed(String json) {
        return JsonParser.parseString(json.replace('\'', '"')).getAsJsonObject();
    }

    /** From breakpoint to breakpoint, with steps behind each; the payload has to have so many left. */
    void step(long thread) {
        long stopped = thread;
        for (int i = 0; i < STOPS; i++) {
            for (int j = 0; j < STEPS; j++) stopped = go("next", stopped);
            stopped = go("continue", stopped);
        }
    }

    private long go(String command, long thread) {
        client.request(command, Demo.object("threadId", thread));
        JsonObject body = client.event(Set.of("stopped")).getAsJsonObject("body");
        long stopped = body.get("threadId").getAsLong();
        lookAt(stopped, 20);
        return stopped;
    }
}
