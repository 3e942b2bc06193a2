package io.kmdebug.debugger.download;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The checksum that line tables have of source files. DWARF 5 §6.2.4.1, DW_LNCT_MD5. */
public final class Md5 {
    private Md5() {}

    /** Of a file, in lower-case hex. */
    public static String of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            byte[] piece = new byte[1 << 16];
            int got;
            while ((got = in.read(piece)) > 0) digest.update(piece, 0, got);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            // every Java platform has it: java.security.MessageDigest
            throw new IOException(e);
        }
    }
}
