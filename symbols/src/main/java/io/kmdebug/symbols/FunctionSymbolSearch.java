package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSymbol;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Finds where functions of a name may start from the static symbol table, without an index of the debug information and
 * without making objects of the symbols: the way to {@code main} of a large program must be short.
 */
final class FunctionSymbolSearch {
    private static final int SYMBOL_BYTES = 24;
    private static final int MAX_CANDIDATES = 256;

    private FunctionSymbolSearch() {}

    /**
     * Start addresses of the functions whose symbol is {@code name}, begins with it and a dot (gcc's clones), or is
     * mangled and contains it. None when there are too many to be worth it, or the file has no static symbol table.
     */
    static long[] candidates(ElfFile file, String name) {
        ElfSection table = file.section(".symtab").orElse(null);
        if (table == null
                || table.link() <= 0
                || table.link() >= file.sections().size()) return new long[0];
        Bytes entries = file.content(table);
        Bytes names = file.content(file.sections().get(table.link()));
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        long[] found = new long[MAX_CANDIDATES];
        int count = 0;
        for (long at = 0; at + SYMBOL_BYTES <= entries.length(); at += SYMBOL_BYTES) {
            int type = entries.u1(at + 4) & 0xf;
            if ((type != ElfSymbol.STT_FUNC && type != ElfSymbol.STT_GNU_IFUNC) || entries.u2(at + 6) == 0) continue;
            if (!mayBe(names, entries.u4(at), wanted)) continue;
            if (count == MAX_CANDIDATES) return new long[0];
            found[count++] = entries.u8(at + 8);
        }
        return LongStream.of(Arrays.copyOf(found, count)).distinct().toArray();
    }

    private static boolean mayBe(Bytes names, long offset, byte[] wanted) {
        if (offset < 0 || offset >= names.length()) return false;
        if (startsWith(names, offset, wanted)) {
            int next = names.u1(offset + wanted.length);
            if (next == 0 || next == '.') return true;
        }
        if (names.u1(offset) != '_' || offset + 2 > names.length()) return false;
        int scheme = names.u1(offset + 1);
        return (scheme == 'Z' || scheme == 'R') && contains(names, offset, wanted);
    }

    private static boolean contains(Bytes names, long offset, byte[] wanted) {
        for (long at = offset; at < names.length() && names.u1(at) != 0; at++) {
            if (startsWith(names, at, wanted)) return true;
        }
        return false;
    }

    /** And a byte follows. */
    private static boolean startsWith(Bytes names, long offset, byte[] wanted) {
        if (offset + wanted.length >= names.length()) return false;
        for (int i = 0; i < wanted.length; i++) if (names.u1(offset + i) != (wanted[i] & 0xff)) return false;
        return true;
    }
}
