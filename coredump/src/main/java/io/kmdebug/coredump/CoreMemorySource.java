package io.kmdebug.coredump;

import io.kmdebug.machine.MemoryReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the writer takes the memory from. It is asked region by region, upwards, a megabyte at a time. */
public interface CoreMemorySource extends MemoryReader {
    /** By address, without overlaps. */
    List<CoreRegion> regions();

    /**
     * The first address from {@code address} on whose page was ever touched; {@code end} when there is none. Pages that
     * are skipped so become holes in the file, which read as zeros.
     */
    default long nextTouched(long address, long end) {
        return address;
    }

    /**
     * A faster way of this memory into a file; null: there is none.
     *
     * @param file which is there
     */
    default @Nullable MemoryCopier copier(Path file) throws IOException {
        return null;
    }
}
