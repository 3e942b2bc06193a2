package io.kmdebug.monitor.thread;

import io.kmdebug.machine.SignalInfo;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes a core of the payload, all of whose threads are at rest. */
public interface CoreSink {
    /**
     * A core that was written.
     *
     * @param unreadableBytes of the memory, which are zeros in it
     */
    record Saved(String path, long unreadableBytes) {
        /** For the log. */
        @Override
        public String toString() {
            return unreadableBytes == 0
                    ? path
                    : path + ", without " + unreadableBytes + " bytes that could not be read";
        }
    }

    /**
     * @param thread the one that takes the signal
     */
    Saved write(Payload payload, PayloadThread thread, SignalInfo info) throws IOException;

    /**
     * The same of a payload that goes on.
     *
     * @param thread the one that comes first
     * @param info of the signal that it has stopped with, or zeros
     * @param path where to; null: where it goes when the payload crashes
     */
    Saved write(Payload payload, PayloadThread thread, SignalInfo info, @Nullable Path path) throws IOException;
}
