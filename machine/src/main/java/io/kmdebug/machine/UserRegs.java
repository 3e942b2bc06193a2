package io.kmdebug.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Linux {@code struct user_regs_struct}: 27 slots of 8 bytes, as in {@code pr_reg} of NT_PRSTATUS. */
public final class UserRegs {
    /** Size in bytes. */
    public static final int BYTES = 27 * 8;

    private UserRegs() {}

    /** Sets every register that the structure has. */
    public static void decode(byte[] raw, int offset, Registers into) {
        ByteBuffer view = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        for (AmdRegister register : AmdRegister.values()) {
            int index = register.userRegsIndex();
            if (index >= 0) into.set(register, view.getLong(offset + 8 * index));
        }
    }

    /** Absent registers become zero. */
    public static byte[] encode(Registers registers) {
        ByteBuffer view = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (AmdRegister register : AmdRegister.values()) {
            int index = register.userRegsIndex();
            if (index >= 0 && registers.has(register)) view.putLong(8 * index, registers.get(register));
        }
        return view.array();
    }
}
