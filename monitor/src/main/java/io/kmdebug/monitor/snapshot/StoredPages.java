package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.memory.SavedPages;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the payload and where their content is.
 *
 * @param start guest address, page aligned
 * @param end exclusive, page aligned
 * @param offset of {@code start} in the source
 */
record StoredPages(long start, long end, PageSource source, long offset) {
    /** Those from one address on up to another, both within. */
    StoredPages part(long from, long to) {
        return new StoredPages(from, to, source, offset + from - start);
    }

    long bytes() {
        return end - start;
    }

    /** What can be mapped for them; null when they are packed. */
    @Nullable
    SavedPages mappable() {
        return source instanceof PlainPages plain ? new SavedPages(start, end, plain.descriptor(), offset) : null;
    }

    /**
     * Writes them into memory of this process.
     *
     * @throws NotResumable naming the file and the offset that cannot be read
     */
    void copy(long target) throws NotResumable {
        source.copy(offset, target, bytes());
    }
}
