package io.kmdebug.monitor.state;

import java.util.Arrays;

/** Fuzz target: a snapshot's note with the state of the process. What is read is written and read again. */
final class StateFuzz {
    private StateFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        ProcessState state;
        try {
            state = StateFormat.read(data);
        } catch (CorruptState refused) {
            return;
        }
        byte[] written = StateFormat.write(state);
        try {
            if (!Arrays.equals(written, StateFormat.write(StateFormat.read(written)))) {
                throw new AssertionError("what was written is read as something else");
            }
        } catch (CorruptState e) {
            throw new AssertionError("what was written is refused", e);
        }
    }
}
