package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;

/** Recognises the instructions that set up a frame. SysV amd64 §3.2.2. */
final class Prologue {
    private static final int ENDBR64_BYTES = 4;

    private Prologue() {}

    /** Bytes from the start of {@code code} to behind its frame set-up; 0 when it does not begin with one. */
    static int frameSetupBytes(Bytes code) {
        int at = 0;
        if (matches(code, at, 0xf3, 0x0f, 0x1e, 0xfa)) at += ENDBR64_BYTES;
        at += realignmentBytes(code, at);
        if (!matches(code, at, 0x55)) return 0; // push %rbp
        at++;
        boolean moves = matches(code, at, 0x48, 0x89, 0xe5) || matches(code, at, 0x48, 0x8b, 0xec); // mov %rsp,%rbp
        return moves ? at + 3 : 0;
    }

    /** {@code lea 8(%rsp),%reg; and $-n,%rsp; push -8(%reg)}: the stack aligned beyond 16 bytes. */
    private static int realignmentBytes(Bytes code, int start) {
        int at = start;
        if (at + 16 > code.length()) return 0;
        boolean lea = (code.u1(at) & 0xfb) == 0x48
                && code.u1(at + 1) == 0x8d
                && (code.u1(at + 2) & 0xc7) == 0x44
                && matches(code, at + 3, 0x24, 0x08);
        if (!lea) return 0;
        at += 5;
        if (matches(code, at, 0x48, 0x83, 0xe4)) at += 4;
        else if (matches(code, at, 0x48, 0x81, 0xe4)) at += 7;
        else return 0;
        if (code.length() - at < 4) return 0;
        if (code.u1(at) == 0x41) at++;
        boolean push = code.u1(at) == 0xff && (code.u1(at + 1) & 0xf8) == 0x70 && code.u1(at + 2) == 0xf8;
        return push ? at + 3 - start : 0;
    }

    private static boolean matches(Bytes code, int at, int... expected) {
        if (at + expected.length > code.length()) return false;
        for (int i = 0; i < expected.length; i++) if (code.u1(at + i) != expected[i]) return false;
        return true;
    }
}
