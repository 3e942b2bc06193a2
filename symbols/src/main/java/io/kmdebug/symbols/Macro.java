package io.kmdebug.symbols;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A definition of a preprocessor macro. DWARF 5 §6.3; C17 §6.10.3.
 *
 * @param parameters of a function-like macro; null for one that takes none, not even parentheses
 * @param variadic whether the last parameter takes all further arguments; it is {@code __VA_ARGS__} unless GNU C names it
 * @param body what stands for the macro
 */
public record Macro(String name, @Nullable List<String> parameters, boolean variadic, String body) {
    private static final String ANY_MORE = "...";

    /** One that the compiler supplies. */
    static Macro constant(String name, String body) {
        return new Macro(name, null, false, body);
    }

    /** @param definition as the debug information has it: the name, parameters in parentheses, a space, the body */
    static @Nullable Macro parse(String definition) {
        int end = 0;
        while (end < definition.length() && definition.charAt(end) != '(' && definition.charAt(end) != ' ') end++;
        String name = definition.substring(0, end);
        if (name.isEmpty()) return null;
        if (end == definition.length() || definition.charAt(end) == ' ') {
            return new Macro(name, null, false, definition.substring(end).trim());
        }
        int close = definition.indexOf(')', end);
        if (close < 0) return null;
        List<String> parameters = new ArrayList<>();
        boolean variadic = false;
        for (String part : definition.substring(end + 1, close).split(",", -1)) {
            String parameter = part.trim();
            if (parameter.isEmpty()) continue;
            if (variadic) return null;
            variadic = parameter.endsWith(ANY_MORE);
            if (parameter.equals(ANY_MORE)) parameter = "__VA_ARGS__";
            parameters.add(variadic ? parameter.replace(ANY_MORE, "").trim() : parameter);
        }
        return new Macro(
                name,
                List.copyOf(parameters),
                variadic,
                definition.substring(close + 1).trim());
    }
}
