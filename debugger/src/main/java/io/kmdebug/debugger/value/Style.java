package io.kmdebug.debugger.value;

/**
 * How a value is to be shown.
 *
 * @param raw whether the members are shown as the library declares them, and not what they stand for
 */
public record Style(Notation notation, boolean raw) {
    /** How scalars are written. */
    public enum Notation {
        /** As the type says. */
        NATURAL,
        /** Integers in hexadecimal; enumerators and booleans by name. */
        HEX,
        /** {@code ,x}: every scalar as a hexadecimal number. */
        HEXADECIMAL,
        /** {@code ,d}: with its sign, whatever the type says. */
        DECIMAL,
        /** {@code ,u}. */
        UNSIGNED,
        /** {@code ,o}. */
        OCTAL,
        /** {@code ,b}. */
        BINARY,
        /** {@code ,c}: integers as characters. */
        CHARACTER,
        /** {@code ,s}: small integers and pointers to them as text. */
        STRING,
        /** {@code ,a}: as an address, with the symbol that covers it. */
        ADDRESS
    }

    public static final Style PLAIN = new Style(Notation.NATURAL, false);

    /** In hexadecimal or as the type says. */
    public static Style of(boolean hex) {
        return hex ? PLAIN.with(Notation.HEX) : PLAIN;
    }

    public Style with(Notation other) {
        return new Style(other, raw);
    }

    public Style asRaw() {
        return new Style(notation, true);
    }

    boolean hex() {
        return notation == Notation.HEX || notation == Notation.HEXADECIMAL;
    }

    /** Whether every scalar is shown as a number in the notation, whatever its type. */
    boolean bits() {
        return switch (notation) {
            case NATURAL, HEX, STRING, ADDRESS -> false;
            case HEXADECIMAL, DECIMAL, UNSIGNED, OCTAL, BINARY, CHARACTER -> true;
        };
    }
}
