package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.platform.Platform;
import java.util.BitSet;

/**
 * The 64-byte cells at gs:0 through which threads tell where their argument blocks are. Payload memory like any other,
 * so that cores, children and snapshots have it; at KM's address when that is free. Made for the first that asks.
 */
final class ArgumentCells {
    /** Of {@code km_hcargs} in KM. */
    private static final long KM_ADDRESS = 0x80_0000_a000L;

    private static final String NAME = "[km_hcargs]";
    private static final int CELL_BYTES = 64;
    private static final int CELLS = 1024;
    private static final int BYTES = CELL_BYTES * CELLS;
    /** MAP_PRIVATE | MAP_ANONYMOUS. */
    private static final int PRIVATE_ANONYMOUS = 0x22;

    private final Payload payload;
    private final BitSet used = new BitSet();
    private long base;

    ArgumentCells(Payload payload) {
        this.payload = payload;
    }

    /** Guest address of a cell that nobody has; 0 when there is none. */
    synchronized long take() {
        if (base == 0) find();
        if (base == 0) make();
        int free = used.nextClearBit(0);
        if (base == 0 || free == CELLS) return 0;
        used.set(free);
        return base + (long) free * CELL_BYTES;
    }

    /** What a gs base stands for, if it is a cell's, may be given to others. */
    synchronized void giveBack(long gsBase) {
        if (owns(gsBase)) used.clear((int) ((gsBase - base) / CELL_BYTES));
    }

    synchronized boolean owns(long gsBase) {
        if (gsBase == 0) return false;
        if (base == 0) find();
        return base != 0 && gsBase >= base && gsBase < base + BYTES;
    }

    /** Those that came with the memory of a parent or of a snapshot. */
    private void find() {
        for (Region region : payload.space().regions()) {
            if (!region.name().equals(NAME)) continue;
            base = region.start();
            for (PayloadThread thread : payload.threads()) {
                long cell = thread.cpu().gsBase() - base;
                if (cell >= 0 && cell < BYTES) used.set((int) (cell / CELL_BYTES));
            }
            return;
        }
    }

    private void make() {
        AddressSpace space = payload.space();
        long made = space.map(
                KM_ADDRESS & -Platform.PAGE,
                BYTES,
                Platform.READ | Platform.WRITE,
                PRIVATE_ANONYMOUS | AddressSpace.MAP_FIXED_NOREPLACE,
                null,
                0,
                NAME);
        if (made < 0) made = space.map(0, BYTES, Platform.READ | Platform.WRITE, PRIVATE_ANONYMOUS, null, 0, NAME);
        base = Math.max(0, made);
    }
}
