package io.kmdebug.symbols;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Classes whose layout is fixed by an ABI and which compilers often declare only, since the library holds their code:
 * clang does so for libstdc++'s strings.
 */
final class StandardLayouts {
    private static final String STRING = "std::__cxx11::basic_string<";

    private static final Map<String, BaseType> CHARACTERS = Map.of(
            "char", new BaseType("char", 1, BaseType.Encoding.SIGNED_CHAR),
            "wchar_t", new BaseType("wchar_t", 4, BaseType.Encoding.SIGNED),
            "char8_t", new BaseType("char8_t", 1, BaseType.Encoding.UTF),
            "char16_t", new BaseType("char16_t", 2, BaseType.Encoding.UTF),
            "char32_t", new BaseType("char32_t", 4, BaseType.Encoding.UTF));

    private static final BaseType SIZE = new BaseType("unsigned long", 8, BaseType.Encoding.UNSIGNED);

    private StandardLayouts() {}

    /** The definition of a class that a program declares and nowhere defines; empty for any that may be anything. */
    static Optional<CompositeType> of(@Nullable String tag) {
        if (tag == null || !tag.startsWith(STRING)) return Optional.empty();
        int end = tag.indexOf(',');
        BaseType character = end < 0 ? null : CHARACTERS.get(tag.substring(STRING.length(), end));
        if (character == null) return Optional.empty();
        String name = character.name();
        String whole = STRING + name + ",std::char_traits<" + name + ">,std::allocator<" + name + ">>";
        return tag.replace(" ", "").equals(whole) ? Optional.of(string(tag, character)) : Optional.empty();
    }

    /** libstdc++'s string since gcc 5: pointer, length, and room for 15 bytes and a NUL or the capacity. */
    private static CompositeType string(String tag, BaseType character) {
        Type pointer = PointerType.to(character);
        Type local = new ArrayType(() -> character, 16 / character.byteSize());
        CompositeType holder = structure(CompositeType.Kind.STRUCT, "_Alloc_hider", 8, member("_M_p", pointer, 0));
        CompositeType room = structure(
                CompositeType.Kind.UNION,
                null,
                16,
                member("_M_local_buf", local, 0),
                member("_M_allocated_capacity", SIZE, 0));
        return structure(
                CompositeType.Kind.CLASS,
                tag,
                32,
                member("_M_dataplus", holder, 0),
                member("_M_string_length", SIZE, 64),
                member(null, room, 128));
    }

    private static CompositeType.Member member(@Nullable String name, Type type, long bitOffset) {
        return new CompositeType.Member(name, () -> type, bitOffset, 0, false);
    }

    private static CompositeType structure(
            CompositeType.Kind kind, @Nullable String tag, long bytes, CompositeType.Member... members) {
        List<CompositeType.Member> list = List.of(members);
        return new CompositeType(kind, tag, bytes, false, () -> list);
    }
}
