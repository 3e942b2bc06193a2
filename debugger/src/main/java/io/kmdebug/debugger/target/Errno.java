package io.kmdebug.debugger.target;

import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.ThreadLocals.Block;
import io.kmdebug.symbols.Unwinder;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Where errno is: a thread-local object of that name (glibc), or what {@code __errno_location} returns. That function
 * is a few instructions in every C library; it is followed here without being called.
 */
record Errno(ImageList images, MemoryReader memory, Function<Unwinder.Image, Block> blocks) {
    private static final int MAX_INSTRUCTIONS = 12;

    OptionalLong address(long thread) {
        for (LoadedImage image : images.all()) {
            for (ElfSymbol symbol : image.symbols().symbolsNamed("errno")) {
                if (symbol.section() == 0 || symbol.type() != ElfSymbol.STT_TLS) continue;
                if (blocks.apply(image.image()) instanceof Block.At at) {
                    return OptionalLong.of(at.address() + symbol.value());
                }
            }
        }
        for (LoadedImage image : images.all()) {
            for (ElfSymbol symbol : image.symbols().symbolsNamed("__errno_location")) {
                if (symbol.section() == 0) continue;
                try {
                    return returned(symbol.value() + image.bias(), thread);
                } catch (UnreadableMemoryException e) {
                    // Code that a core left out and no file has: not known, as the answer says.
                    return OptionalLong.empty();
                }
            }
        }
        return OptionalLong.empty();
    }

    /** What the function at {@code start} leaves in rax; empty when it does anything but compute an address. */
    private OptionalLong returned(long start, long thread) throws UnreadableMemoryException {
        long at = start;
        long rax = 0;
        boolean loaded = false;
        for (int i = 0; i < MAX_INSTRUCTIONS; i++) {
            long code = memory.readLong(at);
            long rest = memory.readLong(at + 8);
            int bytes;
            if ((code & 0xff) == 0xc3 && loaded) return OptionalLong.of(rax);
            if ((code & 0xffff_ffffL) == 0xfa1e_0ff3L) { // endbr64
                bytes = 4;
            } else if ((code & 0xff_ffff_ffffL) == 0x25_048b_4864L) { // mov rax, fs:[disp32]
                rax = memory.readLong(thread + (int) (code >>> 40 | rest << 24));
                loaded = true;
                bytes = 9;
            } else if ((code & 0xff_ffffL) == 0x05_8b48L) { // mov rax, [rip + disp32]
                rax = memory.readLong(at + 7 + (int) (code >>> 24));
                loaded = true;
                bytes = 7;
            } else if ((code & 0xff_ffffL) == 0xc0_c748L) { // mov rax, imm32
                rax = (int) (code >>> 24);
                loaded = true;
                bytes = 7;
            } else if (!loaded) {
                return OptionalLong.empty();
            } else if ((code & 0xff_ffff_ffffL) == 0x25_0403_4864L) { // add rax, fs:[disp32]
                rax += memory.readLong(thread + (int) (code >>> 40 | rest << 24));
                bytes = 9;
            } else if ((code & 0xff_ffffL) == 0xc0_8348L || (code & 0xff_ffffL) == 0x40_8d48L) { // add, lea: 8 bits
                rax += (byte) (code >>> 24);
                bytes = 4;
            } else if ((code & 0xffffL) == 0x0548L) { // add rax, imm32
                rax += (int) (code >>> 16);
                bytes = 6;
            } else if ((code & 0xff_ffffL) == 0x80_8d48L) { // lea rax, [rax + disp32]
                rax += (int) (code >>> 24);
                bytes = 7;
            } else {
                return OptionalLong.empty();
            }
            at += bytes;
        }
        return OptionalLong.empty();
    }
}
