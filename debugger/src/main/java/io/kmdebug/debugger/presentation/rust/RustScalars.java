package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.FloatFormat;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import org.jspecify.annotations.Nullable;

/** Characters, floating-point numbers and arrays as Rust writes them. */
final class RustScalars {
    private RustScalars() {}

    static @Nullable Recipe recipe(BaseType type) {
        boolean character = type.name().equals("char") && type.encoding() == BaseType.Encoding.UTF;
        if (character) return (value, program) -> character(new Part(value, program.memory()));
        boolean floating = type.name().equals("f64") || type.name().equals("f32");
        return floating ? (value, program) -> floating(type, new Part(value, program.memory())) : null;
    }

    private static Presentation character(Part part) {
        long code = part.number() & 0xffff_ffffL;
        return RustLine.of(out -> out.text(quoted(code)));
    }

    private static String quoted(long code) {
        boolean shown = code >= 0x20 && code != 0x7f && code <= 0x10ffff && !isHidden((int) code);
        return switch ((int) code) {
            case '\n' -> "'\\n'";
            case '\r' -> "'\\r'";
            case '\t' -> "'\\t'";
            case 0 -> "'\\0'";
            case '\'' -> "'\\''";
            case '\\' -> "'\\\\'";
            default -> shown ? "'" + Character.toString((int) code) + "'" : String.format("'\\u{%x}'", code);
        };
    }

    private static boolean isHidden(int code) {
        return switch (Character.getType(code)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** A whole number is told from an integer: {@code 2.0}. */
    private static Presentation floating(BaseType type, Part part) {
        FloatFormat format = FloatFormat.of(type);
        String text = format.text(format.decode(part.bytes()));
        boolean whole = text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        String rust = switch (text) {
            case "inf", "-inf" -> text;
            default -> text.contains("nan") ? "NaN" : whole ? text + ".0" : text.replace("e+", "e");
        };
        return RustLine.of(out -> out.text(rust));
    }

    static Presentation array(Value value, ArrayType type) {
        long bits = type.element().byteSize() * 8;
        return new RustList(Math.max(0, type.count()), i -> value.part(type.element(), i * bits, 0), false, false);
    }
}
