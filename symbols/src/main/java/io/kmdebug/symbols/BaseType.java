package io.kmdebug.symbols;

/** DW_TAG_base_type. DWARF 5 §5.1. */
public record BaseType(String name, long byteSize, Encoding encoding) implements Type {
    /** DW_ATE_*. DWARF 5 table 7.11. */
    public enum Encoding {
        BOOLEAN,
        SIGNED,
        UNSIGNED,
        SIGNED_CHAR,
        UNSIGNED_CHAR,
        UTF,
        FLOAT,
        COMPLEX_FLOAT,
        OTHER
    }
}
