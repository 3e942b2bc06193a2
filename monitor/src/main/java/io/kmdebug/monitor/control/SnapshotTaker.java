package io.kmdebug.monitor.control;

/** Who takes the snapshots and writes the cores that are asked for from outside. */
public interface SnapshotTaker {
    /**
     * Called on the control thread.
     *
     * @param path empty: the default
     * @param live whether the payload goes on afterwards; else the process ends
     * @param beforeEnd to be called when the snapshot is there and the process is about to end
     * @return 0 or a positive error number
     */
    int take(String path, String label, String description, boolean live, Runnable beforeEnd);

    /**
     * Writes a core of the payload, which goes on; called on the control thread.
     *
     * @param path empty: where cores go
     * @return 0 or a positive error number
     */
    int core(String path);
}
