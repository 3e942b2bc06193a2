package io.kmdebug.debugger.target;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.rsp.ExpeditedMemory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of a slower reader until they are {@link #forget forgotten}. A page that cannot be read whole is not
 * kept, so that the reader itself says where it ends.
 */
final class MemoryCache implements MemoryReader {
    private static final int PAGE_BYTES = 4096;

    private final MemoryReader source;
    private final Map<Long, byte[]> pages = new HashMap<>();
    private List<ExpeditedMemory> expedited = List.of();

    MemoryCache(MemoryReader source) {
        this.source = source;
    }

    void forget() {
        pages.clear();
        expedited = List.of();
    }

    /** Takes over what came along with a stop. */
    void arrived(List<ExpeditedMemory> pieces) {
        expedited = pieces;
    }

    @Override
    public int read(long address, byte[] target, int offset, int length) {
        for (ExpeditedMemory piece : expedited) if (piece.copy(address, target, offset, length)) return length;
        int done = 0;
        while (done < length) {
            long at = address + done;
            int within = (int) (at & PAGE_BYTES - 1);
            int wanted = Math.min(length - done, PAGE_BYTES - within);
            byte[] page = page(at - within);
            if (page == null) {
                int got = source.read(at, target, offset + done, wanted);
                done += got;
                if (got < wanted) break;
            } else {
                System.arraycopy(page, within, target, offset + done, wanted);
                done += wanted;
            }
        }
        return done;
    }

    private byte @Nullable [] page(long address) {
        byte[] page = pages.get(address);
        if (page == null) {
            page = new byte[PAGE_BYTES];
            if (source.read(address, page, 0, PAGE_BYTES) < PAGE_BYTES) return null;
            pages.put(address, page);
        }
        return page;
    }
}
