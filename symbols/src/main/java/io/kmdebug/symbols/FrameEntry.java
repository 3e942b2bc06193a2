package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;

/**
 * A frame description entry. DWARF 5 §6.4.1.
 *
 * @param low first address
 * @param high address behind the last
 * @param instructions the section up to where the entry's instructions end
 * @param start where they start in it
 */
record FrameEntry(Common common, long low, long high, Bytes instructions, long start) {
    /**
     * A common information entry.
     *
     * @param returnRegister the column of the return address
     * @param pointerEncoding how the FDEs' addresses are written
     * @param augmented whether FDEs carry augmentation data
     * @param signalFrame 'S': the code is entered by a signal, not by a call
     * @param instructions the section up to where the initial instructions end
     * @param start where they start in it
     */
    record Common(
            long codeAlign,
            long dataAlign,
            int returnRegister,
            int pointerEncoding,
            boolean augmented,
            boolean signalFrame,
            Bytes instructions,
            long start) {}

    boolean contains(long pc) {
        return Long.compareUnsigned(pc - low, high - low) < 0;
    }
}
