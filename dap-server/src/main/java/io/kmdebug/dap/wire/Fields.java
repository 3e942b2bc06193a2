package io.kmdebug.dap.wire;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object among a request's arguments, each checked as {@link ArgumentReader} checks them.
 *
 * @param path of the object itself, with a dot behind it; empty for the arguments
 */
record Fields(JsonObject object, String path) {
    /** A field that the DAP schema requires. */
    int integer(String name) {
        Integer value = optionalInteger(name);
        if (value == null) {
            throw ArgumentReader.missing(path + name, int.class);
        }
        return value;
    }

    @Nullable
    Integer optionalInteger(String name) {
        JsonElement value = value(name, Integer.class);
        return value == null ? null : Integer.valueOf(value.getAsInt());
    }

    @Nullable
    Boolean optionalBoolean(String name) {
        JsonElement value = value(name, Boolean.class);
        return value == null ? null : Boolean.valueOf(value.getAsBoolean());
    }

    /** A constant of one word in DAP. */
    <E extends Enum<E>> @Nullable E optionalWord(String name, Class<E> type) {
        JsonElement value = value(name, type);
        return value == null ? null : Enum.valueOf(type, value.getAsString().toUpperCase(java.util.Locale.ROOT));
    }

    @Nullable
    Fields optionalObject(String name) {
        JsonElement value = value(name, Object.class);
        return value == null ? null : new Fields(ArgumentReader.object(value, path + name), path + name + ".");
    }

    private @Nullable JsonElement value(String name, Class<?> type) {
        JsonElement value = object.get(name);
        if (value == null || value.isJsonNull()) {
            return null;
        }
        ArgumentReader.check(value, type, path + name);
        return value;
    }
}
