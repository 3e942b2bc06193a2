package io.kmdebug.monitor.stub;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the monitor of a child is to know of the session.
 *
 * @param packets with which the client set it up
 * @param breakpoints that are in the memory it is a copy of, once for each owner
 */
record ChildSettings(boolean endsWithLostClient, List<byte[]> packets, List<Long> breakpoints) {
    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeBoolean(endsWithLostClient);
            out.writeInt(packets.size());
            for (byte[] packet : packets) {
                out.writeInt(packet.length);
                out.write(packet);
            }
            out.writeInt(breakpoints.size());
            for (long address : breakpoints) out.writeLong(address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static ChildSettings of(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        boolean endsWithLostClient = in.readBoolean();
        List<byte[]> packets = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            byte[] packet = new byte[in.readInt()];
            in.readFully(packet);
            packets.add(packet);
        }
        List<Long> breakpoints = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) breakpoints.add(in.readLong());
        return new ChildSettings(endsWithLostClient, packets, breakpoints);
    }
}
