package io.kmdebug.debugger;

import org.jspecify.annotations.Nullable;

/**
 * A place in a source file.
 *
 * @param path absolute, or as the debug information has it where it is not found on disk
 * @param line from 1
 * @param column from 1; 0 when not known
 * @param md5 of the file that was compiled, in lower-case hex; null when it is not known
 */
public record SourceLocation(
        String path, int line, int column, @Nullable String md5) {
    public SourceLocation(String path, int line, int column) {
        this(path, line, column, null);
    }
}
