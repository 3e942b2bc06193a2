package io.kmdebug.monitor.syscall;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the host's kernel is going to do to semaphores when this process ends, semop(2) SEM_UNDO: it does not tell, so it
 * is counted here. Thread-safe.
 */
public final class SemaphoreUndo {
    private static final int SEMBUF_BYTES = 6;
    private static final int SEM_UNDO = 0x1000;
    private static final int GETVAL = 12;

    private final World world;
    /** Adjustment by set and, in the lower half, number in it. */
    private final Map<Long, Integer> adjustments = new TreeMap<>();

    public SemaphoreUndo(World world) {
        this.world = world;
    }

    /** @param operations that were done: struct sembuf, number 2, operation 2, flags 2 each */
    synchronized void done(int set, byte[] operations) {
        for (int at = 0; at + SEMBUF_BYTES <= operations.length; at += SEMBUF_BYTES) {
            if ((two(operations, at + 4) & SEM_UNDO) == 0) continue;
            int operation = (short) two(operations, at + 2);
            if (operation == 0) continue;
            long key = key(set, two(operations, at));
            int adjustment = adjustments.getOrDefault(key, 0) - operation;
            if (adjustment == 0) adjustments.remove(key);
            else adjustments.put(key, adjustment);
        }
    }

    private static int two(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    }

    private static long key(int set, int number) {
        return (long) set << 32 | number;
    }

    /** SETVAL: its adjustment is dropped. */
    synchronized void set(int set, int number) {
        adjustments.remove(key(set, number));
    }

    /** SETALL, IPC_RMID: those of the set are. */
    synchronized void setAll(int set) {
        adjustments.keySet().removeIf(key -> (int) (key >>> 32) == set);
    }

    /** One that is held, for a message; null when none is. */
    public synchronized @Nullable String held() {
        for (Map.Entry<Long, Integer> entry : adjustments.entrySet()) {
            int set = (int) (entry.getKey() >>> 32);
            int number = entry.getKey().intValue();
            // another process may have removed the set
            if (world.own(Sys.SEMCTL, set, number, GETVAL) < 0) continue;
            return "semaphore " + number + " of set " + set + " is to change by " + entry.getValue()
                    + " when it ends (SEM_UNDO)";
        }
        return null;
    }
}
