package io.kmdebug.monitor.process;

import io.kmdebug.monitor.thread.DebuggedBirth;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a process goes to its monitor when a debugger's client wants to have it: in the order a flag and the settings, among
 * the descriptors, as the last one so far, its end of the line.
 *
 * @param settings as {@link DebuggedBirth#settings}
 */
record Debugged(byte[] settings) {
    static void write(@Nullable DebuggedBirth birth, DataOutputStream out, List<Integer> descriptors)
            throws IOException {
        out.writeBoolean(birth != null);
        if (birth == null) return;
        byte[] settings = birth.settings();
        out.writeInt(settings.length);
        out.write(settings);
        descriptors.add(birth.descriptor());
    }

    static @Nullable Debugged read(DataInputStream in) throws IOException {
        if (!in.readBoolean()) return null;
        byte[] settings = new byte[in.readInt()];
        in.readFully(settings);
        return new Debugged(settings);
    }
}
