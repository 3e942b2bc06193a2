package io.kmdebug.debugger.target;

import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ThreadLocals.Block;
import io.kmdebug.symbols.Unwinder;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Where errno is: a thread-local object of that name (glibc), or what {@code __errno_location} returns. That function
 * is a few instructions in every C library; it is followed here without being called.
 */
record Errno(ImageList images, MemoryReader memory, Function<Unwinder.Image, Block> blocks) {
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
                return new ReturnedAddress(image, memory, blocks).of(symbol.value() + image.bias(), thread);
            }
        }
        return OptionalLong.empty();
    }
}
