package io.kmdebug.dap.wire;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.annotations.SerializedName;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import org.eclipse.lsp4j.jsonrpc.validation.NonNull;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request's {@code arguments} into an lsp4j type, strictly: gson would take {@code "7"} for 7 and leave out what
 * is missing. In lsp4j's types a primitive or {@link NonNull} field is one that the DAP schema requires.
 */
public final class ArgumentReader {
    private ArgumentReader() {}

    /** @throws BadArgument naming the first field that is missing or has the wrong type */
    public static <A> A read(@Nullable JsonElement arguments, Class<A> type) {
        JsonObject object;
        if (arguments == null || arguments.isJsonNull()) {
            object = new JsonObject();
        } else if (arguments.isJsonObject()) {
            object = arguments.getAsJsonObject();
        } else {
            throw new BadArgument("arguments", "must be an object, not " + describe(arguments));
        }
        if (type == JsonObject.class) {
            return type.cast(object);
        }
        A frequent = FrequentArguments.read(new Fields(object, ""), type);
        if (frequent != null) {
            return frequent;
        }
        return bind(object, type, "");
    }

    /** By reflection, for what is seldom sent. */
    static <A> A bind(JsonObject object, Class<A> type, String path) {
        check(object, type, path);
        return Json.bind(object, type);
    }

    private static void check(JsonObject object, Class<?> type, String path) {
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    check(object, field, path);
                }
            }
        }
    }

    private static void check(JsonObject object, Field field, String path) {
        SerializedName renamed = field.getAnnotation(SerializedName.class);
        String name = renamed == null ? field.getName() : renamed.value();
        JsonElement value = object.get(name);
        if (value != null && !value.isJsonNull()) {
            check(value, field.getType(), path + name);
        } else if (field.getType().isPrimitive() || field.isAnnotationPresent(NonNull.class)) {
            throw missing(path + name, field.getType());
        }
    }

    static void check(JsonElement value, Class<?> type, String path) {
        if (type.isArray()) {
            if (!value.isJsonArray()) {
                throw wrong(value, type, path);
            }
            JsonArray array = value.getAsJsonArray();
            for (int i = 0; i < array.size(); i++) {
                check(array.get(i), type.getComponentType(), path + "[" + i + "]");
            }
        } else if (type.getName().startsWith("org.eclipse.lsp4j.debug.") && !type.isEnum()) {
            check(object(value, path), type, path + ".");
        } else if (!fits(value, type)) {
            throw wrong(value, type, path);
        }
    }

    static JsonObject object(JsonElement value, String path) {
        if (!value.isJsonObject()) {
            throw wrong(value, Object.class, path);
        }
        return value.getAsJsonObject();
    }

    private static boolean fits(JsonElement value, Class<?> type) {
        JsonPrimitive primitive = value instanceof JsonPrimitive p ? p : null;
        if (type == int.class || type == Integer.class) {
            return primitive != null && primitive.isNumber() && isInt(primitive.getAsString());
        }
        if (type == boolean.class || type == Boolean.class) {
            return primitive != null && primitive.isBoolean();
        }
        if (type == String.class) {
            return primitive != null && primitive.isString();
        }
        if (type.isEnum()) {
            return primitive != null
                    && primitive.isString()
                    && EnumWords.all(type).contains(primitive.getAsString());
        }
        return true;
    }

    /** 1e400000000 is a short text and a huge number: the exponent is looked at before the value. */
    private static boolean isInt(String text) {
        if (Digits.isNumber(text, 9)) {
            return true;
        }
        try {
            BigDecimal number = new BigDecimal(text);
            if (number.scale() < -10 || number.scale() > 10) {
                return false;
            }
            number.intValueExact();
            return true;
        } catch (ArithmeticException | NumberFormatException e) {
            return false;
        }
    }

    static BadArgument missing(String path, Class<?> type) {
        return new BadArgument(path, "is missing; it must be " + expected(type));
    }

    private static BadArgument wrong(JsonElement value, Class<?> type, String path) {
        return new BadArgument(path, "must be " + expected(type) + ", not " + describe(value));
    }

    private static String expected(Class<?> type) {
        if (type.isArray()) {
            return "an array";
        }
        if (type == int.class || type == Integer.class) {
            return "an integer from -2147483648 to 2147483647";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a string";
        }
        if (type.isEnum()) {
            return "one of " + String.join(", ", EnumWords.all(type));
        }
        return "an object";
    }

    /** A value for an error message, cut to a readable length. */
    static String describe(JsonElement value) {
        if (value.isJsonObject()) {
            return "an object";
        }
        if (value.isJsonArray()) {
            return "an array";
        }
        String text = value.toString();
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }
}
