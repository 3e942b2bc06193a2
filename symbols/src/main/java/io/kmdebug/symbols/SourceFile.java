package io.kmdebug.symbols;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A source file as the line table names it.
 *
 * @param path absolute (compilation directory, include directory and name joined and normalised), or as it stands
 *     where the compilation directory is not known
 * @param md5 DW_LNCT_MD5 in hex, or null
 */
public record SourceFile(String path, @Nullable String md5) {
    /** The part behind the last slash. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static SourceFile of(String path, byte @Nullable [] md5) {
        return new SourceFile(path, md5 == null ? null : HexFormat.of().formatHex(md5));
    }
}
