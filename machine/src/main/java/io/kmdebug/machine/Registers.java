package io.kmdebug.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * One thread's amd64 registers. A register may be absent (an outer frame, a stub that does not give it); then its
 * value is asked for in vain and {@link #has} is false. Mutable; {@link #copy()} before keeping one.
 */
public final class Registers {
    private static final int COUNT = AmdRegister.values().length;
    private static final int[] OFFSETS = new int[COUNT];
    private static final int TOTAL_BYTES;

    static {
        int offset = 0;
        for (AmdRegister register : AmdRegister.values()) {
            OFFSETS[register.ordinal()] = offset;
            offset += register.bytes();
        }
        TOTAL_BYTES = offset;
    }

    private final byte[] bytes;
    private final ByteBuffer view;
    private final boolean[] present;
    /** Not present, but the bytes are those of the callee's register of that name. */
    private final boolean[] carried;

    public Registers() {
        this(new byte[TOTAL_BYTES], new boolean[COUNT], new boolean[COUNT]);
    }

    private Registers(byte[] bytes, boolean[] present, boolean[] carried) {
        this.bytes = bytes;
        this.view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.present = present;
        this.carried = carried;
    }

    public Registers copy() {
        return new Registers(bytes.clone(), present.clone(), carried.clone());
    }

    /**
     * The registers of a caller of whom nothing is known yet: all absent, with what they hold now as {@link #carried}.
     */
    public Registers forCaller() {
        boolean[] held = carried.clone();
        for (int i = 0; i < COUNT; i++) held[i] |= present[i];
        return new Registers(bytes.clone(), new boolean[COUNT], held);
    }

    /**
     * For an absent register what the innermost frame, or the last one that saved it, has in it: its value here as well,
     * if no function called since has written it. Null when even that is not known.
     */
    public byte @Nullable [] carried(AmdRegister register) {
        if (!carried[register.ordinal()]) return null;
        int at = OFFSETS[register.ordinal()];
        return java.util.Arrays.copyOfRange(bytes, at, at + register.bytes());
    }

    public boolean has(AmdRegister register) {
        return present[register.ordinal()];
    }

    /** The low 64 bits (32 for a 4-byte register, zero-extended); 0 when the register is absent. */
    public long get(AmdRegister register) {
        if (!present[register.ordinal()]) return 0;
        int at = OFFSETS[register.ordinal()];
        return register.bytes() == 4 ? view.getInt(at) & 0xffff_ffffL : view.getLong(at);
    }

    /** Sets a register of 4 or 8 bytes, or the low 8 bytes of a wider one (the rest becomes zero). */
    public Registers set(AmdRegister register, long value) {
        int at = OFFSETS[register.ordinal()];
        if (register.bytes() == 4) {
            view.putInt(at, (int) value);
        } else {
            view.putLong(at, value);
            for (int i = 8; i < register.bytes(); i++) bytes[at + i] = 0;
        }
        present[register.ordinal()] = true;
        return this;
    }

    /** All {@link AmdRegister#bytes()} bytes, little-endian; null when the register is absent. */
    public byte @Nullable [] bytes(AmdRegister register) {
        if (!has(register)) return null;
        int at = OFFSETS[register.ordinal()];
        return java.util.Arrays.copyOfRange(bytes, at, at + register.bytes());
    }

    /** Sets a register from exactly {@link AmdRegister#bytes()} bytes, little-endian. */
    public Registers set(AmdRegister register, byte[] value) {
        if (value.length != register.bytes()) {
            throw new IllegalArgumentException(register + " has " + register.bytes() + " bytes, not " + value.length);
        }
        System.arraycopy(value, 0, bytes, OFFSETS[register.ordinal()], value.length);
        present[register.ordinal()] = true;
        return this;
    }

    public void clear(AmdRegister register) {
        present[register.ordinal()] = false;
        carried[register.ordinal()] = false;
    }

    public long pc() {
        return get(AmdRegister.RIP);
    }

    public long sp() {
        return get(AmdRegister.RSP);
    }
}
