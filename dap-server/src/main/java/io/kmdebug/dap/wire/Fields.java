package io.kmdebug.dap.wire;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
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

    <E extends Enum<E>> @Nullable E optionalWord(String name, Class<E> type) {
        JsonElement value = value(name, type);
        return value == null ? null : EnumWords.constant(type, value.getAsString());
    }

    /** One that the DAP schema requires. */
    String string(String name) {
        String value = optionalString(name);
        if (value == null) {
            throw ArgumentReader.missing(path + name, String.class);
        }
        return value;
    }

    @Nullable
    String optionalString(String name) {
        JsonElement value = value(name, String.class);
        return value == null ? null : value.getAsString();
    }

    /** One that the DAP schema requires. */
    String[] strings(String name) {
        JsonElement value = value(name, String[].class);
        if (value == null) {
            throw ArgumentReader.missing(path + name, String[].class);
        }
        JsonArray array = value.getAsJsonArray();
        String[] strings = new String[array.size()];
        for (int i = 0; i < strings.length; i++) strings[i] = array.get(i).getAsString();
        return strings;
    }

    int @Nullable [] optionalIntegers(String name) {
        JsonElement value = value(name, int[].class);
        if (value == null) {
            return null;
        }
        JsonArray array = value.getAsJsonArray();
        int[] integers = new int[array.size()];
        for (int i = 0; i < integers.length; i++) integers[i] = array.get(i).getAsInt();
        return integers;
    }

    /** One that the DAP schema requires. */
    Fields object(String name) {
        Fields value = optionalObject(name);
        if (value == null) {
            throw ArgumentReader.missing(path + name, Object.class);
        }
        return value;
    }

    /** An array of objects; null where it is not there. */
    @Nullable
    List<Fields> optionalObjects(String name) {
        JsonElement value = value(name, Object[].class);
        if (value == null) {
            return null;
        }
        List<Fields> objects = new ArrayList<>();
        for (JsonElement element : value.getAsJsonArray()) {
            String place = path + name + "[" + objects.size() + "]";
            objects.add(new Fields(ArgumentReader.object(element, place), place + "."));
        }
        return objects;
    }

    boolean has(String name) {
        return object.has(name);
    }

    /** The whole object, by reflection. */
    <A> A bind(Class<A> type) {
        return ArgumentReader.bind(object, type, path);
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
