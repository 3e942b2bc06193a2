package io.kmdebug.symbols;

import io.kmdebug.machine.Cursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of one unit's line table, sequences in address order. DWARF 5 §6.2. */
final class LineTable {
    static final LineTable EMPTY = new LineTable(null, new Rows(), new int[0]);

    static final int STATEMENT = 1;
    static final int PROLOGUE_END = 2;
    static final int END_SEQUENCE = 4;

    private static final int DW_LNS_COPY = 1;
    private static final int DW_LNS_ADVANCE_PC = 2;
    private static final int DW_LNS_ADVANCE_LINE = 3;
    private static final int DW_LNS_SET_FILE = 4;
    private static final int DW_LNS_SET_COLUMN = 5;
    private static final int DW_LNS_NEGATE_STMT = 6;
    private static final int DW_LNS_SET_BASIC_BLOCK = 7;
    private static final int DW_LNS_CONST_ADD_PC = 8;
    private static final int DW_LNS_FIXED_ADVANCE_PC = 9;
    private static final int DW_LNS_SET_PROLOGUE_END = 10;
    private static final int DW_LNE_END_SEQUENCE = 1;
    private static final int DW_LNE_SET_ADDRESS = 2;

    private final @Nullable LineHeader header;
    private final Rows rows;
    /** Index of each sequence's first row; a sequence ends in a row with END_SEQUENCE. */
    private final int[] sequences;
    /** Index of each sequence's last row. */
    private final int[] ends;
    /** The rows of one address that were asked for last, first and behind the last: there may be many of them. */
    private volatile long lastRun;

    private LineTable(@Nullable LineHeader header, Rows rows, int[] sequences) {
        this.header = header;
        this.rows = rows;
        this.sequences = sequences;
        this.ends = new int[sequences.length];
        for (int i = 0; i < ends.length; i++) {
            int end = sequences[i];
            while ((rows.flags[end] & END_SEQUENCE) == 0) end++;
            ends[i] = end;
        }
    }

    /** Rows as parallel arrays. */
    private static final class Rows {
        long[] address = new long[256];
        int[] file = new int[256];
        int[] line = new int[256];
        int[] column = new int[256];
        byte[] flags = new byte[256];
        int count;

        void add(long at, int inFile, int onLine, int inColumn, int with) {
            if (count == address.length) {
                address = Arrays.copyOf(address, count * 2);
                file = Arrays.copyOf(file, count * 2);
                line = Arrays.copyOf(line, count * 2);
                column = Arrays.copyOf(column, count * 2);
                flags = Arrays.copyOf(flags, count * 2);
            }
            address[count] = at;
            file[count] = inFile;
            line[count] = onLine;
            column[count] = inColumn;
            flags[count++] = (byte) with;
        }
    }

    /** Runs the line number program. DWARF 5 §6.2.5. */
    static LineTable decode(LineHeader header, DwarfImage image) {
        Decoder decoder = new Decoder(header, image);
        decoder.run();
        Rows rows = decoder.rows;
        List<Integer> sequences = decoder.sequences;
        sequences.sort((a, b) -> Long.compareUnsigned(rows.address[a], rows.address[b]));
        return new LineTable(
                header, rows, sequences.stream().mapToInt(Integer::intValue).toArray());
    }

    private static final class Decoder {
        private final LineHeader header;
        private final DwarfImage image;
        private final Cursor in;
        private final Rows rows = new Rows();
        private final List<Integer> sequences = new ArrayList<>();
        private int sequenceStart;
        private long address;
        private int operation;
        private int file;
        private int line;
        private int column;
        private boolean statement;
        private boolean prologueEnd;

        Decoder(LineHeader header, DwarfImage image) {
            this.header = header;
            this.image = image;
            this.in = header.program();
        }

        void run() {
            reset();
            while (!in.atEnd()) {
                int opcode = in.u1("line opcode");
                if (opcode >= header.opcodeBase()) special(opcode - header.opcodeBase());
                else if (opcode == 0) extended();
                else standard(opcode);
            }
            // a sequence without its end has no extent: it is dropped
            rows.count = sequenceStart;
        }

        private void reset() {
            address = 0;
            operation = 0;
            file = 1;
            line = 1;
            column = 0;
            statement = header.defaultIsStatement();
            prologueEnd = false;
        }

        private void special(int adjusted) {
            advance(adjusted / range());
            line += header.lineBase() + adjusted % range();
            emit(0);
        }

        private int range() {
            int range = header.lineRange();
            if (range == 0) throw in.corrupt("line_range", 0, "at least 1");
            return range;
        }

        private void advance(long operations) {
            if (header.maximumOperations() == 1) {
                address += header.minimumInstructionLength() * operations;
                return;
            }
            long total = operation + operations;
            address += header.minimumInstructionLength() * (total / header.maximumOperations());
            operation = (int) (total % header.maximumOperations());
        }

        private void emit(int extra) {
            int flags = (statement ? STATEMENT : 0) | (prologueEnd ? PROLOGUE_END : 0) | extra;
            rows.add(address, file, line, column, flags);
            prologueEnd = false;
        }

        private void standard(int opcode) {
            switch (opcode) {
                case DW_LNS_COPY -> emit(0);
                case DW_LNS_ADVANCE_PC -> advance(in.uleb("address advance"));
                case DW_LNS_ADVANCE_LINE -> line += (int) in.sleb("line advance");
                case DW_LNS_SET_FILE -> file = (int) in.uleb("file");
                case DW_LNS_SET_COLUMN -> column = (int) in.uleb("column");
                case DW_LNS_NEGATE_STMT -> statement = !statement;
                case DW_LNS_SET_BASIC_BLOCK -> {}
                case DW_LNS_CONST_ADD_PC -> advance((255 - header.opcodeBase()) / range());
                case DW_LNS_FIXED_ADVANCE_PC -> {
                    address += in.u2("address advance");
                    operation = 0;
                }
                case DW_LNS_SET_PROLOGUE_END -> prologueEnd = true;
                default -> {
                    for (int i = 0; i < header.operands(opcode); i++) in.uleb("operand");
                }
            }
        }

        private void extended() {
            long length = in.uleb("extended opcode length");
            if (length <= 0 || length > in.remaining()) {
                throw in.corrupt("extended opcode length", Long.toUnsignedString(length), "1 to " + in.remaining());
            }
            long next = in.position() + length;
            switch (in.u1("extended opcode")) {
                case DW_LNE_END_SEQUENCE -> endSequence();
                case DW_LNE_SET_ADDRESS -> {
                    address = in.unsigned((int) length - 1, "address");
                    operation = 0;
                }
                default -> {}
            }
            in.seek(next);
        }

        /** Keeps the sequence unless the linker dropped its code, or its addresses fall. */
        private void endSequence() {
            emit(END_SEQUENCE);
            boolean keep = rows.count - sequenceStart > 1 && image.hasCodeAt(rows.address[sequenceStart]);
            for (int i = sequenceStart + 1; keep && i < rows.count; i++) {
                keep = Long.compareUnsigned(rows.address[i - 1], rows.address[i]) <= 0;
            }
            if (keep) sequences.add(sequenceStart);
            else rows.count = sequenceStart;
            sequenceStart = rows.count;
            reset();
        }
    }

    /** The row that says where {@code pc} comes from. */
    Optional<LineRow> at(long pc) {
        int sequence = sequenceAt(pc);
        if (sequence < 0) return Optional.empty();
        int start = sequences[sequence];
        int end = ends[sequence];
        int last = start;
        int from = start;
        int to = end;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Long.compareUnsigned(rows.address[middle], pc) <= 0) {
                last = middle;
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        // of several rows for one address the last counts, unless only an earlier one is a statement
        int best = last;
        while (best > start
                && (rows.flags[best] & STATEMENT) == 0
                && rows.address[best - 1] == rows.address[last]
                && rows.line[best - 1] != 0) {
            best--;
        }
        return Optional.of(row((rows.flags[best] & STATEMENT) != 0 ? best : last));
    }

    /** Rows that overlap {@code range}, in address order; rows without an extent are left out. */
    List<LineRow> in(AddressRange range) {
        List<LineRow> found = new ArrayList<>();
        for (int s = 0; s < sequences.length; s++) {
            int start = sequences[s];
            int end = ends[s];
            if (Long.compareUnsigned(rows.address[start], range.high()) >= 0) break;
            if (Long.compareUnsigned(rows.address[end], range.low()) <= 0) continue;
            for (int i = start; i < end; i++) {
                if (Long.compareUnsigned(rows.address[i], range.high()) >= 0) break;
                if (rows.address[i + 1] == rows.address[i]) continue;
                if (Long.compareUnsigned(rows.address[i + 1], range.low()) > 0) found.add(row(i));
            }
        }
        return found;
    }

    /** Receives the number of a row. */
    interface RowVisitor {
        void visit(int row, int file, int line, int flags);
    }

    /** Visits every row but the ends of sequences, in address order. */
    void forEach(RowVisitor visitor) {
        for (int start : sequences) {
            for (int i = start; (rows.flags[i] & END_SEQUENCE) == 0; i++) {
                visitor.visit(i, rows.file[i], rows.line[i], rows.flags[i]);
            }
        }
    }

    /** The files that rows name, and file 1 or 0: the primary one. */
    List<SourceFile> files() {
        Set<SourceFile> found = new LinkedHashSet<>();
        if (header == null) return List.of();
        boolean[] used = new boolean[header.fileCount() + 1];
        if (header.fileCount() > 0) used[header.firstFile()] = true;
        forEach((row, file, line, flags) -> {
            if (file >= 0 && file < used.length) used[file] = true;
        });
        for (int i = 0; i < used.length; i++) {
            SourceFile file = used[i] ? header.file(i) : null;
            if (file != null) found.add(file);
        }
        return List.copyOf(found);
    }

    long address(int row) {
        return rows.address[row];
    }

    /** Row {@code index} up to the next address. */
    LineRow row(int index) {
        long address = rows.address[index];
        int next = behind(index);
        SourceFile file = header == null ? null : header.file(rows.file[index]);
        return new LineRow(
                address,
                rows.address[next],
                file == null ? new SourceFile("file " + rows.file[index], null) : file,
                rows.line[index],
                rows.column[index],
                (rows.flags[index] & STATEMENT) != 0,
                (rows.flags[index] & PROLOGUE_END) != 0);
    }

    /** Index of the first row behind {@code index} with another address, or of the end of the sequence. */
    private int behind(int index) {
        long known = lastRun;
        int from = (int) (known >>> 32);
        int next = (int) known;
        if (index >= from && index < next) return next;
        next = index + 1;
        while (rows.address[next] == rows.address[index] && (rows.flags[next] & END_SEQUENCE) == 0) next++;
        lastRun = (long) index << 32 | next;
        return next;
    }

    /** Index of the sequence that holds {@code pc}; -1 for none. */
    private int sequenceAt(long pc) {
        int from = 0;
        int to = sequences.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Long.compareUnsigned(rows.address[sequences[middle]], pc) <= 0) from = middle + 1;
            else to = middle;
        }
        for (int i = from - 1; i >= 0; i--) {
            if (Long.compareUnsigned(pc, rows.address[ends[i]]) < 0) return i;
            // sequences of folded functions share their start; others do not overlap
            if (i > 0 && rows.address[sequences[i - 1]] != rows.address[sequences[i]]) break;
        }
        return -1;
    }
}
