package io.kmdebug.debugger.target;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.symbols.Symbols;
import java.util.Optional;

/** Where an {@link ImageLoader} gets from what it does not find by itself. */
public interface ImageFiles {
    /** This machine alone. */
    ImageFiles LOCAL = new ImageFiles() {};

    /** The symbols of an image. */
    default Symbols symbols(ElfFile file) {
        return Symbols.of(file);
    }

    /** A program or library that is not on this machine. */
    default Optional<ElfFile> program(String buildId) {
        return Optional.empty();
    }
}
