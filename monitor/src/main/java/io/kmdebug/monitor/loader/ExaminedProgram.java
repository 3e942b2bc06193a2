package io.kmdebug.monitor.loader;

import io.kmdebug.machine.ElfFile;
import org.jspecify.annotations.Nullable;

/**
 * A program that looks as if it could be loaded. Holds its files open until it is closed.
 *
 * @param interpreter the dynamic linker, or null when the program needs none
 */
public record ExaminedProgram(
        ProgramFile file,
        ElfFile elf,
        @Nullable ProgramFile interpreter,
        @Nullable ElfFile interpreterElf) implements AutoCloseable {
    /**
     * Files that were examined elsewhere.
     *
     * @throws LoadFailure when one cannot be read
     */
    public static ExaminedProgram received(ProgramFile file, @Nullable ProgramFile interpreter) {
        return new ExaminedProgram(file, file.elf(), interpreter, interpreter == null ? null : interpreter.elf());
    }

    @Override
    public void close() {
        file.close();
        if (interpreter != null) interpreter.close();
    }
}
