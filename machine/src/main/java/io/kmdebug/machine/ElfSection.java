package io.kmdebug.machine;

/**
 * A section header. gABI "Section Header".
 *
 * @param index position in the table
 * @param address sh_addr: 0 when the section is not loaded
 * @param offset bytes from the start of the file
 * @param size bytes in the file; SHT_NOBITS occupies none
 */
public record ElfSection(
        int index,
        String name,
        int type,
        long flags,
        long address,
        long offset,
        long size,
        int link,
        int info,
        long entrySize) {
    public static final int SHT_SYMTAB = 2;
    public static final int SHT_STRTAB = 3;
    public static final int SHT_NOTE = 7;
    public static final int SHT_NOBITS = 8;
    public static final int SHT_DYNSYM = 11;
    public static final long SHF_ALLOC = 2;
    public static final long SHF_EXECINSTR = 4;
    public static final long SHF_COMPRESSED = 0x800;

    public boolean contains(long virtualAddress) {
        return address != 0 && Long.compareUnsigned(virtualAddress - address, size) < 0;
    }
}
