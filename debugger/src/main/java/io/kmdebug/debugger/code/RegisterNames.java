package io.kmdebug.debugger.code;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names of the general registers and of their parts. Intel SDM volume 1 §3.4.1.1. */
final class RegisterNames {
    private static final Map<String, String> WIDE = new HashMap<>();

    static {
        for (String letter : List.of("a", "b", "c", "d")) {
            for (String part : List.of("r%sx", "e%sx", "%sx", "%sl", "%sh")) {
                WIDE.put(String.format(part, letter), "r" + letter + "x");
            }
        }
        for (String name : List.of("si", "di", "bp", "sp")) {
            for (String part : List.of("r%s", "e%s", "%s", "%sl")) WIDE.put(String.format(part, name), "r" + name);
        }
        for (int i = 8; i < 16; i++) for (String part : List.of("", "d", "w", "b")) WIDE.put("r" + i + part, "r" + i);
        WIDE.put("rip", "rip");
    }

    private RegisterNames() {}

    /** The 64-bit register that {@code name} is, or is a part of; null for any other name. */
    static @Nullable String wide(String name) {
        return WIDE.get(name);
    }
}
