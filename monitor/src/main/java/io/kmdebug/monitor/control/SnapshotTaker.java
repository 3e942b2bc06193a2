package io.kmdebug.monitor.control;

/** Who takes the snapshots that are asked for from outside. */
@FunctionalInterface
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
}
