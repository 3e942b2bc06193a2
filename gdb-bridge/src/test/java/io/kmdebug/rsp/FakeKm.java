package io.kmdebug.rsp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A server that answers as the stub of the original KM does, and like that one dies of what it cannot bear: bytes that
 * are not printable, {@code G}, {@code M} of one byte or of more than 16, {@code m} of more than 8191, hardware
 * breakpoints of an unknown kind, signals for no thread in particular, a file opened before {@code vFile:setfs}. Like
 * that one it takes any byte after a packet of its own for the acknowledgement, and any byte while its payload runs for
 * an interrupt.
 */
final class FakeKm implements AutoCloseable {
    static final long MEMORY = 0x400000;
    static final int MEMORY_BYTES = 0x3000;
    private static final String FEATURES = "PacketSize=00003FFF;qXfer:threads:read+;swbreak+;hwbreak+;exec-events+;"
            + "vContSupported+;qXfer:auxv:read+;qXfer:exec-file:read+;qXfer:libraries-svr4:read+";
    private static final String THREADS =
            "m<threads><thread id=\"00000001\" core=\"0x00000000\" name=\"vcpu-0\"/></threads>";

    final byte[] memory = new byte[MEMORY_BYTES];
    final List<String> packets = new ArrayList<>();
    /** Says what a resume comes to; "" for a payload that runs on. */
    volatile String nextStop = "";

    private final ServerSocket listener;
    private final AtomicReference<@Nullable String> death = new AtomicReference<>();
    private boolean fileSystemSet;
    private boolean hardwareBreaks;

    /** What kills KM. */
    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Death(String of) {
            super(of);
        }
    }

    FakeKm() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        for (int i = 0; i < memory.length; i++) memory[i] = (byte) (i * 7);
        Thread server = new Thread(this::serve, "fake-km");
        server.setDaemon(true);
        server.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** What killed the server; null as long as nothing has. */
    @Nullable
    String death() {
        return death.get();
    }

    private void serve() {
        try (Socket socket = listener.accept()) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (String packet = next(in, out); packet != null; packet = next(in, out)) {
                synchronized (packets) {
                    packets.add(packet);
                }
                String reply = answer(packet, in);
                if (reply == null) return;
                send(reply, in, out);
                if (packet.startsWith("D") || packet.equals("k")) return;
            }
        } catch (Death e) {
            death.set(e.getMessage());
        } catch (IOException e) {
            // The client has gone.
            return;
        }
    }

    /** One byte is read after each packet, and all but {@code +} have it sent again. */
    private static void send(String reply, InputStream in, OutputStream out) throws IOException {
        int sum = 0;
        for (int i = 0; i < reply.length(); i++) sum += reply.charAt(i);
        byte[] frame = String.format("$%s#%02x", reply, sum & 0xff).getBytes(StandardCharsets.ISO_8859_1);
        int answer;
        do {
            out.write(frame);
            out.flush();
            answer = in.read();
        } while (answer >= 0 && answer != '+');
    }

    private static @Nullable String next(InputStream in, OutputStream out) throws IOException {
        int letter = in.read();
        while (letter >= 0 && letter != '$') letter = in.read();
        if (letter < 0) return null;
        StringBuilder packet = new StringBuilder();
        for (letter = printable(in); letter != '#'; letter = printable(in)) packet.append((char) letter);
        in.read();
        in.read();
        out.write('+');
        return packet.toString();
    }

    private static int printable(InputStream in) throws IOException {
        int letter = in.read();
        if (letter < 0x20 || letter > 0x7e) throw new Death("a byte that is not printable: " + letter);
        return letter;
    }

    private @Nullable String answer(String packet, InputStream in) throws IOException {
        if (packet.length() > 2 && packet.charAt(2) == ':') throw new Death("a sequence id in " + packet);
        switch (packet.charAt(0)) {
            case '?':
                return "T00thread:00000001;";
            case 'H':
                return "OK";
            case 'g':
                return "11".repeat(276);
            case 'm':
                return read(numbers(packet.substring(1)));
            case 'M':
                return write(packet);
            case 'Z', 'z':
                if (packet.charAt(1) > '2' && packet.charAt(1) != '4') throw new Death("a breakpoint " + packet);
                return "OK";
            case 'v':
                return verbose(packet, in);
            case 'q':
                return query(packet);
            case 'D', 'k':
                return "OK";
            case 'G':
                throw new Death("registers written: " + packet);
            case 'C', 'S':
                throw new Death("a signal for no thread: " + packet);
            default:
                return "";
        }
    }

    private String query(String packet) {
        if (packet.startsWith("qSupported")) {
            hardwareBreaks = packet.contains("hwbreak+");
            return FEATURES;
        }
        if (packet.startsWith("qXfer:threads:read::0,")) return THREADS;
        if (packet.startsWith("qXfer:threads:read")) return "l";
        if (packet.startsWith("qXfer:exec-file")) return "l/opt/payload.km";
        if (packet.equals("qC")) return "QC1";
        return "";
    }

    private static long[] numbers(String text) {
        return Arrays.stream(text.split(","))
                .mapToLong(n -> Long.parseLong(n, 16))
                .toArray();
    }

    private String read(long[] range) {
        if (range[1] > 8191) throw new Death("a read of " + range[1]);
        if (range[0] < MEMORY || range[0] + range[1] > MEMORY + MEMORY_BYTES) return "E01";
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < range[1]; i++) hex.append(String.format("%02x", memory[(int) (range[0] - MEMORY) + i]));
        return hex.toString();
    }

    private String write(String packet) {
        int colon = packet.indexOf(':');
        long[] range = numbers(packet.substring(1, colon));
        if (range[1] == 1 || range[1] > 16) throw new Death("a write of " + range[1]);
        if (range[0] < MEMORY || range[0] + range[1] > MEMORY + MEMORY_BYTES) return "E01";
        for (int i = 0; i < range[1]; i++) {
            int at = colon + 1 + 2 * i;
            memory[(int) (range[0] - MEMORY) + i] = (byte) Integer.parseInt(packet.substring(at, at + 2), 16);
        }
        return "OK";
    }

    private @Nullable String verbose(String packet, InputStream in) throws IOException {
        if (packet.equals("vCont?")) return "vCont;c;s;C;S;r";
        if (packet.startsWith("vFile:setfs:")) {
            fileSystemSet = true;
            return "F0";
        }
        if (packet.startsWith("vFile:open:")) {
            if (!fileSystemSet) throw new Death("a file opened before setfs");
            return "F-1,00000002";
        }
        if (!packet.startsWith("vCont;")) return "";
        for (String action : packet.substring(6).split(";")) {
            boolean signal = action.charAt(0) == 'C' || action.charAt(0) == 'S';
            if (signal && action.indexOf(':') < 0) throw new Death("a signal for no thread: " + packet);
            if (action.contains(":p") || action.contains(":-1")) return "E01";
        }
        return stop(in);
    }

    private @Nullable String stop(InputStream in) throws IOException {
        if (!hardwareBreaks) throw new Death("hwbreak was not announced");
        if (!nextStop.isEmpty()) return nextStop;
        return in.read() < 0 ? null : "T02thread:00000001;";
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
