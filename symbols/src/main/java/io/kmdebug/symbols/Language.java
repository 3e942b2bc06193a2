package io.kmdebug.symbols;

/** What a unit was written in, as far as names, types and expressions differ by it. DW_AT_language, DWARF 5 §7.12. */
public enum Language {
    C,
    CPP,
    RUST,
    GO,
    ASSEMBLY,
    /** Another one, or not known. */
    OTHER;

    /** @param code DW_LANG_*; 0 when the unit does not say */
    static Language of(int code) {
        return switch (code) {
            case 0x01, 0x02, 0x0c, 0x1d, 0x2c -> C;
            case 0x04, 0x1a, 0x21, 0x2b, 0x3a -> CPP;
            case 0x1c -> RUST;
            case 0x16 -> GO;
            case 0x8001, 0x31 -> ASSEMBLY;
            default -> OTHER;
        };
    }

    /** Whether names stand in namespaces and types: {@code a::b}. */
    public boolean hasNamespaces() {
        return this == CPP || this == RUST;
    }
}
