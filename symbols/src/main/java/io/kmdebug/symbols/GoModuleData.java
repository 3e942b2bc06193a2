package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.util.OptionalLong;

/**
 * {@code runtime.moduledata} of a program without symbols: it is known by its first words, which point to the line
 * table and its parts. What follows is trusted only where the words between agree with that table. Since Go 1.18.
 */
final class GoModuleData {
    /** pcHeader, then a slice of each part of the table: three words each. */
    private static final int FIRST_NAMES = 8;

    private static final int MIN_PC = 8 + 6 * 24 + 8;
    /** minpc, maxpc, and thirteen more words about sections; two of coverage counters since Go 1.20. */
    private static final int TO_TYPES = 8 * 15;

    private static final int COVERAGE = 8 * 2;

    private GoModuleData() {}

    /** Link-time address of {@code go:func.*}; empty when it is not found. */
    static OptionalLong functionData(ElfFile file, GoLineTable lines) {
        OptionalLong table = OptionalLong.empty();
        for (ElfSection section : file.sections()) {
            if (section.name().endsWith(".gopclntab")) table = OptionalLong.of(section.address());
        }
        if (table.isEmpty() || lines.count() == 0) return OptionalLong.empty();
        for (ElfSection section : file.sections()) {
            boolean data = section.type() != ElfSection.SHT_NOBITS
                    && (section.flags() & ElfSection.SHF_ALLOC) != 0
                    && (section.flags() & ElfSection.SHF_EXECINSTR) == 0
                    && section.name().contains("data");
            if (!data) continue;
            long found = in(file.content(section), table.getAsLong(), lines);
            if (found != 0) return OptionalLong.of(found);
        }
        return OptionalLong.empty();
    }

    private static long in(Bytes data, long table, GoLineTable lines) {
        long need = MIN_PC + TO_TYPES + COVERAGE + 32;
        for (long at = 0; at + need <= data.length(); at += 8) {
            if (data.u8(at) != table) continue;
            boolean names = Long.compareUnsigned(data.u8(at + FIRST_NAMES) - table, 1 << 12) < 0;
            boolean lowest = data.u8(at + MIN_PC) == lines.entry(0);
            boolean highest = data.u8(at + MIN_PC + 8) == lines.entry(lines.count());
            if (names && lowest && highest) return functionData(data, at + MIN_PC, lines);
        }
        return 0;
    }

    /** types, etypes, rodata, gofunc stand one behind another; the first three rise. */
    private static long functionData(Bytes data, long minPc, GoLineTable lines) {
        long at = minPc + TO_TYPES + (lines.hasNewInlineTrees() ? COVERAGE : 0);
        long types = data.u8(at);
        long typesEnd = data.u8(at + 8);
        long readOnly = data.u8(at + 16);
        long functions = data.u8(at + 24);
        boolean plausible = Long.compareUnsigned(types, typesEnd) <= 0
                && Long.compareUnsigned(readOnly, functions) <= 0
                && readOnly != 0;
        return plausible ? functions : 0;
    }
}
