package io.kmdebug.symbols.demangle;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operators of C++ by their two letters. Itanium C++ ABI §5.1.3.2, §5.1.6. */
final class Operators {
    /** @param operands 1, 2 or 3; 0 where the parser knows the form by the letters */
    record Operator(String sign, int operands) {}

    private static final String TABLE = """
            nw new 0|na new[] 0|dl delete 0|da delete[] 0|aw co_await 1
            ps + 1|ng - 1|ad & 1|de * 1|co ~ 1|nt ! 1
            pl + 2|mi - 2|ml * 2|dv / 2|rm % 2|an & 2|or | 2|eo ^ 2
            aS = 2|pL += 2|mI -= 2|mL *= 2|dV /= 2|rM %= 2|aN &= 2|oR |= 2|eO ^= 2
            ls << 2|rs >> 2|lS <<= 2|rS >>= 2|eq == 2|ne != 2|lt < 2|gt > 2|le <= 2|ge >= 2|ss <=> 2
            aa && 2|oo || 2|pp ++ 1|mm -- 1|cm , 2|pm ->* 2|pt -> 0|cl () 0|ix [] 0|qu ? 3
            dt . 0|ds .* 2
            """;

    private static final Map<Integer, Operator> BY_LETTERS = new HashMap<>();

    static {
        for (String line : TABLE.split("\n", -1)) {
            if (line.isEmpty()) continue;
            // signs contain '|' themselves: an entry ends in a digit
            for (String entry : line.split("(?<=[0-9])\\|", -1)) {
                String[] parts = entry.split(" ", -1);
                BY_LETTERS.put(
                        key(parts[0].charAt(0), parts[0].charAt(1)), new Operator(parts[1], parts[2].charAt(0) - '0'));
            }
        }
    }

    private Operators() {}

    static @Nullable Operator find(char first, char second) {
        return BY_LETTERS.get(key(first, second));
    }

    private static int key(char first, char second) {
        return first << 16 | second;
    }
}
