package io.kmdebug.monitor.loader;

/**
 * A program ready to start.
 *
 * @param path host path
 * @param image the program itself
 * @param interpreterBase AT_BASE: bias of the dynamic linker, or 0
 * @param entry where the first thread starts: the dynamic linker's entry or the program's
 * @param stackPointer at argc
 * @param auxiliaryVector as on the stack, 16 bytes an entry
 */
public record LoadedProgram(
        String path, LoadedImage image, long interpreterBase, long entry, long stackPointer, byte[] auxiliaryVector) {}
