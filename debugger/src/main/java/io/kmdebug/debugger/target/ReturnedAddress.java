package io.kmdebug.debugger.target;

import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.ThreadLocals.Block;
import io.kmdebug.symbols.Unwinder;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What a function of {@code image} returns that does nothing but compute the address of a thread-local object, as
 * {@code __errno_location} does: its few instructions are followed here, and nothing is called. SysV amd64 TLS: local
 * exec, initial exec and the dynamic models.
 */
record ReturnedAddress(LoadedImage image, MemoryReader memory, Function<Unwinder.Image, Block> blocks) {
    private static final int MAX_INSTRUCTIONS = 16;
    private static final String TLS_GET_ADDR = "__tls_get_addr";

    /**
     * Empty when the function does anything else, or its code is neither in a file nor in memory.
     *
     * @param thread the thread pointer
     */
    OptionalLong of(long function, long thread) {
        try {
            return follow(function, thread);
        } catch (UnreadableMemoryException e) {
            return OptionalLong.empty();
        }
    }

    private OptionalLong follow(long function, long thread) throws UnreadableMemoryException {
        long at = function;
        long rax = 0;
        long index = 0;
        boolean loaded = false;
        for (int i = 0; i < MAX_INSTRUCTIONS; i++) {
            while ((memory.readLong(at) & 0xff) == 0x66) at++; // padding
            long code = memory.readLong(at);
            long rest = memory.readLong(at + 8);
            int bytes;
            if ((code & 0xff) == 0xc3 && loaded) return OptionalLong.of(rax);
            if ((code & 0xffff_ffffL) == 0xfa1e_0ff3L) { // endbr64
                bytes = 4;
            } else if ((code & 0xffff_ffffL) == 0x08ec_8348L || (code & 0xffff_ffffL) == 0x08c4_8348L) {
                bytes = 4; // sub, add rsp, 8
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
            } else if ((code & 0xff_ffffL) == 0x3d_8d48L) { // lea rdi, [rip + disp32]
                index = at + 7 + (int) (code >>> 24);
                bytes = 7;
            } else if (index != 0 && isCallOfTlsGetAddr(at, code)) {
                if (!(blocks.apply(image.image()) instanceof Block.At block)) return OptionalLong.empty();
                rax = block.address() + memory.readLong(index + 8);
                loaded = true;
                bytes = callBytes(code);
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

    /** {@code call rel32}, perhaps with a prefix that fills it up. */
    private static int callBytes(long code) {
        return (code & 0xff) == 0xe8 ? 5 : (code & 0xffff) == 0xe848 ? 6 : 0;
    }

    private boolean isCallOfTlsGetAddr(long at, long code) {
        int bytes = callBytes(code);
        if (bytes == 0) return false;
        long target = at + bytes + (int) (code >>> (8 * (bytes - 4)));
        return image.symbols()
                .symbolAt(target - image.bias())
                .map(ElfSymbol::name)
                .filter(name -> name.equals(TLS_GET_ADDR) || name.equals(TLS_GET_ADDR + "@plt"))
                .isPresent();
    }
}
