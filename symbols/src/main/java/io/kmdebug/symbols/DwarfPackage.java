package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import io.kmdebug.machine.ElfFile;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A .dwp file: the .dwo files of a program in one, with an index that says which part of each section is a unit's.
 * DWARF 5 §7.3.5; version 2 of the index is GNU's for DWARF 4.
 */
final class DwarfPackage {
    /** DW_SECT_*, DWARF 5 table 7.1, and GNU's numbers for version 2; by number. */
    private static final String[] SECTIONS_5 = {
        "",
        ".debug_info",
        "",
        ".debug_abbrev",
        ".debug_line",
        ".debug_loclists",
        ".debug_str_offsets",
        ".debug_macro",
        ".debug_rnglists"
    };

    private static final String[] SECTIONS_2 = {
        "",
        ".debug_info",
        ".debug_types",
        ".debug_abbrev",
        ".debug_line",
        ".debug_loc",
        ".debug_str_offsets",
        ".debug_macinfo",
        ".debug_macro"
    };

    private final ElfFile file;
    private final Index units;
    private final Index types;

    /** A part of a section, in bytes. */
    record Part(long offset, long size) {}

    static final Part NO_PART = new Part(0, 0);

    private DwarfPackage(ElfFile file, Index units, Index types) {
        this.file = file;
        this.units = units;
        this.types = types;
    }

    static DwarfPackage read(ElfFile file) {
        DwarfSections sections = DwarfSections.plain(file);
        return new DwarfPackage(
                file, new Index(sections.section(".debug_cu_index")), new Index(sections.section(".debug_tu_index")));
    }

    ElfFile file() {
        return file;
    }

    /** The parts of the unit with this DW_AT_dwo_id by section; null when it is not here. */
    @Nullable
    Map<String, Part> unit(long id) {
        return units.find(id);
    }

    /** The parts of the type unit with this signature. */
    @Nullable
    Map<String, Part> type(long signature) {
        return types.find(signature);
    }

    long[] typeSignatures() {
        return types.ids();
    }

    /** One of the two hash tables. DWARF 5 §7.3.5.3. */
    private static final class Index {
        private static final int HEADER_BYTES = 16;
        /** A third of the slots is free, so that a search ends after a few. */
        private static final int MOST_TRIES = 2000;

        private final Bytes bytes;
        private final int columns;
        private final long rows;
        private final long slots;
        private final String[] names;

        Index(Bytes bytes) {
            this.bytes = bytes;
            if (bytes.length() == 0) {
                columns = 0;
                rows = slots = 0;
                names = SECTIONS_5;
                return;
            }
            Cursor in = new Cursor(bytes);
            int version = (int) (in.u4("index version") & 0xffff);
            if (version != 2 && version != 5) throw in.corrupt("index version", version, "2 or 5");
            names = version == 5 ? SECTIONS_5 : SECTIONS_2;
            long count = in.u4("section count");
            rows = in.u4("unit count");
            slots = in.u4("slot count");
            boolean fits = count <= 16 && (slots & slots - 1) == 0 && rows <= slots;
            if (!fits || HEADER_BYTES + slots * 12 + count * 4 + rows * count * 8 > bytes.length()) {
                throw in.corrupt(
                        "index", count + " sections, " + rows + " units, " + slots + " slots", "a table that fits");
            }
            columns = (int) count;
        }

        @Nullable
        Map<String, Part> find(long id) {
            if (slots == 0) return null;
            long slot = id & slots - 1;
            long step = id >>> 32 & slots - 1 | 1;
            for (long tries = 0; tries < Math.min(slots, MOST_TRIES); tries++) {
                long row = bytes.u4(HEADER_BYTES + slots * 8 + slot * 4);
                if (row == 0) return null;
                if (bytes.u8(HEADER_BYTES + slot * 8) == id && row <= rows) return parts(row - 1);
                slot = slot + step & slots - 1;
            }
            return null;
        }

        long[] ids() {
            return LongStream.range(0, slots)
                    .filter(slot -> bytes.u4(HEADER_BYTES + slots * 8 + slot * 4) != 0)
                    .map(slot -> bytes.u8(HEADER_BYTES + slot * 8))
                    .toArray();
        }

        private Map<String, Part> parts(long row) {
            long header = HEADER_BYTES + slots * 12;
            long offsets = header + columns * 4L;
            long sizes = offsets + rows * columns * 4L;
            Map<String, Part> found = new HashMap<>();
            for (int column = 0; column < columns; column++) {
                long section = bytes.u4(header + column * 4L);
                if (section <= 0 || section >= names.length) continue;
                long at = (row * columns + column) * 4;
                found.put(names[(int) section], new Part(bytes.u4(offsets + at), bytes.u4(sizes + at)));
            }
            return found;
        }
    }
}
