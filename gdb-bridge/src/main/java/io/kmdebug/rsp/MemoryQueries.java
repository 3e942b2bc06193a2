package io.kmdebug.rsp;

import java.util.Arrays;

/**
 * {@code qSearch:memory} and {@code qCRC}: what would be slow to find out from afar. GDB RSP: "General Query Packets".
 */
final class MemoryQueries {
    private static final int PIECE = 1 << 16;
    private static final int POLYNOMIAL = 0x04c11db7;

    private final StubTarget target;

    MemoryQueries(StubTarget target) {
        this.target = target;
    }

    /** {@code memory:address;length;pattern}, the pattern as bytes. Replies with 0, or 1 and where it is. */
    void search(PacketCursor in, PacketWriter out) {
        if (!in.skip("memory:")) return;
        long address = in.hex();
        in.expect(';');
        long length = in.hex();
        in.expect(';');
        byte[] pattern = in.restBytes();
        if (pattern.length == 0 || pattern.length > PIECE) {
            throw Refusal.numbered(Refusal.INVALID, "a pattern of " + pattern.length + " bytes");
        }
        byte[] piece = new byte[PIECE + pattern.length];
        while (Long.compareUnsigned(length, pattern.length) >= 0) {
            int wanted = Long.compareUnsigned(length, piece.length) < 0 ? (int) length : piece.length;
            int got = target.readMemory(address, piece, 0, wanted);
            int found = find(pattern, piece, got);
            if (found >= 0) {
                out.text("1,").hex(address + found);
                return;
            }
            if (got < wanted) throw Refusal.numbered(Refusal.UNREADABLE, "not all of it can be read");
            int passed = got - pattern.length + 1;
            address += passed;
            length -= passed;
        }
        out.text('0');
    }

    private static int find(byte[] pattern, byte[] piece, int bytes) {
        for (int at = 0; at + pattern.length <= bytes; at++) {
            if (Arrays.equals(piece, at, at + pattern.length, pattern, 0, pattern.length)) return at;
        }
        return -1;
    }

    /** {@code address,length}: gdb's checksum, most significant bit first, begun with ones and not inverted. */
    void checksum(PacketCursor in, PacketWriter out) {
        long address = in.hex();
        in.expect(',');
        long length = in.hex();
        byte[] piece = new byte[PIECE];
        int sum = -1;
        while (length != 0) {
            int wanted = Long.compareUnsigned(length, PIECE) < 0 ? (int) length : PIECE;
            if (target.readMemory(address, piece, 0, wanted) < wanted) {
                throw Refusal.numbered(Refusal.UNREADABLE, "not all of it can be read");
            }
            for (int i = 0; i < wanted; i++) sum = add(sum, piece[i]);
            address += wanted;
            length -= wanted;
        }
        out.text('C').hex(sum & 0xffff_ffffL);
    }

    private static int add(int sum, byte one) {
        int next = sum ^ one << 24;
        for (int bit = 0; bit < 8; bit++) next = next < 0 ? next << 1 ^ POLYNOMIAL : next << 1;
        return next;
    }
}
