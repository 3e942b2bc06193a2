package io.kmdebug.machine;

import java.io.Serial;

/**
 * Broken input of any binary format: the only exception that readers of ELF, DWARF, cores and notes raise for it. The
 * message reads "FILE: WHERE at offset 0x...: found X, expected Y".
 */
public final class CorruptFileException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String file;
    private final String where;
    private final long offset;

    /**
     * @param file the file's name as the user knows it
     * @param where the structure and field, such as "program header 3 p_offset"
     * @param offset bytes from the start of the file (or of the section, when {@code where} names one)
     * @param found what stands there
     * @param expected what may stand there
     */
    public CorruptFileException(String file, String where, long offset, String found, String expected) {
        super(String.format("%s: %s at offset 0x%x: found %s, expected %s", file, where, offset, found, expected));
        this.file = file;
        this.where = where;
        this.offset = offset;
    }

    public String file() {
        return file;
    }

    public String where() {
        return where;
    }

    public long offset() {
        return offset;
    }
}
