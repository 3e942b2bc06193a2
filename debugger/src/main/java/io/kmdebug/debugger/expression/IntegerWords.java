package io.kmdebug.debugger.expression;

import java.util.List;
import java.util.Set;

/** The keywords of integer types, and the two orders in which compilers write them into names. C17 §6.7.2. */
final class IntegerWords {
    private static final Set<String> WORDS = Set.of("unsigned", "signed", "long", "short", "int", "char");

    private IntegerWords() {}

    static boolean isOne(String word) {
        return WORDS.contains(word);
    }

    /** @param gnu {@code long unsigned int}; else {@code unsigned long} */
    static String spelt(List<String> words, boolean gnu) {
        boolean unsigned = words.contains("unsigned");
        if (words.contains("char")) {
            return unsigned ? "unsigned char" : words.contains("signed") ? "signed char" : "char";
        }
        long longs = words.stream().filter("long"::equals).count();
        String size = words.contains("short") ? "short" : longs == 0 ? "" : longs == 1 ? "long" : "long long";
        if (size.isEmpty()) return unsigned ? "unsigned int" : "int";
        if (gnu) return size + (unsigned ? " unsigned int" : " int");
        return (unsigned ? "unsigned " : "") + size;
    }
}
