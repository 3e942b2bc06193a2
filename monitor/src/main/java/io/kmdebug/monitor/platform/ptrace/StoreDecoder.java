package io.kmdebug.monitor.platform.ptrace;

/**
 * Whether an instruction that faulted was writing. The processor says so in its error code, but ptrace(2) does not pass
 * that on; of a page that nobody may read, the instruction itself is the only witness. Intel SDM volume 2.
 */
final class StoreDecoder {
    /** Bit n: the group's member n (the middle bits of ModRM) writes its memory operand. */
    private static final int ALL = 0xff;

    private static final int ALL_BUT_COMPARE = 0x7f;
    private static final int PUSH_BYTES = 8;

    private final byte[] code;
    private int at;
    private boolean repeats;
    private boolean repeatsUntil;

    private StoreDecoder(byte[] code) {
        this.code = code;
    }

    /**
     * @param code the instruction, and what comes behind it
     * @param address what it could not access
     * @param rsp and {@code rdi}: registers before it
     */
    static boolean writes(byte[] code, long address, long rsp, long rdi) {
        return new StoreDecoder(code).decode(address, rsp, rdi);
    }

    private int next() {
        return at < code.length ? code[at++] & 0xff : 0;
    }

    private int group() {
        return at < code.length ? code[at] >>> 3 & 7 : 0;
    }

    private boolean inGroup(int writers) {
        return (writers >>> group() & 1) != 0;
    }

    private boolean decode(long address, long rsp, long rdi) {
        int opcode = skipPrefixes();
        boolean stack = address < rsp && address >= rsp - PUSH_BYTES;
        return switch (opcode) {
            case 0xa4, 0xa5 -> address >= rdi && address < rdi + PUSH_BYTES; // movs reads another place
            case 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x68, 0x6a, 0x9c, 0xc8, 0xe8 -> true;
            case 0xff -> stack || inGroup(0x03); // inc, dec; call and push
            case 0x8f -> address != rsp;
            case 0x0f -> twoBytes();
            case 0xc4, 0xc5, 0x62 -> vector(opcode);
            default -> oneByte(opcode);
        };
    }

    private int skipPrefixes() {
        while (true) {
            int one = next();
            switch (one) {
                case 0xf2 -> repeatsUntil = true;
                case 0xf3 -> repeats = true;
                case 0x66, 0x67, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0xf0 -> {}
                default -> {
                    if ((one & 0xf0) != 0x40) return one;
                }
            }
        }
    }

    private boolean oneByte(int opcode) {
        if (opcode < 0x38) return (opcode & 7) < 2; // arithmetic with a memory operand first; 0x38 on compares
        return switch (opcode) {
            case 0x80, 0x81, 0x83 -> inGroup(ALL_BUT_COMPARE);
            case 0x86, 0x87, 0x88, 0x89, 0x8c, 0xa2, 0xa3, 0xaa, 0xab, 0x6c, 0x6d, 0xc6, 0xc7 -> true;
            case 0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3 -> inGroup(ALL);
            case 0xf6, 0xf7 -> inGroup(0x0c); // not, neg
            case 0xfe -> inGroup(0x03);
            case 0xd9 -> inGroup(0xcc);
            case 0xdb -> inGroup(0x8e);
            case 0xdd -> inGroup(0xce);
            case 0xdf -> inGroup(0xce);
            default -> false;
        };
    }

    private boolean twoBytes() {
        int opcode = next();
        if (opcode >= 0x90 && opcode <= 0x9f) return true; // setcc
        return switch (opcode) {
            case 0x11, 0x13, 0x17, 0x29, 0x2b, 0x7f, 0xc3, 0xd6, 0xe7 -> true;
            case 0x7e -> !repeats;
            case 0xa0, 0xa8, 0xa4, 0xa5, 0xac, 0xad, 0xab, 0xb3, 0xbb, 0xb0, 0xb1, 0xc0, 0xc1 -> true;
            case 0xba -> inGroup(0xe0); // bts, btr, btc
            case 0xc7 -> inGroup(0x02); // cmpxchg8b
            case 0xae -> inGroup(0x59); // fxsave, stmxcsr, xsave, xsaveopt
            case 0x38 -> next() == 0xf1 && !repeatsUntil; // movbe
            case 0x3a -> (next() & 0xfc) == 0x14; // pextr
            default -> false;
        };
    }

    /** VEX and EVEX: the map, the prefix that is meant, then the opcode. */
    private boolean vector(int opcode) {
        int first = next();
        int map = 1;
        int meant = first & 3;
        if (opcode != 0xc5) {
            map = opcode == 0xc4 ? first & 0x1f : first & 7;
            meant = next() & 3;
            if (opcode == 0x62) next();
        }
        int operation = next();
        return switch (map) {
            case 1 ->
                switch (operation) {
                    case 0x11, 0x13, 0x17, 0x29, 0x2b, 0x7f, 0xd6, 0xe7 -> true;
                    case 0x7e -> meant == 1;
                    case 0xae -> inGroup(0x08);
                    default -> false;
                };
            case 2 ->
                switch (operation) {
                    case 0x2e, 0x2f, 0x8e, 0x8a, 0x8b, 0x63, 0xa0, 0xa1, 0xa2, 0xa3 -> true;
                    default -> false;
                };
            default ->
                switch (operation) {
                    case 0x14, 0x15, 0x16, 0x17, 0x19, 0x1b, 0x1d, 0x39, 0x3b -> true;
                    default -> false;
                };
        };
    }
}
