package io.kmdebug.monitor;

import io.kmdebug.monitor.control.SnapshotTaker;
import io.kmdebug.monitor.snapshot.SnapshotRefused;
import io.kmdebug.monitor.thread.Payload;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Snapshots and cores that are asked for at the management socket; the reason of a refusal is in the log. */
final class SnapshotRequests implements SnapshotTaker {
    private static final int EINVAL = 22;
    private static final int EIO = 5;

    private final Payload payload;

    SnapshotRequests(Payload payload) {
        this.payload = payload;
    }

    @Override
    public int take(String path, String label, String description, boolean live, Runnable beforeEnd) {
        try {
            Path target = path.isEmpty() ? null : Path.of(path);
            payload.snapshots().take(null, target, label, description, live, beforeEnd);
            return 0;
        } catch (SnapshotRefused refused) {
            payload.log(String.valueOf(refused.getMessage()));
            return refused.errno();
        } catch (InvalidPathException bad) {
            payload.log("no snapshot: " + bad.getMessage());
            return EINVAL;
        }
    }

    @Override
    public int core(String path) {
        try {
            payload.log("core on demand written to " + payload.writeCore(path.isEmpty() ? null : Path.of(path)));
            return 0;
        } catch (IOException failed) {
            payload.log("no core: " + failed.getMessage());
            return EIO;
        } catch (InvalidPathException bad) {
            payload.log("no core: " + bad.getMessage());
            return EINVAL;
        }
    }
}
