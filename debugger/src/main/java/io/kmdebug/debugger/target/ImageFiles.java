package io.kmdebug.debugger.target;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.symbols.Symbols;
import java.nio.file.Path;
import java.util.Optional;

/** Where an {@link ImageLoader} gets from what it does not find by itself. */
public interface ImageFiles {
    /** This machine alone. */
    ImageFiles LOCAL = new ImageFiles() {};

    /** Where a file of the payload's is on this machine, whether or not it is there. */
    default Path place(String path) {
        return Path.of(path);
    }

    /** The symbols of an image. */
    default Symbols symbols(ElfFile file) {
        return Symbols.of(file);
    }

    /** A program or library that is not on this machine. */
    default Optional<ElfFile> program(String buildId) {
        return Optional.empty();
    }
}
