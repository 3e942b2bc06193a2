package io.kmdebug.rsp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fuzz target: bytes from a client. The first byte says how the rest is cut: into reads, and with its lowest bit set into
 * packets, at each line's end, whose frames are right. The connection ends with the bytes, and the target is free then.
 */
final class StubServerFuzz {
    private StubServerFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length < 4) return;
        FakeTarget target = new FakeTarget((data[0] & 2) != 0);
        Stops stops = new Stops();
        target.onStop(stops::report);
        byte[] pieces = (data[0] & 4) != 0 ? Arrays.copyOfRange(data, 1, 4) : new byte[0];
        byte[] bytes = Arrays.copyOfRange(data, 4, data.length);
        MemoryWire wire = new MemoryWire((data[0] & 1) != 0 ? framed(bytes) : bytes, pieces, sent -> new byte[0]);
        try {
            new ServerConnection(wire, target, stops, PacketLog.NONE).run();
        } catch (IOException e) {
            throw new AssertionError("a connection that nothing is wrong with broke", e);
        }
        if (target.calls.contains("attach") && !stops.isOver() && target.freed.isEmpty()) {
            throw new AssertionError("the target is not free: " + target.calls);
        }
    }

    /** A line {@code <} alone is an interrupt. */
    private static byte[] framed(byte[] lines) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (String line : new String(lines, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            String packet = line.equals("<") ? "\3" : PacketCodecTest.framed(line);
            stream.writeBytes(packet.getBytes(StandardCharsets.ISO_8859_1));
        }
        return stream.toByteArray();
    }
}
