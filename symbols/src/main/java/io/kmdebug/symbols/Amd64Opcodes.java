package io.kmdebug.symbols;

import java.util.Arrays;

/**
 * What follows each opcode in 64-bit mode: a ModRM byte, an immediate. Intel SDM volume 2, appendix A (opcode maps); AMD
 * APM volume 3, appendix A for XOP and SSE4a.
 */
final class Amd64Opcodes {
    /** The opcode does not exist in 64-bit mode. */
    static final int INVALID = 0x80;
    /** A ModRM byte follows. */
    static final int MODRM = 0x40;
    /** The low bits hold the size of the immediate in bytes, or one of the constants below. */
    static final int IMMEDIATE = 0x0f;
    /** 2 bytes with an operand-size prefix, else 4. */
    static final int IMM_Z = 0x0a;
    /** 8 bytes with REX.W, 2 with an operand-size prefix, else 4. */
    static final int IMM_V = 0x0b;
    /** An address: 8 bytes, or 4 with an address-size prefix. */
    static final int IMM_ADDRESS = 0x0c;
    /** As {@link #IMM_Z} or 1 byte, where bits 3 to 5 of ModRM say "test". */
    static final int IMM_TEST = 0x0d;

    private static final byte[] ONE_BYTE = oneByteMap();
    private static final byte[] TWO_BYTE = twoByteMap();

    private Amd64Opcodes() {}

    static int oneByte(int opcode) {
        return ONE_BYTE[opcode] & 0xff;
    }

    /** Behind 0F. */
    static int twoByte(int opcode) {
        return TWO_BYTE[opcode] & 0xff;
    }

    /** Immediate bytes of VEX and EVEX instructions, which always have ModRM but for VZEROUPPER. */
    static int vectorImmediate(int map, int opcode) {
        if (map == 3) return 1;
        if (map != 1) return 0;
        boolean has = opcode >= 0x70 && opcode <= 0x73 || opcode == 0xc2 || opcode >= 0xc4 && opcode <= 0xc6;
        return has ? 1 : 0;
    }

    private static byte[] oneByteMap() {
        byte[] map = new byte[256];
        for (int row = 0; row < 0x40; row += 8) {
            Arrays.fill(map, row, row + 4, (byte) MODRM);
            map[row + 4] = 1;
            map[row + 5] = IMM_Z;
            map[row + 6] = map[row + 7] = (byte) INVALID;
        }
        set(map, INVALID, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6, 0xea);
        set(map, MODRM, 0x63);
        set(map, IMM_Z, 0x68, 0xa9);
        set(map, MODRM | IMM_Z, 0x69, 0x81, 0xc7);
        set(map, 1, 0x6a, 0xa8, 0xcd, 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xeb);
        set(map, MODRM | 1, 0x6b, 0x80, 0x83, 0xc0, 0xc1, 0xc6);
        range(map, 0x70, 0x7f, 1);
        range(map, 0x84, 0x8f, MODRM);
        range(map, 0xa0, 0xa3, IMM_ADDRESS);
        range(map, 0xb0, 0xb7, 1);
        range(map, 0xb8, 0xbf, IMM_V);
        set(map, 2, 0xc2, 0xca);
        set(map, 3, 0xc8);
        range(map, 0xd0, 0xd3, MODRM);
        range(map, 0xd8, 0xdf, MODRM);
        set(map, 4, 0xe8, 0xe9);
        set(map, MODRM | IMM_TEST, 0xf6, 0xf7);
        set(map, MODRM, 0xfe, 0xff);
        return map;
    }

    private static byte[] twoByteMap() {
        byte[] map = new byte[256];
        Arrays.fill(map, (byte) MODRM);
        set(map, INVALID, 0x04, 0x0a, 0x0c, 0x24, 0x25, 0x26, 0x27, 0x36, 0x39, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f);
        set(map, 0, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x0e, 0x77, 0xa0, 0xa1, 0xa2, 0xa8, 0xa9, 0xaa);
        range(map, 0x30, 0x35, 0);
        set(map, 0, 0x37);
        range(map, 0xc8, 0xcf, 0);
        range(map, 0x80, 0x8f, 4);
        range(map, 0x70, 0x73, MODRM | 1);
        set(map, MODRM | 1, 0x0f, 0xa4, 0xac, 0xba, 0xc2, 0xc4, 0xc5, 0xc6);
        return map;
    }

    private static void set(byte[] map, int what, int... opcodes) {
        for (int opcode : opcodes) map[opcode] = (byte) what;
    }

    private static void range(byte[] map, int first, int last, int what) {
        Arrays.fill(map, first, last + 1, (byte) what);
    }
}
