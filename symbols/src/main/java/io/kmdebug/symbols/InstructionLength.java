package io.kmdebug.symbols;

/** How long amd64 instructions are, also those that no disassembler at hand can name. Intel SDM volume 2 §2. */
public final class InstructionLength {
    private InstructionLength() {}

    /**
     * @param limit end of the readable bytes
     * @return bytes of the instruction at {@code offset}, 1 to 15; 0 where there is none, or not all of it
     */
    public static int of(byte[] code, int offset, int limit) {
        Amd64Instruction instruction = new Amd64Instruction();
        return instruction.decode(code, offset, limit) ? instruction.length : 0;
    }
}
