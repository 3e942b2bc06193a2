package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The header of a line number program: its files and the parameters of its opcodes. Names are read when they are asked
 * for. DWARF 5 §6.2.4, DWARF 4 §6.2.4.
 */
final class LineHeader {
    private static final int DW_LNCT_PATH = 1;
    private static final int DW_LNCT_DIRECTORY_INDEX = 2;
    private static final int DW_LNCT_MD5 = 5;
    private static final int DW_LNCT_LLVM_SOURCE = 0x2001;

    /** A file or directory as it stands in the table. */
    private record Entry(
            StringPlace name,
            long directory,
            @Nullable Bytes md5,
            @Nullable StringPlace source) {}

    private final Bytes section;
    private final DwarfSections sections;
    private final String compilationDirectory;
    private final int version;
    private final long programStart;
    private final long programEnd;
    private final int addressSize;
    private final int minimumInstructionLength;
    private final int maximumOperations;
    private final boolean defaultIsStatement;
    private final int lineBase;
    private final int lineRange;
    private final int opcodeBase;
    private final int[] operandCounts;
    private final List<Entry> directories = new ArrayList<>();
    private final List<Entry> files = new ArrayList<>();
    private final AtomicReferenceArray<@Nullable SourceFile> known;

    private LineHeader(Unit unit, long offset) {
        sections = unit.sections();
        section = sections.line();
        compilationDirectory = unit.compilationDirectory();
        if (offset < 0 || offset > section.length()) {
            throw new Cursor(section, 0)
                    .corrupt("DW_AT_stmt_list", "0x" + Long.toHexString(offset), "an offset in the section");
        }
        Cursor in = new Cursor(section, offset);
        UnitHeader.Extent extent = UnitHeader.Extent.read(in);
        in.limit(extent.end());
        programEnd = extent.end();
        version = in.u2("line table version");
        if (version < 2 || version > 5) throw in.corrupt("line table version", version, "2 to 5");
        if (version >= 5) {
            addressSize = in.u1("address_size");
            in.u1("segment_selector_size");
        } else {
            addressSize = unit.addressSize();
        }
        long headerLength = in.unsigned(extent.offsetSize(), "header_length");
        if (headerLength < 0 || headerLength > in.remaining()) {
            throw in.corrupt("header_length", Long.toUnsignedString(headerLength), "at most " + in.remaining());
        }
        programStart = in.position() + headerLength;
        minimumInstructionLength = in.u1("minimum_instruction_length");
        maximumOperations = version >= 4 ? Math.max(1, in.u1("maximum_operations_per_instruction")) : 1;
        defaultIsStatement = in.u1("default_is_stmt") != 0;
        lineBase = (byte) in.u1("line_base");
        lineRange = in.u1("line_range");
        opcodeBase = in.u1("opcode_base");
        operandCounts = new int[Math.max(1, opcodeBase)];
        for (int i = 1; i < opcodeBase; i++) operandCounts[i] = in.u1("standard_opcode_lengths");
        if (version >= 5) {
            readEntries(in, extent.offsetSize(), directories);
            readEntries(in, extent.offsetSize(), files);
        } else {
            readOldTables(in);
        }
        known = new AtomicReferenceArray<>(files.size());
    }

    static LineHeader read(Unit unit, long offset) {
        return new LineHeader(unit, offset);
    }

    Cursor program() {
        return new Cursor(section, programStart).limit(programEnd);
    }

    int version() {
        return version;
    }

    int addressSize() {
        return addressSize;
    }

    int minimumInstructionLength() {
        return minimumInstructionLength;
    }

    int maximumOperations() {
        return maximumOperations;
    }

    boolean defaultIsStatement() {
        return defaultIsStatement;
    }

    int lineBase() {
        return lineBase;
    }

    /** Never 0 when a special opcode needs it: that is checked where it is used. */
    int lineRange() {
        return lineRange;
    }

    int opcodeBase() {
        return opcodeBase;
    }

    /** LEB128 operands of standard opcode {@code opcode}. */
    int operands(int opcode) {
        return operandCounts[opcode];
    }

    /** The lowest file number: 0 in DWARF 5, 1 before. */
    int firstFile() {
        return version >= 5 ? 0 : 1;
    }

    int fileCount() {
        return files.size();
    }

    /** File {@code number} as rows and DW_AT_decl_file name it; null when there is none. */
    @Nullable
    SourceFile file(long number) {
        long index = number - firstFile();
        if (index < 0 || index >= files.size()) return null;
        SourceFile file = known.get((int) index);
        if (file == null) {
            Entry entry = files.get((int) index);
            Bytes md5 = entry.md5();
            file = SourceFile.of(path(entry), md5 == null ? null : md5.copy(0, 16));
            known.set((int) index, file);
        }
        return file;
    }

    /** Numbers of the files whose path ends in {@code path}; see {@link Symbols#breakpointRows}. */
    List<Integer> filesMatching(SourcePath path) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            if (!files.get(i).name().baseNameIs(path.baseName())) continue;
            SourceFile file = file(i + firstFile());
            if (file != null && path.matches(file.path())) found.add(i + firstFile());
        }
        return found;
    }

    /** The text of a file that stands in the table itself; LLVM writes an empty one for a file that does not. */
    Optional<String> embeddedSource(SourcePath path) {
        for (int number : filesMatching(path)) {
            StringPlace source = files.get(number - firstFile()).source();
            String text = source == null ? "" : source.text();
            if (!text.isEmpty()) return Optional.of(text);
        }
        return Optional.empty();
    }

    private String path(Entry file) {
        String name = file.name().text();
        String directory = directory(file.directory());
        return SourcePath.normalise(SourcePath.join(directory, name));
    }

    /** Directory 0 is the compilation directory, in the table since DWARF 5. */
    private String directory(long number) {
        if (number == 0 && version < 5) return compilationDirectory;
        long index = version >= 5 ? number : number - 1;
        if (index < 0 || index >= directories.size()) return compilationDirectory;
        String name = directories.get((int) index).name().text();
        if (name.startsWith("/")) return name;
        if (version >= 5 && number == 0) {
            return name.equals(compilationDirectory) ? name : SourcePath.join(compilationDirectory, name);
        }
        return SourcePath.join(directory(0), name);
    }

    private void readOldTables(Cursor in) {
        while (in.bytes().u1(in.position()) != 0) {
            directories.add(new Entry(new StringPlace(section, in.position()), 0, null, null));
            in.skipString("include directory");
        }
        in.u1("end of include directories");
        while (in.bytes().u1(in.position()) != 0) {
            StringPlace name = new StringPlace(section, in.position());
            in.skipString("file name");
            long directory = in.uleb("directory index");
            in.uleb("modification time");
            in.uleb("file length");
            files.add(new Entry(name, directory, null, null));
        }
    }

    private void readEntries(Cursor in, int offsetSize, List<Entry> out) {
        int columns = in.u1("entry_format_count");
        long[] format = new long[columns * 2];
        for (int i = 0; i < format.length; i++) format[i] = in.uleb("entry_format");
        long count = in.uleb("entry count");
        // an entry takes a byte or more unless it has no columns
        if (count < 0 || count > in.remaining() || (columns == 0 && count > 0)) {
            throw in.corrupt("entry count", Long.toUnsignedString(count), "at most " + in.remaining());
        }
        for (long i = 0; i < count; i++) {
            StringPlace name = new StringPlace(Bytes.of("", new byte[0]), 0);
            long directory = 0;
            Bytes md5 = null;
            StringPlace source = null;
            for (int c = 0; c < columns; c++) {
                int form = (int) format[c * 2 + 1];
                switch ((int) format[c * 2]) {
                    case DW_LNCT_PATH -> name = string(in, form, offsetSize);
                    case DW_LNCT_DIRECTORY_INDEX -> directory = number(in, form);
                    case DW_LNCT_MD5 -> {
                        if (form == Form.DATA16) md5 = in.block(16, "MD5");
                        else skip(in, form, offsetSize);
                    }
                    case DW_LNCT_LLVM_SOURCE -> source = string(in, form, offsetSize);
                    default -> skip(in, form, offsetSize);
                }
            }
            out.add(new Entry(name, directory, md5, source));
        }
    }

    private StringPlace string(Cursor in, int form, int offsetSize) {
        return switch (form) {
            case Form.STRING -> {
                StringPlace place = new StringPlace(section, in.position());
                in.skipString("path");
                yield place;
            }
            case Form.LINE_STRP -> place(in, sections.lineStr(), in.unsigned(offsetSize, "path"));
            case Form.STRP -> place(in, sections.str(), in.unsigned(offsetSize, "path"));
            default -> throw Form.unknown(in, form);
        };
    }

    private static StringPlace place(Cursor in, Bytes strings, long offset) {
        if (offset < 0 || offset >= strings.length()) {
            throw in.corrupt("path", "0x" + Long.toHexString(offset), "an offset in " + strings.name());
        }
        return new StringPlace(strings, offset);
    }

    private static long number(Cursor in, int form) {
        return switch (form) {
            case Form.DATA1 -> in.u1("number");
            case Form.DATA2 -> in.u2("number");
            case Form.DATA4 -> in.u4("number");
            case Form.DATA8 -> in.u8("number");
            case Form.UDATA -> in.uleb("number");
            default -> throw Form.unknown(in, form);
        };
    }

    private static void skip(Cursor in, int form, int offsetSize) {
        switch (form) {
            case Form.STRING -> in.skipString("column");
            case Form.LINE_STRP, Form.STRP -> in.skip(offsetSize);
            case Form.DATA16 -> in.skip(16);
            case Form.BLOCK -> in.block(in.uleb("column length"), "column");
            default -> number(in, form);
        }
    }
}
