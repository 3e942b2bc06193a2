package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.thread.Payload;
import java.util.concurrent.TimeUnit;

/** Takes a snapshot when the payload has grown to a size; once. */
public final class SizeWatch implements Runnable {
    private static final long INTERVAL_MILLIS = 100;

    private final Payload payload;
    private final long bytes;
    private final boolean live;

    private SizeWatch(Payload payload, long bytes, boolean live) {
        this.payload = payload;
        this.bytes = bytes;
        this.live = live;
    }

    /**
     * @param bytes of the payload's memory that are resident
     * @param live whether the payload goes on then
     */
    public static void start(Payload payload, long bytes, boolean live) {
        Thread thread = new Thread(null, new SizeWatch(payload, bytes, live), "km-size", 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        try {
            while (payload.space().residentBytes() < bytes) TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
            payload.snapshots().take(null, null, "", bytes + " bytes are resident", live, this::say);
            if (live) say();
        } catch (SnapshotRefused refused) {
            payload.log(String.valueOf(refused.getMessage()));
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        }
    }

    private void say() {
        payload.log("snapshot taken: " + bytes + " bytes are resident");
    }
}
