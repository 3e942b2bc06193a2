package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.VdsoPages;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of the vDSO's code that payloads have here. */
final class VdsoDigest {
    private VdsoDigest() {}

    /**
     * Empty when there is none.
     *
     * @param code guest address of its ELF header, or 0
     */
    static byte[] of(long code) {
        long bytes = VdsoPages.start() + VdsoPages.bytes() - code;
        long host = code == 0 ? 0 : VdsoPages.host(code, bytes);
        if (host == 0) return new byte[0];
        try {
            byte[] text = HostMemory.read(host, (int) bytes);
            return MessageDigest.getInstance("SHA-256").digest(text);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
