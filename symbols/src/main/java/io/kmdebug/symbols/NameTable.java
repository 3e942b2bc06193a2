package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Entries by the hash of their name, as a hash table that is looked up where it stands: in memory that was just written,
 * or in a mapped file of the {@link NameCache}. Little-endian:
 *
 * <pre>
 * magic[8] version:u4 bucketBits:u4 key:u8 rows:u8 length:u8 imports:u4 blocks:u4 payload:u4 headerCrc:u4
 * import:u8 * imports        offsets in the supplementary file
 * blockCrc:u4 * blocks       of each 64 KiB of the payload
 * payload (at a multiple of 8):
 *   bucket:u4 * (2^bucketBits + 1)   number of its first row
 *   hash:u4 * rows
 *   row:u8 * rows                    kind:4 unit:24 offset in the unit:36
 * </pre>
 *
 * A block's checksum is compared when the block is first read, so that opening a large file costs nothing.
 */
final class NameTable {
    /** Changes with what is in the table, its layout, or the order of {@link NameKind}. */
    static final int VERSION = 1;

    static final int MAX_UNITS = 1 << 24;
    static final long MAX_OFFSET = 1L << 36;

    private static final long MAGIC = 0x53454d414e444d4bL; // KMDNAMES
    private static final int HEADER_BYTES = 56;
    private static final int HEADER_CRC_AT = 52;
    private static final int BLOCK = 1 << 16;
    private static final int MAX_ROWS = 150_000_000;

    private final Bytes bytes;
    private final Bytes payload;
    private final int bucketBits;
    private final long rows;
    private final long hashesAt;
    private final long rowsAt;
    private final long checksumsAt;
    private final BitSet checked = new BitSet();

    private NameTable(Bytes bytes) {
        this.bytes = bytes;
        bucketBits = bytes.i4(12);
        rows = bytes.u8(24);
        checksumsAt = HEADER_BYTES + 8L * imports(bytes);
        payload = bytes.slice(bytes.u4(48), bytes.length() - bytes.u4(48));
        hashesAt = align((4L << bucketBits) + 4);
        rowsAt = align(hashesAt + 4 * rows);
    }

    static long row(NameKind kind, int unit, long offsetInUnit) {
        return (long) kind.ordinal() << 60 | (long) unit << 36 | offsetInUnit;
    }

    /** Ordinal of the {@link NameKind}. */
    static int kind(long row) {
        return (int) (row >>> 60);
    }

    static int unit(long row) {
        return (int) (row >>> 36) & (MAX_UNITS - 1);
    }

    static long offsetInUnit(long row) {
        return row & (MAX_OFFSET - 1);
    }

    private static long imports(Bytes bytes) {
        return bytes.u4(40);
    }

    private static long align(long at) {
        return at + 7 & ~7L;
    }

    /** Makes a table of what was found in units, in their order. */
    static NameTable of(List<NameScan> scans, long[] imports, long key) {
        long total = 0;
        for (NameScan scan : scans) total += scan.count();
        if (total > MAX_ROWS) throw new IllegalStateException("more than " + MAX_ROWS + " names");
        int count = (int) total;
        int bits = Math.max(4, 31 - Integer.numberOfLeadingZeros(Math.max(1, count / 2)));
        int[] buckets = buckets(scans, bits);
        long hashes = align(4L * buckets.length);
        long rowsAt = align(hashes + 4L * count);
        long payloadBytes = rowsAt + 8L * count;
        int blocks = (int) ((payloadBytes + BLOCK - 1) / BLOCK);
        int payloadAt = (int) align(HEADER_BYTES + 8L * imports.length + 4L * blocks);
        ByteBuffer out = ByteBuffer.wrap(new byte[Math.toIntExact(payloadAt + payloadBytes)])
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC)
                .putInt(VERSION)
                .putInt(bits)
                .putLong(key)
                .putLong(count)
                .putLong(out.capacity());
        out.putInt(imports.length).putInt(blocks).putInt(payloadAt).putInt(0);
        for (long each : imports) out.putLong(each);
        fill(out, scans, bits, buckets, payloadAt + (int) hashes, payloadAt + (int) rowsAt);
        out.position(payloadAt);
        for (int bucket : buckets) out.putInt(bucket);
        int checksums = HEADER_BYTES + 8 * imports.length;
        for (int i = 0; i < blocks; i++) {
            int from = payloadAt + i * BLOCK;
            out.putInt(checksums + 4 * i, crc(out.array(), from, Math.min(BLOCK, out.capacity() - from)));
        }
        out.putInt(HEADER_CRC_AT, crc(out.array(), 0, payloadAt));
        NameTable table = new NameTable(Bytes.of("names", out.array()));
        table.checked.set(0, blocks);
        return table;
    }

    /** For each bucket the number of its first row, and the count of all. */
    private static int[] buckets(List<NameScan> scans, int bits) {
        int[] buckets = new int[(1 << bits) + 1];
        for (NameScan scan : scans) {
            for (int i = 0; i < scan.count(); i++) buckets[bucket(scan.hash(i), bits) + 1]++;
        }
        for (int i = 1; i < buckets.length; i++) buckets[i] += buckets[i - 1];
        return buckets;
    }

    private static void fill(ByteBuffer out, List<NameScan> scans, int bits, int[] buckets, int hashesAt, int rowsAt) {
        int[] next = buckets.clone();
        for (NameScan scan : scans) {
            for (int i = 0; i < scan.count(); i++) {
                int at = next[bucket(scan.hash(i), bits)]++;
                out.putInt(hashesAt + 4 * at, scan.hash(i));
                out.putLong(rowsAt + 8 * at, scan.row(i));
            }
        }
    }

    private static int bucket(int hash, int bits) {
        return (hash * 0x9e3779b1) >>> (32 - bits);
    }

    /**
     * Opens what {@link #bytes} was.
     *
     * @param key what the table must have been made with
     * @throws CorruptFileException when it is something else, another version's, or damaged
     */
    static NameTable open(Bytes bytes, long key) {
        if (bytes.length() < HEADER_BYTES) throw corrupt(bytes, "length", 0, bytes.length());
        if (bytes.u8(0) != MAGIC) throw corrupt(bytes, "magic number", 0, bytes.u8(0));
        if (bytes.i4(8) != VERSION) throw corrupt(bytes, "version", 8, bytes.i4(8));
        if (bytes.u8(16) != key) throw corrupt(bytes, "key", 16, bytes.u8(16));
        if (bytes.u8(32) != bytes.length()) throw corrupt(bytes, "length", 32, bytes.u8(32));
        long rows = bytes.u8(24);
        int bits = bytes.i4(12);
        long blocks = bytes.u4(44);
        long payloadAt = bytes.u4(48);
        if (rows < 0 || rows > MAX_ROWS || bits < 4 || bits > 30) throw corrupt(bytes, "count", 12, rows);
        long payloadBytes = align(align((4L << bits) + 4) + 4 * rows) + 8 * rows;
        if (payloadAt > 1 << 30
                || payloadAt != align(HEADER_BYTES + 8 * imports(bytes) + 4 * blocks)
                || payloadAt + payloadBytes != bytes.length()
                || blocks != (payloadBytes + BLOCK - 1) / BLOCK) {
            throw corrupt(bytes, "size of a table", 40, payloadAt);
        }
        byte[] header = bytes.copy(0, (int) payloadAt);
        int expected = bytes.i4(HEADER_CRC_AT);
        for (int i = 0; i < 4; i++) header[HEADER_CRC_AT + i] = 0;
        if (crc(header, 0, header.length) != expected) throw corrupt(bytes, "checksum", HEADER_CRC_AT, expected);
        return new NameTable(bytes);
    }

    /** The table as it is kept. */
    Bytes bytes() {
        return bytes;
    }

    long[] imports() {
        long[] imports = new long[(int) imports(bytes)];
        for (int i = 0; i < imports.length; i++) imports[i] = bytes.u8(HEADER_BYTES + 8L * i);
        return imports;
    }

    /**
     * The rows of {@code kind} with {@code hash}, in the order of units.
     *
     * @throws CorruptFileException when that part of the file is damaged
     */
    long[] find(NameKind kind, int hash) {
        int bucket = bucket(hash, bucketBits);
        check(4L * bucket, 8);
        long from = payload.u4(4L * bucket);
        long to = payload.u4(4L * bucket + 4);
        if (from > to || to > rows) throw corrupt(bytes, "bucket", bucket, from);
        check(hashesAt + 4 * from, 4 * (to - from));
        long[] found = new long[4];
        int count = 0;
        for (long i = from; i < to; i++) {
            if (payload.i4(hashesAt + 4 * i) != hash) continue;
            check(rowsAt + 8 * i, 8);
            long row = payload.u8(rowsAt + 8 * i);
            if (kind(row) != kind.ordinal()) continue;
            if (count == found.length) found = Arrays.copyOf(found, count * 2);
            found[count++] = row;
        }
        return Arrays.copyOf(found, count);
    }

    private void check(long from, long size) {
        if (size == 0) return;
        synchronized (checked) {
            for (long block = from / BLOCK; block <= (from + size - 1) / BLOCK; block++) {
                if (checked.get((int) block)) continue;
                byte[] content = payload.copy(block * BLOCK, (int) Math.min(BLOCK, payload.length() - block * BLOCK));
                int expected = bytes.i4(checksumsAt + 4 * block);
                if (crc(content, 0, content.length) != expected) {
                    throw corrupt(bytes, "checksum of block " + block, checksumsAt + 4 * block, expected);
                }
                checked.set((int) block);
            }
        }
    }

    private static int crc(byte[] bytes, int from, int size) {
        CRC32 crc = new CRC32();
        crc.update(bytes, from, size);
        return (int) crc.getValue();
    }

    private static CorruptFileException corrupt(Bytes bytes, String where, long offset, long found) {
        return new CorruptFileException(
                bytes.name(), where, offset, "0x" + Long.toHexString(found), "a table of names of version " + VERSION);
    }
}
