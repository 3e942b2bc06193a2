package io.kmdebug.rsp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Fuzz target: a stub's answers. The first line is appended to the features that it announces, the second is its target
 * description, the third its list of threads, the fourth the stop that it is found in; each further one answers the next
 * request. A line that begins with byte 1 goes over the wire as it is, all others in a right frame. Behind the last
 * line the connection ends.
 */
final class StubClientFuzz {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int RAW = 1;

    private final List<String> lines;
    private int next = 4;

    private StubClientFuzz(byte[] data) {
        lines = List.of(new String(data, StandardCharsets.ISO_8859_1).split("\n", -1));
    }

    public static void fuzzerTestOneInput(byte[] data) {
        StubClientFuzz stub = new StubClientFuzz(data);
        MemoryWire wire = new MemoryWire(new byte[0], new byte[0], stub::answer);
        try (RspClient client = RspClient.over(new ClientConnection(wire, LIMIT, PacketLog.NONE))) {
            converse(client);
        } catch (RspException refused) {
            // every broken answer ends here, and nowhere else
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void converse(RspClient client) {
        List<RemoteThread> threads = client.threads();
        client.auxv();
        client.execFile();
        byte[] some = new byte[300];
        client.read(0x1000, some, 0, some.length);
        for (RemoteThread thread : threads.subList(0, Math.min(3, threads.size()))) {
            client.registers(thread.tid());
            client.signalInfo(thread.tid());
        }
        client.monitorCommand("help");
        client.readFile("/etc/hostname", 1000);
        client.insertBreakpoint(0x1000);
        for (int i = 0; i < 3; i++) {
            List<ThreadAction> actions = new ArrayList<>();
            if (i > 0 && !threads.isEmpty())
                actions.add(ThreadAction.stepRange(threads.get(0).tid(), 0x1000, 0x1010));
            actions.add(ThreadAction.continueOthers());
            client.resume(actions);
            if (i == 2) client.interrupt();
            if (client.waitForStop(LIMIT).map(StopEvent::isExit).orElse(true)) return;
        }
        client.detach();
    }

    private byte[] answer(byte[] sent) {
        String text = new String(sent, StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        // two requests may come in one write
        for (int at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at + 1)) {
            String packet = text.substring(at + 1);
            byte[] bytes = reply(packet).getBytes(StandardCharsets.ISO_8859_1);
            answers.writeBytes(bytes);
        }
        return answers.toByteArray();
    }

    private String reply(String packet) {
        if (packet.startsWith("qSupported")) {
            return framed("PacketSize=4000;QStartNoAckMode+;qXfer:features:read+;multiprocess+;" + line(0));
        }
        if (packet.startsWith("QStartNoAckMode") || packet.startsWith("Hg")) return framed("OK");
        if (packet.startsWith("qXfer:features:read:target.xml")) return framed("l" + line(1));
        if (packet.startsWith("qXfer:threads:read")) return framed("l" + line(2));
        if (packet.startsWith("?")) return framed(line(3));
        return next < lines.size() ? framed(line(next++)) : "";
    }

    private String line(int number) {
        return number < lines.size() ? lines.get(number) : "";
    }

    private static String framed(String line) {
        if (!line.isEmpty() && line.charAt(0) == RAW) return line.substring(1);
        return PacketCodecTest.framed(line);
    }
}
