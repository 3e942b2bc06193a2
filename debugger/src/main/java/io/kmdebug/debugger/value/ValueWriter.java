package io.kmdebug.debugger.value;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.machine.MemoryReader;

/** Puts bytes where a value lives. */
public final class ValueWriter {
    private ValueWriter() {}

    /**
     * Replaces the bits of {@code target}.
     *
     * @param contents as long as the type; of a bit field, its low bits count
     * @throws DebuggerException when it has no place, or the place cannot be written
     */
    public static void write(Value target, byte[] contents, MemoryReader memory, TargetWriter writer) {
        int bits = target.bitSize() > 0 ? target.bitSize() : contents.length * 8;
        put(target.storage(), target.bitOffset(), contents, 0, bits, memory, writer);
    }

    private static void put(
            Storage storage,
            long bitOffset,
            byte[] contents,
            int from,
            int bits,
            MemoryReader memory,
            TargetWriter writer) {
        if (storage instanceof Storage.Memory m) putMemory(m, bitOffset, contents, from, bits, memory, writer);
        else if (storage instanceof Storage.InRegister r) putRegister(r, bitOffset, contents, from, bits, writer);
        else if (storage instanceof Storage.Scattered s) putParts(s, bitOffset, contents, from, bits, memory, writer);
        else if (storage instanceof Storage.Missing m) throw new DebuggerException("it cannot be set: " + m.reason());
        else throw new DebuggerException("it cannot be set: it is computed and has no place in the payload");
    }

    private static void putMemory(
            Storage.Memory place,
            long bitOffset,
            byte[] contents,
            int from,
            int bits,
            MemoryReader memory,
            TargetWriter writer) {
        long first = place.address() + (bitOffset >> 3);
        int shift = (int) (bitOffset & 7);
        byte[] raw = new byte[(shift + bits + 7) >> 3];
        boolean wholeBytes = shift == 0 && (bits & 7) == 0;
        if (!wholeBytes && memory.read(first, raw, 0, raw.length) < raw.length) {
            throw new DebuggerException(String.format("cannot read memory at 0x%x", first));
        }
        Bits.put(contents, from, raw, shift, bits);
        writer.writeMemory(first, raw);
    }

    private static void putRegister(
            Storage.InRegister place, long bitOffset, byte[] contents, int from, int bits, TargetWriter writer) {
        byte[] raw = place.registers().bytes(place.register());
        String name = place.register().gdbName();
        if (raw == null) throw new DebuggerException("it cannot be set: register " + name + " was not saved");
        if (bitOffset + bits > raw.length * 8L) {
            throw new DebuggerException("it cannot be set: register " + name + " holds only a part of it");
        }
        Bits.put(contents, from, raw, (int) bitOffset, bits);
        writer.writeRegister(place.register(), raw);
        place.registers().set(place.register(), raw);
    }

    private static void putParts(
            Storage.Scattered place,
            long bitOffset,
            byte[] contents,
            int from,
            int bits,
            MemoryReader memory,
            TargetWriter writer) {
        long partStart = 0;
        for (Storage.Part part : place.parts()) {
            long first = Math.max(partStart, bitOffset);
            long last = Math.min(partStart + part.bitSize(), bitOffset + bits);
            if (first < last) {
                long within = part.bitOffset() + first - partStart;
                int offset = from + (int) (first - bitOffset);
                put(part.storage(), within, contents, offset, (int) (last - first), memory, writer);
            }
            partStart += part.bitSize();
        }
    }
}
