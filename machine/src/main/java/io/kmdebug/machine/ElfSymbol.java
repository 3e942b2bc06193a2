package io.kmdebug.machine;

/**
 * A symbol table entry. gABI "Symbol Table".
 *
 * @param value st_value: a link-time address
 * @param size bytes; 0 when unknown
 * @param type STT_* (low four bits of st_info)
 * @param binding STB_* (high four bits of st_info)
 * @param section st_shndx; 0 when undefined
 */
public record ElfSymbol(String name, long value, long size, int type, int binding, int section) {
    public static final int STT_NOTYPE = 0;
    public static final int STT_OBJECT = 1;
    public static final int STT_FUNC = 2;
    public static final int STT_SECTION = 3;
    public static final int STT_FILE = 4;
    public static final int STT_TLS = 6;
    public static final int STT_GNU_IFUNC = 10;
    public static final int STB_LOCAL = 0;
    public static final int STB_GLOBAL = 1;
    public static final int STB_WEAK = 2;

    public boolean isFunction() {
        return type == STT_FUNC || type == STT_GNU_IFUNC;
    }
}
