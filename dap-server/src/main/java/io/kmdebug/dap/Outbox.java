package io.kmdebug.dap;

import com.google.gson.JsonObject;
import io.kmdebug.dap.wire.FrameWriter;
import io.kmdebug.dap.wire.Json;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Everything that goes to the client, in order. Events raised while a request runs are held back until its response is
 * out. A client that is gone is noticed here: the first failed write runs {@code gone}.
 */
final class Outbox {
    private final FrameWriter writer;
    private final Runnable gone;
    private final Deque<JsonObject> held = new ArrayDeque<>();
    private boolean holding;
    private boolean broken;
    private long seq;

    Outbox(FrameWriter writer, Runnable gone) {
        this.writer = writer;
        this.gone = gone;
    }

    /** A request begins: events wait for its response. */
    synchronized void hold() {
        holding = true;
    }

    /** The request that called {@link #hold} is answered: its events follow. */
    synchronized void release(JsonObject response) {
        send(response);
        holding = false;
        while (!held.isEmpty()) {
            send(held.removeFirst());
        }
    }

    /** Answers a request that never began. */
    synchronized void answer(JsonObject response) {
        send(response);
    }

    synchronized void event(String name, @Nullable Object body) {
        JsonObject event = eventMessage(name, body);
        if (holding) {
            held.add(event);
        } else {
            send(event);
        }
    }

    synchronized void eventAtOnce(String name, @Nullable Object body) {
        send(eventMessage(name, body));
    }

    static JsonObject success(Incoming.Request request, @Nullable Object body) {
        JsonObject response = response(request.seq(), request.command(), true);
        if (body != null) {
            response.add("body", Json.toTree(body));
        }
        return response;
    }

    /** @param showUser whether the client should put it before the user's eyes */
    static JsonObject failure(long requestSeq, String command, String problem, boolean showUser) {
        JsonObject response = response(requestSeq, command, false);
        response.addProperty("message", problem);
        JsonObject error = new JsonObject();
        error.addProperty("id", 1);
        error.addProperty("format", problem);
        error.addProperty("showUser", showUser);
        JsonObject body = new JsonObject();
        body.add("error", error);
        response.add("body", body);
        return response;
    }

    private static JsonObject response(long requestSeq, String command, boolean success) {
        JsonObject response = new JsonObject();
        response.addProperty("seq", 0);
        response.addProperty("type", "response");
        response.addProperty("request_seq", requestSeq);
        response.addProperty("command", command);
        response.addProperty("success", success);
        return response;
    }

    private static JsonObject eventMessage(String name, @Nullable Object body) {
        JsonObject event = new JsonObject();
        event.addProperty("seq", 0);
        event.addProperty("type", "event");
        event.addProperty("event", name);
        if (body != null) {
            event.add("body", Json.toTree(body));
        }
        return event;
    }

    /** Numbers a message when it leaves, so that the numbers stand in the order of the wire. */
    private void send(JsonObject message) {
        if (broken) {
            return;
        }
        message.addProperty("seq", ++seq);
        try {
            writer.write(Json.write(message));
        } catch (IOException e) {
            broken = true;
            gone.run();
        }
    }
}
