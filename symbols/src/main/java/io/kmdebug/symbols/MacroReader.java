package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Cursor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the macro definitions of a unit: .debug_macro of DWARF 5 (§6.3, §7.23) and GNU's form of it before, and
 * .debug_macinfo of DWARF 2 to 4 (DWARF 4 §6.3).
 */
final class MacroReader {
    private static final int DEFINE = 0x01;
    private static final int UNDEF = 0x02;
    private static final int START_FILE = 0x03;
    private static final int END_FILE = 0x04;
    private static final int DEFINE_STRP = 0x05;
    private static final int UNDEF_STRP = 0x06;
    private static final int IMPORT = 0x07;
    private static final int DEFINE_SUP = 0x08;
    private static final int UNDEF_SUP = 0x09;
    private static final int IMPORT_SUP = 0x0a;
    private static final int DEFINE_STRX = 0x0b;
    private static final int UNDEF_STRX = 0x0c;

    private static final int MACINFO_VENDOR = 0xff;

    private static final int WITH_64_BIT_OFFSETS = 1;
    private static final int WITH_LINE_OFFSET = 2;
    private static final int WITH_OPERANDS_TABLE = 4;

    /** Compilers import one level deep. */
    private static final int MAX_IMPORTS = 64;

    /** A part may be imported any number of times, by parts that are: what all of it costs is bounded. */
    private static final long MAX_BYTES = 64L << 20;

    private static final int BYTES_OF_A_PART = 256;
    private static final int MAX_BROKEN_IMPORTS = 10_000;
    /** Compilers name the unit's own. */
    private static final int MAX_LINE_HEADERS = 16;

    private final Unit unit;
    private final MacroTable table = new MacroTable();
    /** Offsets of the parts being read, from the outermost on: a part must not import itself. */
    private final Deque<Long> open = new ArrayDeque<>();

    private final Set<Long> lineHeaders = new HashSet<>();
    private long bytes;
    private int brokenImports;

    private MacroReader(Unit unit) {
        this.unit = unit;
    }

    /** Never an exception: a broken part is noted, and what is before it counts. */
    static MacroTable of(Unit unit) {
        MacroReader reader = new MacroReader(unit);
        try {
            Die root = unit.rootDie();
            int macros = root.indexOf(Attribute.MACROS);
            if (macros < 0) macros = root.indexOf(Attribute.GNU_MACROS);
            int info = macros >= 0 ? -1 : root.indexOf(Attribute.MACRO_INFO);
            if (macros >= 0) reader.part(unit, unit.sections().section(".debug_macro"), root.sectionOffset(macros));
            else if (info >= 0) reader.info(unit.sections().section(".debug_macinfo"), root.sectionOffset(info));
            else return MacroTable.EMPTY;
        } catch (CorruptFileException e) {
            unit.image().note("macros of " + unit.describe(), e);
        }
        return reader.table;
    }

    private static Cursor at(Bytes section, long offset) {
        if (offset < 0 || offset >= section.length()) {
            throw new Cursor(section, 0)
                    .corrupt("macro offset", "0x" + Long.toHexString(offset), "an offset in the section");
        }
        return new Cursor(section, offset);
    }

    private boolean info(Bytes section, long offset) {
        Cursor in = at(section, offset);
        LineHeader lines = unit.lineHeader();
        boolean room = true;
        while (room) {
            int type = in.u1("macinfo type");
            switch (type) {
                case 0 -> {
                    return true;
                }
                case DEFINE -> room = table.define(in.uleb("line"), string(in));
                case UNDEF -> room = table.undefine(in.uleb("line"), string(in));
                case START_FILE -> room = table.startFile(in.uleb("line"), file(lines, in.uleb("file")));
                case END_FILE -> room = table.endFile();
                case MACINFO_VENDOR -> {
                    in.uleb("vendor constant");
                    in.skipString("vendor string");
                }
                default -> throw in.corrupt("macinfo type", type, "1 to 4 or 255");
            }
        }
        return false;
    }

    /**
     * @param holder whose sections are meant: the unit's, or those of the supplementary file
     * @return whether there is room for more
     */
    private boolean part(Unit holder, Bytes section, long offset) {
        Long key = section == unit.sections().section(".debug_macro") ? offset : ~offset;
        if (open.contains(key) || open.size() == MAX_IMPORTS) {
            throw new Cursor(section, 0)
                    .corrupt("macro import", "0x" + Long.toHexString(offset), "a part that does not import itself");
        }
        Cursor in = at(section, offset);
        bytes += BYTES_OF_A_PART;
        if (bytes > MAX_BYTES) throw in.corrupt("macro import", bytes + " bytes", "at most " + MAX_BYTES + " in all");
        open.push(key);
        try {
            return entries(holder.image(), section, in);
        } finally {
            open.pop();
            bytes += in.position() - offset;
        }
    }

    private boolean entries(DwarfImage image, Bytes section, Cursor in) {
        int version = in.u2("macro version");
        if (version != 4 && version != 5) throw in.corrupt("macro version", version, "4 or 5");
        int flags = in.u1("macro flags");
        int offsetSize = (flags & WITH_64_BIT_OFFSETS) != 0 ? 8 : 4;
        LineHeader lines = lines(in, (flags & WITH_LINE_OFFSET) == 0 ? -1 : in.unsigned(offsetSize, "line offset"));
        int[][] operands = (flags & WITH_OPERANDS_TABLE) == 0 ? new int[0][] : operands(in);
        DwarfSections sections = image.sections();
        boolean room = true;
        while (room) {
            int opcode = in.u1("macro opcode");
            switch (opcode) {
                case 0 -> {
                    return true;
                }
                case DEFINE -> room = table.define(in.uleb("line"), string(in));
                case UNDEF -> room = table.undefine(in.uleb("line"), string(in));
                case START_FILE -> room = table.startFile(in.uleb("line"), file(lines, in.uleb("file")));
                case END_FILE -> room = table.endFile();
                case DEFINE_STRP ->
                    room = table.define(in.uleb("line"), place(in, sections.str(), in.unsigned(offsetSize, "string")));
                case UNDEF_STRP ->
                    room = table.undefine(
                            in.uleb("line"), place(in, sections.str(), in.unsigned(offsetSize, "string")));
                case DEFINE_STRX -> room = table.define(in.uleb("line"), indexed(in, sections));
                case UNDEF_STRX -> room = table.undefine(in.uleb("line"), indexed(in, sections));
                case IMPORT -> room = imported(unit, section, in.unsigned(offsetSize, "import offset"));
                case DEFINE_SUP, UNDEF_SUP -> {
                    long line = in.uleb("line");
                    StringPlace place = common(in, in.unsigned(offsetSize, "string"));
                    if (place == null) continue;
                    room = opcode == DEFINE_SUP ? table.define(line, place) : table.undefine(line, place);
                }
                case IMPORT_SUP -> {
                    long offset = in.unsigned(offsetSize, "import offset");
                    DwarfImage common = unit.image().supplement();
                    if (common == null || common.units().isEmpty()) continue;
                    room = imported(common.units().get(0), common.sections().section(".debug_macro"), offset);
                }
                default -> skip(in, opcode, operands);
            }
        }
        return false;
    }

    /** A broken import does not harm what imports it. */
    private boolean imported(Unit holder, Bytes section, long offset) {
        try {
            return part(holder, section, offset);
        } catch (CorruptFileException e) {
            unit.image().note("macros of " + unit.describe(), e);
            return ++brokenImports < MAX_BROKEN_IMPORTS;
        }
    }

    private @Nullable LineHeader lines(Cursor in, long offset) {
        boolean own = offset >= 0 && unit.sections().line().length() > offset;
        if (own && !lineHeaders.contains(offset)) {
            if (lineHeaders.size() == MAX_LINE_HEADERS) {
                throw in.corrupt("line offset", "0x" + Long.toHexString(offset), "one of few line tables");
            }
            lineHeaders.add(offset);
        }
        return own ? unit.image().lineHeader(offset, unit) : unit.lineHeader();
    }

    private static @Nullable SourceFile file(@Nullable LineHeader lines, long number) {
        return lines == null ? null : lines.file(number);
    }

    /** DWARF 5 §6.3.1.3: the forms of the operands of opcodes that others have added. */
    private static int[][] operands(Cursor in) {
        int count = in.u1("opcode count");
        int[][] all = new int[256][];
        for (int i = 0; i < count; i++) {
            int opcode = in.u1("opcode");
            long operands = in.uleb("operand count");
            if (operands < 0 || operands > in.remaining()) {
                throw in.corrupt("operand count", Long.toUnsignedString(operands), "at most " + in.remaining());
            }
            int[] forms = new int[(int) operands];
            for (int f = 0; f < forms.length; f++) forms[f] = in.u1("operand form");
            all[opcode] = forms;
        }
        return all;
    }

    private void skip(Cursor in, int opcode, int[][] operands) {
        int[] forms = opcode < operands.length ? operands[opcode] : null;
        if (forms == null) throw in.corrupt("macro opcode", "0x" + Integer.toHexString(opcode), "1 to 12");
        for (int form : forms) Form.skip(in, form, unit);
    }

    private static StringPlace string(Cursor in) {
        StringPlace place = new StringPlace(in.bytes(), in.position());
        in.skipString("macro");
        return place;
    }

    private StringPlace indexed(Cursor in, DwarfSections sections) {
        return place(in, sections.str(), unit.stringOffset(in.uleb("string index")));
    }

    private @Nullable StringPlace common(Cursor in, long offset) {
        DwarfImage common = unit.image().supplement();
        return common == null ? null : place(in, common.sections().str(), offset);
    }

    private static StringPlace place(Cursor in, Bytes strings, long offset) {
        if (offset < 0 || offset >= strings.length()) {
            throw in.corrupt("macro", "0x" + Long.toHexString(offset), "an offset in " + strings.name());
        }
        return new StringPlace(strings, offset);
    }
}
