package io.kmdebug.dap.wire;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.StringReader;
import org.eclipse.lsp4j.jsonrpc.debug.adapters.DebugEnumTypeAdapter;
import org.eclipse.lsp4j.jsonrpc.json.adapters.EitherTypeAdapter;

/**
 * JSON as DAP has it: lsp4j's types through lsp4j's adapters. Only the adapters that DAP types need are there; lsp4j's
 * own set-up reflects over its whole service interfaces, which costs most of the start.
 */
public final class Json {
    /** Made when it is first needed, which an ordinary session does without. */
    private static final class Reflective {
        static final Gson GSON = new GsonBuilder()
                .registerTypeAdapterFactory(new DebugEnumTypeAdapter.Factory())
                .registerTypeAdapterFactory(new EitherTypeAdapter.Factory())
                .disableHtmlEscaping()
                .create();
    }

    private Json() {}

    /** @throws JsonParseException when {@code text} is not one JSON object */
    public static JsonObject parseObject(String text) {
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        JsonElement element = JsonParser.parseReader(reader);
        if (!element.isJsonObject()) {
            throw new JsonParseException("a message is not a JSON object");
        }
        return element.getAsJsonObject();
    }

    public static JsonElement toTree(Object value) {
        return Reflective.GSON.toJsonTree(value);
    }

    public static String write(JsonElement element) {
        return Reflective.GSON.toJson(element);
    }

    /** Appends {@code value}, of any type that has a place in a message. */
    static void write(Object value, JsonText out) {
        if (!FrequentAnswers.write(value, out)) out.raw(Reflective.GSON.toJson(value));
    }

    static <A> A bind(JsonObject object, Class<A> type) {
        return Reflective.GSON.fromJson(object, type);
    }
}
