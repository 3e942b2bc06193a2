package io.kmdebug.monitor.control;

import io.kmdebug.monitor.thread.Payload;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The monitor's sockets: KM's management socket when it is asked for, and the record by which the monitor is found. The
 * latter is for payloads that stay: {@link #run} makes it when there is time.
 */
public final class Control implements Runnable {
    /** KM's number for the listening socket; its km_cli looks there. */
    private static final int KM_DESCRIPTOR = 729;

    private final Payload payload;
    private final List<String> environment;
    private final @Nullable String managementPath;
    private final SnapshotTaker taker;
    private int managementSocket = -1;
    private boolean started;
    private volatile @Nullable LiveRecord record;

    /**
     * @param environment of km
     * @param managementPath where to make the management socket; null: nowhere
     */
    public Control(Payload payload, List<String> environment, @Nullable String managementPath, SnapshotTaker taker) {
        this.payload = payload;
        this.environment = environment;
        this.managementPath = managementPath;
        this.taker = taker;
    }

    /**
     * Makes the management socket, if there is to be one, and answers there from now on.
     *
     * @throws IOException with a sentence for the user
     */
    public void open() throws IOException {
        String path = managementPath;
        if (path == null) return;
        managementSocket = UnixSocket.listen(path, KM_DESCRIPTOR);
        run();
    }

    /** Begins to answer. The second call and those after it do nothing. */
    @Override
    public synchronized void run() {
        if (started) return;
        started = true;
        LiveRecord made = new LiveRecord(payload, environment, managementPath);
        record = made;
        Thread thread = new Thread(null, new ControlServer(taker, made, managementSocket), "km-control", 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    /** The process ends: takes the sockets' names away. */
    public void remove() {
        LiveRecord made = record;
        if (made != null) made.remove();
        String path = managementPath;
        if (path != null && managementSocket >= 0) UnixSocket.unlink(path);
    }
}
