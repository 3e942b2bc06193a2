package io.kmdebug.dap;

import io.kmdebug.dap.wire.FrameWriter;
import io.kmdebug.dap.wire.JsonText;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Everything that goes to the client, in order. Events raised while a request runs are held back until its response is
 * out. A client that is gone is noticed here: the first failed write runs {@code gone}.
 */
final class Outbox {
    /** A message that waits for its number. */
    record Message(JsonText text) {
        private String numbered(long seq) {
            // an object that has members
            return "{\"seq\":" + seq + "," + text.toString().substring(1);
        }
    }

    private final FrameWriter writer;
    private final Runnable gone;
    private final Deque<Message> held = new ArrayDeque<>();
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
    synchronized void release(Message response) {
        send(response);
        holding = false;
        while (!held.isEmpty()) {
            send(held.removeFirst());
        }
    }

    /** Answers a request that never began. */
    synchronized void answer(Message response) {
        send(response);
    }

    synchronized void event(String name, @Nullable Object body) {
        Message event = eventMessage(name, body);
        if (holding) {
            held.add(event);
        } else {
            send(event);
        }
    }

    synchronized void eventAtOnce(String name, @Nullable Object body) {
        send(eventMessage(name, body));
    }

    static Message success(Incoming.Request request, @Nullable Object body) {
        return new Message(response(request.seq(), request.command(), true)
                .member("body", body)
                .endObject());
    }

    /** @param showUser whether the client should put it before the user's eyes */
    static Message failure(long requestSeq, String command, String problem, boolean showUser) {
        JsonText response = response(requestSeq, command, false).member("message", problem);
        response.name("body").beginObject().name("error").beginObject();
        response.member("id", 1).member("format", problem).member("showUser", showUser);
        return new Message(response.endObject().endObject().endObject());
    }

    private static JsonText response(long requestSeq, String command, boolean success) {
        return new JsonText()
                .beginObject()
                .member("type", "response")
                .member("request_seq", requestSeq)
                .member("command", command)
                .member("success", success);
    }

    private static Message eventMessage(String name, @Nullable Object body) {
        JsonText event = new JsonText().beginObject().member("type", "event").member("event", name);
        return new Message(event.member("body", body).endObject());
    }

    /** Numbers a message when it leaves, so that the numbers stand in the order of the wire. */
    private void send(Message message) {
        if (broken) {
            return;
        }
        try {
            writer.write(message.numbered(++seq));
        } catch (IOException e) {
            broken = true;
            gone.run();
        }
    }
}
