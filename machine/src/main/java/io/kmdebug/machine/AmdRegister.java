package io.kmdebug.machine;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The amd64 registers and their numberings. Sources: DWARF numbers, SysV amd64 psABI §3.6.2 figure 3.36; order and
 * sizes in gdb's {@code g} packet, gdb's {@code org.gnu.gdb.i386.*} features as this project's target description
 * sends them (general, x87, SSE, then linux {@code orig_rax}, segments' bases, AVX); position in a core's
 * {@code pr_reg}, Linux {@code struct user_regs_struct}.
 *
 * <p>The order of the constants is gdb's register number order.
 */
public enum AmdRegister {
    RAX(8, 0, 10),
    RBX(8, 3, 5),
    RCX(8, 2, 11),
    RDX(8, 1, 12),
    RSI(8, 4, 13),
    RDI(8, 5, 14),
    RBP(8, 6, 4),
    RSP(8, 7, 19),
    R8(8, 8, 9),
    R9(8, 9, 8),
    R10(8, 10, 7),
    R11(8, 11, 6),
    R12(8, 12, 3),
    R13(8, 13, 2),
    R14(8, 14, 1),
    R15(8, 15, 0),
    RIP(8, 16, 16),
    EFLAGS(4, 49, 18),
    CS(4, 51, 17),
    SS(4, 52, 20),
    DS(4, 53, 23),
    ES(4, 50, 24),
    FS(4, 54, 25),
    GS(4, 55, 26),
    ST0(10, 33, -1),
    ST1(10, 34, -1),
    ST2(10, 35, -1),
    ST3(10, 36, -1),
    ST4(10, 37, -1),
    ST5(10, 38, -1),
    ST6(10, 39, -1),
    ST7(10, 40, -1),
    FCTRL(4, 65, -1),
    FSTAT(4, 66, -1),
    FTAG(4, -1, -1),
    FISEG(4, -1, -1),
    FIOFF(4, -1, -1),
    FOSEG(4, -1, -1),
    FOOFF(4, -1, -1),
    FOP(4, -1, -1),
    XMM0(16, 17, -1),
    XMM1(16, 18, -1),
    XMM2(16, 19, -1),
    XMM3(16, 20, -1),
    XMM4(16, 21, -1),
    XMM5(16, 22, -1),
    XMM6(16, 23, -1),
    XMM7(16, 24, -1),
    XMM8(16, 25, -1),
    XMM9(16, 26, -1),
    XMM10(16, 27, -1),
    XMM11(16, 28, -1),
    XMM12(16, 29, -1),
    XMM13(16, 30, -1),
    XMM14(16, 31, -1),
    XMM15(16, 32, -1),
    MXCSR(4, 64, -1),
    ORIG_RAX(8, -1, 15),
    FS_BASE(8, 58, 21),
    GS_BASE(8, 59, 22),
    YMM0H(16, -1, -1),
    YMM1H(16, -1, -1),
    YMM2H(16, -1, -1),
    YMM3H(16, -1, -1),
    YMM4H(16, -1, -1),
    YMM5H(16, -1, -1),
    YMM6H(16, -1, -1),
    YMM7H(16, -1, -1),
    YMM8H(16, -1, -1),
    YMM9H(16, -1, -1),
    YMM10H(16, -1, -1),
    YMM11H(16, -1, -1),
    YMM12H(16, -1, -1),
    YMM13H(16, -1, -1),
    YMM14H(16, -1, -1),
    YMM15H(16, -1, -1);

    private static final AmdRegister[] ALL = values();
    private static final Map<String, AmdRegister> BY_NAME = new HashMap<>();
    private static final @Nullable AmdRegister[] BY_DWARF = new AmdRegister[67];

    static {
        for (AmdRegister register : ALL) {
            BY_NAME.put(register.gdbName(), register);
            if (register.dwarf >= 0) BY_DWARF[register.dwarf] = register;
        }
    }

    private final int bytes;
    private final int dwarf;
    private final int userRegsIndex;

    AmdRegister(int bytes, int dwarf, int userRegsIndex) {
        this.bytes = bytes;
        this.dwarf = dwarf;
        this.userRegsIndex = userRegsIndex;
    }

    /** Width in bytes, as it is sent in gdb's {@code g} packet. */
    public int bytes() {
        return bytes;
    }

    /** DWARF number, or -1 when DWARF has none. */
    public int dwarf() {
        return dwarf;
    }

    /** Index of the 8-byte slot in {@code user_regs_struct} (a core's {@code pr_reg}), or -1. */
    public int userRegsIndex() {
        return userRegsIndex;
    }

    /** gdb's name: lower case, {@code ymm0h} for the upper half of ymm0. */
    public String gdbName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static @Nullable AmdRegister byGdbName(String name) {
        return BY_NAME.get(name);
    }

    public static @Nullable AmdRegister byDwarf(int number) {
        return number >= 0 && number < BY_DWARF.length ? BY_DWARF[number] : null;
    }
}
