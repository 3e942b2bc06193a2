package io.kmdebug.dap;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import io.kmdebug.dap.wire.Digits;
import io.kmdebug.dap.wire.Json;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A message from the client. */
sealed interface Incoming {
    /** @param arguments as they came; null when there are none */
    record Request(long seq, String command, @Nullable JsonElement arguments) implements Incoming {}

    /** A message that needs no answer from here, such as the response to a reverse request that was never sent. */
    record Other(String type) implements Incoming {}

    /**
     * A message that cannot be understood.
     *
     * @param seq that of the request when it can be made out, else 0
     * @param command likewise, else empty
     */
    record Broken(long seq, String command, String problem) implements Incoming {}

    /** Reads one JSON text. */
    static Incoming parse(String json) {
        JsonObject message;
        try {
            message = Json.parseObject(json);
        } catch (JsonParseException e) {
            return broken(json, "a message is not valid JSON: " + firstLine(e.getMessage()));
        }
        String type = string(message, "type");
        if (type != null && !type.equals("request")) {
            return new Other(type);
        }
        String command = string(message, "command");
        long seq = message.get("seq") instanceof JsonPrimitive p && p.isNumber() ? seq(p.getAsString()) : 0;
        if (type == null) {
            return new Broken(seq, command == null ? "" : command, "a message has no 'type' (a string: request)");
        }
        if (command == null) {
            return new Broken(seq, "", "a request has no 'command' (a string)");
        }
        if (seq <= 0) {
            return new Broken(0, command, "a request has no 'seq' (an integer from 1)");
        }
        return new Request(seq, command, message.get("arguments"));
    }

    /** Finds out whom to answer in a text that is no message. */
    static Broken broken(String text, String problem) {
        Matcher seq = SEQ.matcher(text);
        Matcher command = COMMAND.matcher(text);
        return new Broken(seq.find() ? seq(seq.group(1)) : 0, command.find() ? command.group(1) : "", problem);
    }

    /** {@code "seq": 12}, at the outer level of an ordinary client's message. */
    Pattern SEQ = Pattern.compile("\"seq\"\\s*:\\s*(\\d{1,18})");

    Pattern COMMAND = Pattern.compile("\"command\"\\s*:\\s*\"(\\w{1,60})\"");

    private static long seq(String text) {
        return Digits.isNumber(text, 18) ? Long.parseLong(text) : 0;
    }

    private static @Nullable String string(JsonObject message, String name) {
        return message.get(name) instanceof JsonPrimitive p && p.isString() ? p.getAsString() : null;
    }

    private static String firstLine(@Nullable String text) {
        String known = text == null ? "" : text;
        int end = known.indexOf('\n');
        return end < 0 ? known : known.substring(0, end);
    }
}
