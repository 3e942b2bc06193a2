package io.kmdebug.debugger.value;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.Type;
import java.util.Arrays;

/** Gathers the bits of a value from where they are. */
final class StorageReader {
    /** A single value larger than this is never needed at once; its elements are read by themselves. */
    static final long MAX_BYTES = 1 << 20;

    private StorageReader() {}

    static Value.Contents read(Value value, MemoryReader memory) {
        long size = value.type().byteSize();
        if (size < 0 || size > MAX_BYTES) {
            return new Value.Unavailable("too large to read at once: " + Long.toUnsignedString(size) + " bytes");
        }
        try {
            long bits = value.bitSize() > 0 ? value.bitSize() : size * 8;
            byte[] raw = gather(value.storage(), value.bitOffset(), bits, memory);
            if (value.bitSize() > 0) raw = widen(raw, value.bitSize(), value.type(), (int) size);
            return new Value.Available(raw);
        } catch (UnreadableMemoryException e) {
            return new Value.Unavailable(String.format("cannot read memory at 0x%x", e.address()));
        } catch (NoBits e) {
            return new Value.Unavailable(e.reason);
        }
    }

    private static byte[] gather(Storage storage, long bitOffset, long bits, MemoryReader memory)
            throws UnreadableMemoryException, NoBits {
        if (storage instanceof Storage.Memory m) {
            long first = m.address() + (bitOffset >> 3);
            int shift = (int) (bitOffset & 7);
            byte[] raw = memory.read(first, (int) ((shift + bits + 7) >> 3));
            return Bits.slice(raw, shift, (int) bits);
        }
        if (storage instanceof Storage.Constant c)
            return fromArray(c.bytes(), bitOffset, bits, "the debug information");
        if (storage instanceof Storage.Untouched u) return fromArray(u.bytes(), bitOffset, bits, "its initial image");
        if (storage instanceof Storage.InRegister r) {
            byte[] raw = r.registers().bytes(r.register());
            if (raw == null) throw new NoBits("register " + r.register().gdbName() + " was not saved");
            if (bitOffset + bits > raw.length * 8L) raw = withUpperHalf(r, raw);
            return fromArray(raw, bitOffset, bits, "register " + r.register().gdbName());
        }
        if (storage instanceof Storage.Scattered s) return gatherParts(s, bitOffset, bits, memory);
        if (storage instanceof Storage.PointerTo) throw new NoBits("the pointer itself was optimized out");
        throw new NoBits(((Storage.Missing) storage).reason());
    }

    /** A 32-byte vector lies in a ymm register, of which DWARF names the xmm half. */
    private static byte[] withUpperHalf(Storage.InRegister r, byte[] low) {
        String name = r.register().gdbName();
        AmdRegister upper = name.startsWith("xmm") ? AmdRegister.byGdbName("ymm" + name.substring(3) + "h") : null;
        byte[] high = upper == null ? null : r.registers().bytes(upper);
        if (high == null) return low;
        byte[] both = Arrays.copyOf(low, low.length + high.length);
        System.arraycopy(high, 0, both, low.length, high.length);
        return both;
    }

    private static byte[] fromArray(byte[] raw, long bitOffset, long bits, String where) throws NoBits {
        if (bitOffset < 0 || bitOffset + bits > raw.length * 8L) {
            throw new NoBits(where + " has only " + raw.length + " bytes of it");
        }
        return Bits.slice(raw, (int) bitOffset, (int) bits);
    }

    private static byte[] gatherParts(Storage.Scattered scattered, long bitOffset, long bits, MemoryReader memory)
            throws UnreadableMemoryException, NoBits {
        byte[] out = new byte[(int) ((bits + 7) >> 3)];
        long partStart = 0;
        long covered = 0;
        for (Storage.Part part : scattered.parts()) {
            long from = Math.max(partStart, bitOffset);
            long to = Math.min(partStart + part.bitSize(), bitOffset + bits);
            if (from < to) {
                byte[] got = gather(part.storage(), part.bitOffset() + from - partStart, to - from, memory);
                Bits.put(got, 0, out, (int) (from - bitOffset), (int) (to - from));
                covered += to - from;
            }
            partStart += part.bitSize();
        }
        if (covered < bits) throw new NoBits("optimized out");
        return out;
    }

    private static byte[] widen(byte[] raw, int bitSize, Type type, int size) {
        byte[] out = Arrays.copyOf(raw, size);
        boolean negative = Scalars.isSigned(type) && (raw[(bitSize - 1) >> 3] >> ((bitSize - 1) & 7) & 1) != 0;
        if (negative) for (int i = bitSize; i < size * 8; i++) out[i >> 3] |= (byte) (1 << (i & 7));
        return out;
    }

    /** Why bits are not there. */
    private static final class NoBits extends Exception {
        private static final long serialVersionUID = 1L;
        final String reason;

        NoBits(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }
}
