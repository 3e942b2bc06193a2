package io.kmdebug.monitor.thread;

import io.kmdebug.machine.SignalInfo;
import java.io.IOException;

/** Writes a core of the payload, all of whose threads are at rest. */
public interface CoreSink {
    /**
     * @param thread the one that takes the signal
     * @return where the core is, for the log
     */
    String write(Payload payload, PayloadThread thread, SignalInfo info) throws IOException;
}
