package io.kmdebug.dap.wire;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the free-form arguments of launch and attach, field by field; a wrong one names itself and what is allowed. */
public final class ObjectReader {
    private final JsonObject object;

    public ObjectReader(JsonObject object) {
        this.object = object;
    }

    public boolean has(String field) {
        return value(field) != null;
    }

    public @Nullable String string(String field) {
        JsonElement value = value(field);
        return value == null ? null : string(value, field);
    }

    /** A string that must not be empty. */
    public @Nullable String path(String field) {
        String text = string(field);
        if (text != null && (text.isBlank() || text.indexOf('\0') >= 0)) {
            throw new BadArgument(field, "must be the path of a file, not " + new JsonPrimitive(text));
        }
        return text;
    }

    public boolean bool(String field, boolean otherwise) {
        JsonElement value = value(field);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        throw wrong(value, field, "true or false");
    }

    /** @return the number, or null when the field is not there */
    public @Nullable Integer integer(String field, int low, int high) {
        JsonElement value = value(field);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            double number = primitive.getAsDouble();
            if (number >= low && number <= high && number == Math.rint(number)) {
                return (int) number;
            }
        }
        throw wrong(value, field, "an integer from " + low + " to " + high);
    }

    public List<String> strings(String field) {
        JsonElement value = value(field);
        if (value == null) {
            return List.of();
        }
        if (!value.isJsonArray()) {
            throw wrong(value, field, "an array of strings");
        }
        List<String> strings = new ArrayList<>();
        for (JsonElement element : value.getAsJsonArray()) {
            strings.add(string(element, field + "[" + strings.size() + "]"));
        }
        return strings;
    }

    /** An object whose values are strings or null. */
    public @Nullable Map<String, @Nullable String> nullableStrings(String field) {
        JsonElement value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isJsonObject()) {
            throw wrong(value, field, "an object with strings as values");
        }
        Map<String, @Nullable String> map = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : value.getAsJsonObject().entrySet()) {
            JsonElement element = entry.getValue();
            map.put(entry.getKey(), element.isJsonNull() ? null : string(element, field + "." + entry.getKey()));
        }
        return map;
    }

    /** An object whose values are strings. */
    public Map<String, String> stringMap(String field) {
        Map<String, String> map = new LinkedHashMap<>();
        Map<String, @Nullable String> read = nullableStrings(field);
        if (read != null) {
            read.forEach((key, value) -> {
                if (value == null) {
                    throw new BadArgument(field + "." + key, "must be a string, not null");
                }
                map.put(key, value);
            });
        }
        return map;
    }

    private @Nullable JsonElement value(String field) {
        JsonElement value = object.get(field);
        return value == null || value.isJsonNull() ? null : value;
    }

    private static String string(JsonElement value, String field) {
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw wrong(value, field, "a string");
    }

    private static BadArgument wrong(JsonElement value, String field, String expected) {
        return new BadArgument(field, "must be " + expected + ", not " + ArgumentReader.describe(value));
    }
}
