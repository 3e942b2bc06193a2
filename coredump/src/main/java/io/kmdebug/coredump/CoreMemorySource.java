package io.kmdebug.coredump;

import io.kmdebug.machine.MemoryReader;
import java.util.List;

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
}
