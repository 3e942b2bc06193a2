package io.kmdebug.symbols;

import io.kmdebug.symbols.BaseType.Encoding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The basic types of C by any order of their keywords. C17 §6.7.2; sizes by SysV amd64 §3.1.2. */
final class BasicTypes {
    private static final Map<String, BaseType> BY_SORTED_WORDS = Map.ofEntries(
            entry("char", 1, Encoding.SIGNED_CHAR),
            entry("signed char", 1, Encoding.SIGNED_CHAR),
            entry("unsigned char", 1, Encoding.UNSIGNED_CHAR),
            entry("short", 2, Encoding.SIGNED),
            entry("unsigned short", 2, Encoding.UNSIGNED),
            entry("int", 4, Encoding.SIGNED),
            entry("unsigned int", 4, Encoding.UNSIGNED),
            entry("long", 8, Encoding.SIGNED),
            entry("unsigned long", 8, Encoding.UNSIGNED),
            entry("long long", 8, Encoding.SIGNED),
            entry("unsigned long long", 8, Encoding.UNSIGNED),
            entry("__int128", 16, Encoding.SIGNED),
            entry("unsigned __int128", 16, Encoding.UNSIGNED),
            entry("float", 4, Encoding.FLOAT),
            entry("double", 8, Encoding.FLOAT),
            entry("long double", 16, Encoding.FLOAT),
            entry("float _Complex", 8, Encoding.COMPLEX_FLOAT),
            entry("double _Complex", 16, Encoding.COMPLEX_FLOAT),
            entry("long double _Complex", 32, Encoding.COMPLEX_FLOAT),
            entry("_Bool", 1, Encoding.BOOLEAN),
            entry("bool", 1, Encoding.BOOLEAN));

    private BasicTypes() {}

    private static Map.Entry<String, BaseType> entry(String name, int bytes, Encoding encoding) {
        return Map.entry(sorted(List.of(name.split(" ", -1))), new BaseType(name, bytes, encoding));
    }

    /** The type that {@code words} declare together: {@code [long, unsigned, int]}. */
    static Optional<BaseType> of(List<String> words) {
        List<String> normal = new ArrayList<>(words);
        boolean sized = normal.contains("short") || normal.contains("long");
        boolean character = normal.contains("char");
        boolean wide = normal.contains("__int128");
        // "int" and "signed" say nothing beside another keyword, except that "signed char" is a type of its own
        if (!character && normal.remove("signed") && normal.isEmpty()) normal.add("int");
        if (sized) normal.remove("int");
        if (normal.equals(List.of("unsigned"))) normal.add("int");
        if (wide) normal.remove("int");
        return Optional.ofNullable(BY_SORTED_WORDS.get(sorted(normal)));
    }

    /** As a C programmer would write it: gcc's "long unsigned int" is {@code unsigned long}. Other names stay. */
    static String spell(String name) {
        return of(List.of(name.split(" ", -1))).map(BaseType::name).orElse(name);
    }

    private static String sorted(List<String> words) {
        List<String> copy = new ArrayList<>(words);
        Collections.sort(copy);
        return String.join(" ", copy);
    }
}
