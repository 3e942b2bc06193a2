package io.kmdebug.debugger.code;

import io.kmdebug.debugger.InstructionInfo;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.InstructionLength;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Instructions around an address. Going back is exact: code is decoded forward from the start of its symbol, and of the
 * symbol before that one; a guess is made only where there are no symbols.
 */
public final class Disassembler {
    /** Longest encoding. Intel SDM volume 2 §2.3.11. */
    private static final int MAX_INSTRUCTION = 15;
    /** Rows that one request can have. */
    private static final int MAX_ROWS = 100_000;
    /** How far a symbol may reach back; a longer one is decoded from a point in it that the code agrees on. */
    private static final int MAX_SYMBOL_BYTES = 1 << 20;
    /** How far between two symbols to look for the earlier one: alignment and stubs. */
    private static final int MAX_GAP_BYTES = 4096;

    /** What is known of the code; all addresses are run-time. */
    public interface Code {
        /**
         * A function.
         *
         * @param size bytes; 0 when not known
         */
        record Symbol(String name, long start, long size) {}

        MemoryReader memory();

        /** The symbol that covers {@code address}. */
        Optional<Symbol> symbolAt(long address);

        Optional<SourceLocation> locationOf(long address);
    }

    /** A row before its symbol and source line are looked up. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one request and is never compared
    private record Row(long address, byte[] bytes, String text, boolean readable) {}

    private final Code code;
    private final Capstone capstone;
    private final boolean att;

    private Disassembler(Code code, boolean att) {
        this.code = code;
        this.capstone = Capstone.get();
        this.att = att;
    }

    /** As below, in Intel's syntax. */
    public static List<InstructionInfo> disassemble(Code code, long address, int instructionOffset, int count) {
        return disassemble(code, address, instructionOffset, count, false);
    }

    /**
     * Instructions around an address.
     *
     * @param instructionOffset of the first row relative to the instruction at {@code address}; may be negative
     * @param count how many rows; there are always as many
     * @param att whether to write AT&T's syntax instead of Intel's
     * @throws io.kmdebug.debugger.DebuggerException when no disassembler is installed; the message says what to do
     */
    public static List<InstructionInfo> disassemble(
            Code code, long address, int instructionOffset, int count, boolean att) {
        int offset = Math.max(-MAX_ROWS, Math.min(MAX_ROWS, instructionOffset));
        int wanted = Math.max(0, Math.min(MAX_ROWS, count));
        return new Disassembler(code, att).rows(address, offset, wanted);
    }

    private List<InstructionInfo> rows(long address, int offset, int count) {
        List<Row> rows = new ArrayList<>();
        if (offset < 0) rows.addAll(before(address, -offset));
        int skip = Math.max(offset, 0);
        int after = offset + count - skip;
        if (after > 0) {
            List<Row> forward = forward(address, skip + after);
            rows.addAll(forward.subList(skip, forward.size()));
        }
        return rows.subList(0, count).stream().map(this::described).toList();
    }

    private List<Row> forward(long from, int count) {
        List<Row> rows = new ArrayList<>(count);
        long at = from;
        while (rows.size() < count) {
            byte[] window = new byte[Math.min(4096, (count - rows.size()) * MAX_INSTRUCTION)];
            int got = code.memory().read(at, window, 0, window.length);
            if (got == 0) {
                rows.add(unreadable(at++));
                continue;
            }
            int offset = 0;
            boolean whole = got == window.length;
            while (rows.size() < count && offset < got) {
                if (whole && got - offset < MAX_INSTRUCTION && offset > 0) break;
                Row row = decode(window, offset, got, at + offset);
                rows.add(row);
                offset += row.bytes().length;
            }
            at += offset;
        }
        return rows;
    }

    private static Row unreadable(long address) {
        return new Row(address, new byte[0], "??", false);
    }

    private Row decode(byte[] window, int offset, int end, long address) {
        Capstone.Decoded found = capstone.decode(window, offset, end - offset, address, att);
        // what the library does not know is at least passed as a whole: the next one is decoded in step
        if (found == null) return data(window, offset, offset + unnamed(window, offset, end), address);
        byte[] bytes = Arrays.copyOfRange(window, offset, offset + found.size());
        return new Row(address, bytes, found.text() + Targets.of(found, address, code), true);
    }

    /** Bytes of an instruction that the library does not know, 1 for what is none. */
    private static int unnamed(byte[] window, int offset, int end) {
        return Math.max(1, InstructionLength.of(window, offset, end));
    }

    /** Bytes that are no instruction, or one without a name. */
    private static Row data(byte[] window, int from, int to, long address) {
        StringBuilder text = new StringBuilder(".byte");
        for (int i = from; i < to; i++) text.append(i == from ? " " : ", ").append(String.format("0x%02x", window[i]));
        return new Row(address, Arrays.copyOfRange(window, from, to), text.toString(), true);
    }

    /** The {@code count} rows before {@code address}; the last one ends there. */
    private List<Row> before(long address, int count) {
        Deque<Row> rows = new ArrayDeque<>();
        long end = address;
        while (rows.size() < count) {
            long start = boundaryBefore(end, count - rows.size());
            List<Row> stretch = start == end ? List.of(unreadable(end - 1)) : between(start, end);
            for (int i = stretch.size() - 1; i >= 0 && rows.size() < count; i--) rows.addFirst(stretch.get(i));
            end = stretch.get(0).address();
        }
        return List.copyOf(rows);
    }

    /** Rows that cover {@code start} to {@code end}; an instruction that would reach over the end is cut to bytes. */
    private List<Row> between(long start, long end) {
        byte[] window = new byte[(int) (end - start)];
        int got = code.memory().read(start, window, 0, window.length);
        List<Row> rows = new ArrayList<>();
        int offset = 0;
        while (offset < got) {
            Row row = decode(window, offset, got, start + offset);
            rows.add(row);
            offset += row.bytes().length;
        }
        for (; offset < window.length; offset++) rows.add(unreadable(start + offset));
        return rows;
    }

    /**
     * An address before {@code end} at which an instruction starts, near enough for what is needed; {@code end} when
     * the byte before it cannot be read.
     */
    private long boundaryBefore(long end, int rows) {
        if (code.memory().read(end - 1, new byte[1], 0, 1) == 0) return end;
        Optional<Code.Symbol> symbol = code.symbolAt(end - 1);
        if (symbol.isPresent() && Long.compareUnsigned(symbol.get().start(), end) < 0) {
            long start = symbol.get().start();
            return end - start <= MAX_SYMBOL_BYTES ? start : agreedStart(end, rows);
        }
        for (int back = 2; back <= MAX_GAP_BYTES; back++) {
            Optional<Code.Symbol> earlier = code.symbolAt(end - back);
            if (earlier.isPresent()) return end - back + 1;
        }
        return agreedStart(end, rows);
    }

    /**
     * Where there is no symbol: decoding from almost any byte falls into step with the real instructions after a few of
     * them, so that the farthest start is taken that arrives at {@code end}.
     */
    private long agreedStart(long end, int rows) {
        int reach = Math.min(MAX_SYMBOL_BYTES, rows * 8 + 64);
        byte[] window = new byte[reach];
        int readable = 0;
        while (readable < reach && code.memory().read(end - readable - 1, window, 0, 1) == 1) readable++;
        code.memory().read(end - readable, window, 0, readable);
        for (int from = 0; from < readable; from++) {
            int at = from;
            while (at < readable) {
                Capstone.Decoded found = capstone.decode(window, at, readable - at, end - readable + at, att);
                int size = found == null ? InstructionLength.of(window, at, readable) : found.size();
                if (size == 0) break;
                at += size;
            }
            if (at == readable) return end - readable + from;
        }
        return end - 1;
    }

    private InstructionInfo described(Row row) {
        Optional<Code.Symbol> symbol = row.readable() ? code.symbolAt(row.address()) : Optional.empty();
        return new InstructionInfo(
                row.address(),
                row.bytes(),
                row.text(),
                symbol.map(s -> Targets.named(s, row.address())).orElse(null),
                row.readable() ? code.locationOf(row.address()).orElse(null) : null,
                row.readable());
    }
}
