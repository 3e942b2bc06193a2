package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.Unwinder.Frame;
import io.kmdebug.symbols.Unwinder.Image;
import java.util.List;
import java.util.Optional;

/**
 * Fuzz target: call frame information and stacks. The first 200 bytes are registers' low bytes and the stack's content
 * (again and again), the rest .eh_frame, .eh_frame_hdr, .debug_frame, .text, .symtab as {@link PackedSections}.
 */
final class FramesFuzz {
    static final int HEAD = 200;
    private static final long STACK = 0x7ffe_0000_0000L;
    private static final int STACK_BYTES = 1 << 16;

    private FramesFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length < HEAD) return;
        FuzzLimits.within(() -> {
            PackedSections sections = PackedSections.of(data, HEAD);
            byte[] code = sections.section(".text");
            ElfFile file = sections.elf("");
            Image image = new Image(new DwarfSymbols(file, new DebugFiles(List.of())), 0);
            MemoryReader memory = memory(data, code);
            Registers registers = new Registers();
            for (int i = 0; i < 16; i++) {
                AmdRegister register = AmdRegister.byDwarf(i);
                if (register != null) registers.set(register, STACK + 0x8000 + (data[i] & 0xff) * 8L);
            }
            for (int start = 0; start < 8; start++) {
                registers.set(AmdRegister.RIP, PackedSections.CODE + (data[16 + start] & 0xff) * 3L);
                List<Frame> frames = Unwinder.over(pc -> inCode(pc) ? Optional.of(image) : Optional.empty())
                        .walk(registers, memory, 200);
                Frame last = frames.get(frames.size() - 1);
                if (last.endReason() == null) throw new AssertionError("a walk that does not say why it ended");
            }
        });
    }

    private static boolean inCode(long pc) {
        return pc >= PackedSections.CODE && pc < PackedSections.CODE + PackedSections.CODE_BYTES;
    }

    private static MemoryReader memory(byte[] data, byte[] code) {
        return (address, target, offset, length) -> {
            long into = address - STACK;
            if (into >= 0 && into < STACK_BYTES) {
                int there = (int) Math.min(length, STACK_BYTES - into);
                for (int i = 0; i < there; i++) target[offset + i] = stackByte(data, into + i);
                return there;
            }
            into = address - PackedSections.CODE;
            if (into < 0 || into >= code.length) return 0;
            int there = (int) Math.min(length, code.length - into);
            System.arraycopy(code, (int) into, target, offset, there);
            return there;
        };
    }

    /** Words of the stack are small numbers, addresses of code, or addresses of the stack further up. */
    private static byte stackByte(byte[] data, long into) {
        int word = (int) (into >>> 3);
        int seed = data[24 + word % (HEAD - 24)] & 0xff;
        long value = switch (seed & 3) {
            case 0 -> seed;
            case 1, 2 -> PackedSections.CODE + seed * 5L;
            default -> STACK + (into & ~7L) + seed * 4L;
        };
        return (byte) (value >>> 8 * (into & 7));
    }
}
