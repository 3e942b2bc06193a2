package io.kmdebug.debugger.crash;

import io.kmdebug.debugger.target.ImageList;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The last words of glibc before it aborts a process: of assert(3), of malloc's checks, of the stack protector. They are
 * kept for debuggers in {@code __abort_msg}, a pointer to a 32-bit size and the text (glibc {@code
 * include/stdlib.h}, abort_msg_s).
 */
public final class AbortMessage {
    private static final int MOST_BYTES = 4096;

    private AbortMessage() {}

    /** Empty where there is none, and in other C libraries. */
    public static Optional<String> of(ImageList images, MemoryReader memory) {
        for (LoadedImage image : images.all()) {
            for (ElfSymbol symbol : image.symbols().symbolsNamed("__abort_msg")) {
                if (symbol.section() == 0) continue;
                Optional<String> found = at(symbol.value() + image.bias(), memory);
                if (found.isPresent()) return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> at(long pointer, MemoryReader memory) {
        try {
            long message = memory.readLong(pointer);
            if (message == 0) return Optional.empty();
            int size = (int) Math.min(MOST_BYTES, memory.readUnsigned(message, 4));
            byte[] bytes = memory.read(message + 4, Math.max(0, size - 4));
            int end = 0;
            while (end < bytes.length && bytes[end] != 0) end++;
            String text =
                    new String(bytes, 0, end, StandardCharsets.UTF_8).strip().replace('\n', ' ');
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (UnreadableMemoryException e) {
            return Optional.empty();
        }
    }
}
