package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSymbol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The symbol table of one file where it stands: an object is made of a symbol only when it is asked for. gABI "Symbol
 * Table".
 */
final class ElfSymbols {
    private static final int ENTRY_BYTES = 24;
    private static final int PIECE = 1024;
    static final ElfSymbols NONE = new ElfSymbols(Bytes.of("", new byte[0]), Bytes.of("", new byte[0]));

    private final Bytes entries;
    private final Bytes names;
    private final int count;

    private ElfSymbols(Bytes entries, Bytes names) {
        this.entries = entries;
        this.names = names;
        this.count = (int) Math.min(entries.length() / ENTRY_BYTES, Integer.MAX_VALUE / 2);
    }

    /** Receives the fields of an entry. */
    interface Visitor {
        void visit(int index, long name, int info, int section, long value);
    }

    /**
     * Of .symtab, or of .dynsym where there is no .symtab; without entries when there is neither.
     *
     * @throws io.kmdebug.machine.CorruptFileException when it lies behind the end of the file
     */
    static ElfSymbols of(ElfFile file) {
        ElfSection table = null;
        for (ElfSection section : file.sections()) {
            if (section.type() == ElfSection.SHT_SYMTAB) table = section;
            if (section.type() == ElfSection.SHT_DYNSYM && table == null) table = section;
        }
        if (table == null
                || table.link() <= 0
                || table.link() >= file.sections().size()) {
            return NONE;
        }
        return new ElfSymbols(file.content(table), file.content(file.sections().get(table.link())));
    }

    /** Entries, with the empty first one. */
    int count() {
        return count;
    }

    /** Visits all but section and file symbols and the empty first entry, in the order of the table. */
    void forEach(Visitor visitor) {
        byte[] piece = new byte[PIECE * ENTRY_BYTES];
        ByteBuffer fields = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < count; from += PIECE) {
            int size = Math.min(PIECE, count - from);
            entries.read((long) from * ENTRY_BYTES, piece, 0, size * ENTRY_BYTES);
            for (int i = from == 0 ? 1 : 0; i < size; i++) {
                int at = i * ENTRY_BYTES;
                int info = piece[at + 4] & 0xff;
                int type = info & 0xf;
                if (type == ElfSymbol.STT_SECTION || type == ElfSymbol.STT_FILE) continue;
                long name = fields.getInt(at) & 0xffff_ffffL;
                int section = fields.getShort(at + 6) & 0xffff;
                visitor.visit(from + i, name, info, section, fields.getLong(at + 8));
            }
        }
    }

    long size(int index) {
        return entries.u8((long) index * ENTRY_BYTES + 16);
    }

    int info(int index) {
        return entries.u1((long) index * ENTRY_BYTES + 4);
    }

    /** Whether the name at {@code offset} of the string table is {@code utf8}. */
    boolean isNamed(long offset, byte[] utf8) {
        if (offset >= names.length() - utf8.length || names.u1(offset + utf8.length) != 0) return false;
        for (int i = utf8.length - 1; i >= 0; i--) if (names.u1(offset + i) != (utf8[i] & 0xff)) return false;
        return true;
    }

    ElfSymbol symbol(int index) {
        long at = (long) index * ENTRY_BYTES;
        int info = entries.u1(at + 4);
        long name = entries.u4(at);
        return new ElfSymbol(
                name < names.length() ? names.string(name) : "",
                entries.u8(at + 8),
                entries.u8(at + 16),
                info & 0xf,
                info >> 4,
                entries.u2(at + 6));
    }
}
