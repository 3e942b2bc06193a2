package io.kmdebug.symbols;

import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A source file as the line table names it.
 *
 * @param path absolute (compilation directory, include directory and name joined and normalised), or as it stands
 *     where the compilation directory is not known
 * @param md5 DW_LNCT_MD5 in hex, or null
 */
public record SourceFile(String path, @Nullable String md5) {
    // what a record has by itself is made at run time, at the cost of a start
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SourceFile that && path.equals(that.path) && Objects.equals(md5, that.md5);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    /** The part behind the last slash. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static SourceFile of(String path, byte @Nullable [] md5) {
        return new SourceFile(path, md5 == null ? null : HexFormat.of().formatHex(md5));
    }
}
