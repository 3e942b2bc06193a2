package io.kmdebug.monitor.stub;

/**
 * What an instruction that met a watched page does there. The processor says where the access begins and whether it
 * writes; how wide it is, and whether one that writes reads before, is in the instruction. Intel SDM volume 2.
 *
 * @param address where the access begins
 * @param bytes how far it reaches at most
 * @param reads whether the old value is read
 */
record MemoryAccess(long address, int bytes, boolean reads, boolean writes) {
    /** The longest instruction. */
    static final int CODE_BYTES = 15;

    private static final int WIDEST = 64;
    private static final int STATE_BYTES = 4096;

    /** @param code the instruction, and what comes behind it */
    static MemoryAccess of(byte[] code, long address, boolean write) {
        return new Decoder(code).access(address, write);
    }

    boolean overlaps(long start, long length) {
        return address < start + length && start < address + bytes;
    }

    /** Walks through one instruction. */
    private static final class Decoder {
        private final byte[] code;
        private int at;
        private boolean operandSize;
        private boolean wide;
        private int repeat;

        Decoder(byte[] code) {
            this.code = code;
        }

        private int next() {
            return at < code.length ? code[at++] & 0xff : 0;
        }

        private int group() {
            return at < code.length ? code[at] >>> 3 & 7 : 0;
        }

        MemoryAccess access(long address, boolean write) {
            int opcode = next();
            while (isPrefix(opcode)) opcode = next();
            int first = at;
            int bytes = width(opcode);
            at = first;
            return new MemoryAccess(address, bytes, !write || !isPlainStore(opcode), write);
        }

        private boolean isPrefix(int one) {
            switch (one) {
                case 0x66 -> operandSize = true;
                case 0xf2, 0xf3 -> repeat = one;
                case 0x67, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0xf0 -> {}
                default -> {
                    if ((one & 0xf0) != 0x40) return false;
                    wide = (one & 8) != 0;
                    return true;
                }
            }
            wide = false;
            return true;
        }

        private int general() {
            return wide ? 8 : operandSize ? 2 : 4;
        }

        private int width(int opcode) {
            if (opcode == 0x0f) return twoBytes();
            if (opcode == 0xc5 || opcode == 0xc4 || opcode == 0x62) return vector(opcode);
            if (opcode < 0x40) return (opcode & 1) == 0 ? 1 : general();
            return switch (opcode) {
                case 0x80, 0x84, 0x86, 0x88, 0x8a, 0xa0, 0xa2, 0xa4, 0xa6, 0xaa, 0xac, 0xae, 0xc0, 0xc6, 0xd0, 0xd2 ->
                    1;
                case 0xd7, 0xf6, 0xfe -> 1;
                case 0x8c, 0x8e -> 2;
                case 0x63 -> 4;
                case 0xff -> group() < 2 ? general() : 8;
                case 0xd8, 0xd9, 0xda -> floatingPoint(4);
                case 0xdb, 0xdd, 0xdf -> floatingPoint(10);
                case 0xdc -> 8;
                case 0xde -> 2;
                case 0x81, 0x83, 0x85, 0x87, 0x89, 0x8b, 0xa1, 0xa3, 0xa5, 0xa7, 0xab, 0xad, 0xaf -> general();
                case 0xc1, 0xc7, 0xd1, 0xd3, 0xf7, 0x69, 0x6b -> general();
                default -> 8; // the stack
            };
        }

        private int floatingPoint(int usual) {
            boolean environment = group() == 4 || group() == 6;
            return environment && usual == 4
                    ? 28
                    : environment && at > 0 && (code[at - 1] & 0xff) == 0xdd ? 108 : usual;
        }

        private int twoBytes() {
            int opcode = next();
            if (opcode >= 0x90 && opcode <= 0x9f) return 1;
            if (opcode >= 0x40 && opcode <= 0x4f) return general();
            return switch (opcode) {
                case 0xb0, 0xb6, 0xbe, 0xc0 -> 1;
                case 0xb7, 0xbf -> 2;
                case 0xa3, 0xa4, 0xa5, 0xab, 0xac, 0xad, 0xaf, 0xb1, 0xb3, 0xba, 0xbb, 0xbc, 0xbd, 0xb8, 0xc1, 0xc3 ->
                    general();
                case 0x12, 0x13, 0x16, 0x17, 0xd6 -> 8;
                case 0x6e -> wide ? 8 : 4;
                case 0x7e -> wide || repeat == 0xf3 ? 8 : 4;
                case 0xc7 -> group() == 1 ? (wide ? 16 : 8) : STATE_BYTES;
                case 0xae -> group() == 2 || group() == 3 ? 4 : group() < 2 ? 512 : STATE_BYTES;
                case 0x38 -> (next() & 0xf0) == 0xf0 ? general() : 16;
                default -> repeat == 0xf3 ? 4 : repeat == 0xf2 ? 8 : 16;
            };
        }

        /** VEX and EVEX: as wide as the vector unless it is a scalar. */
        private int vector(int opcode) {
            int last = next();
            int map = 1;
            if (opcode != 0xc5) {
                map = opcode == 0xc4 ? last & 0x1f : last & 7;
                last = next();
            }
            int vector = (last & 4) != 0 ? 32 : 16;
            if (opcode == 0x62) {
                next();
                vector = WIDEST;
            }
            boolean scalar = map == 1 && (last & 2) != 0;
            int operation = next();
            if (scalar && (operation == 0x6f || operation == 0x7f || operation == 0x70 || operation == 0xf0)) {
                return vector;
            }
            return scalar ? ((last & 1) == 0 ? 4 : 8) : vector;
        }

        /** Stores that do not look at what was there before. */
        private boolean isPlainStore(int opcode) {
            return switch (opcode) {
                case 0x88, 0x89, 0x8c, 0xa2, 0xa3, 0xc6, 0xc7, 0xa4, 0xa5, 0xaa, 0xab, 0x6c, 0x6d -> true;
                case 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x68, 0x6a, 0x8f, 0x9c, 0xc8, 0xe8 -> true;
                case 0xff -> group() > 1;
                case 0xc4, 0xc5, 0x62, 0xd9, 0xdb, 0xdd, 0xdf -> true;
                case 0x0f -> isPlainTwoByteStore(next());
                default -> false;
            };
        }

        private static boolean isPlainTwoByteStore(int opcode) {
            if (opcode >= 0x90 && opcode <= 0x9f) return true;
            return switch (opcode) {
                case 0x11, 0x13, 0x17, 0x29, 0x2b, 0x7e, 0x7f, 0xc3, 0xd6, 0xe7, 0xae, 0x38, 0x3a -> true;
                default -> false;
            };
        }
    }
}
