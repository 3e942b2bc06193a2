package io.kmdebug.symbols;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.Unwinder.Image;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Machine code by run-time address: from the image's file, where no debugger's breakpoints stand and which a core need
 * not hold; from memory where there is no image.
 */
final class ImageCode {
    private final LongFunction<Optional<Image>> images;
    private final MemoryReader memory;

    ImageCode(LongFunction<Optional<Image>> images, MemoryReader memory) {
        this.images = images;
        this.memory = memory;
    }

    /** Up to {@code length} bytes from {@code address} on. */
    byte[] read(long address, int length) {
        byte[] code = images.apply(address)
                .map(image -> fromFile(image.symbols().file(), address - image.loadBias(), length))
                .orElseGet(() -> new byte[0]);
        if (code.length > 0) return code;
        byte[] read = new byte[length];
        return Arrays.copyOf(read, memory.read(address, read, 0, length));
    }

    /** Whether {@code address} lies in an image's code. */
    boolean isCode(long address) {
        return images.apply(address)
                .map(image -> isCode(image.symbols().file(), address - image.loadBias()))
                .orElse(false);
    }

    /** Whether the instruction before {@code address} is a call, so that this can be a return address. */
    boolean followsCall(long address) {
        if (!isCode(address - 1)) return false;
        Amd64Instruction instruction = new Amd64Instruction();
        for (int length = 2; length <= 8; length++) {
            byte[] code = read(address - length, length);
            if (code.length < length || !instruction.decode(code, 0, length)) continue;
            if (instruction.length == length && instruction.isCall()) return true;
        }
        return false;
    }

    private static boolean isCode(ElfFile file, long address) {
        for (ElfSegment segment : file.segments()) {
            boolean code = segment.type() == ElfSegment.PT_LOAD && (segment.flags() & ElfSegment.PF_X) != 0;
            if (code && segment.contains(address)) return true;
        }
        return false;
    }

    private static byte[] fromFile(ElfFile file, long address, int length) {
        for (ElfSegment segment : file.segments()) {
            long skip = address - segment.address();
            if (segment.type() != ElfSegment.PT_LOAD || Long.compareUnsigned(skip, segment.fileSize()) >= 0) continue;
            long there = Math.min(segment.fileSize() - skip, file.bytes().length() - segment.offset() - skip);
            if (there <= 0) return new byte[0];
            return file.bytes().copy(segment.offset() + skip, (int) Math.min(length, there));
        }
        return new byte[0];
    }
}
