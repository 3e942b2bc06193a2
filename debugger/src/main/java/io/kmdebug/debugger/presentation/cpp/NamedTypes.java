package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.QualifiedType;
import io.kmdebug.symbols.Type;
import java.util.Optional;

/** Types by the names that demanglers write. */
final class NamedTypes {
    private NamedTypes() {}

    static Optional<Type> find(String written, ProgramView program) {
        String name = written.trim();
        if (name.endsWith("*"))
            return find(name.substring(0, name.length() - 1), program).map(PointerType::to);
        if (name.endsWith(" const")) {
            return find(name.substring(0, name.length() - 6), program)
                    .map(type -> new QualifiedType("const", () -> type));
        }
        return switch (name) {
            case "std::string", "std::__cxx11::string" ->
                first(
                        program,
                        "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >",
                        "std::basic_string<char, std::char_traits<char>, std::allocator<char> >",
                        "std::__cxx11::basic_string<char>");
            default -> first(program, name, spaced(name));
        };
    }

    private static Optional<Type> first(ProgramView program, String... names) {
        for (String name : names) {
            Optional<Type> type = program.type(name);
            if (type.isPresent()) return type;
        }
        return Optional.empty();
    }

    /** Compilers of older habits write a space between closing brackets. */
    private static String spaced(String name) {
        return name.contains(">>") ? name.replace(">>", "> >").replace(">>", "> >") : name;
    }
}
