package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.rsp.StubListener;
import io.kmdebug.rsp.StubToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where debuggers come to.
 *
 * @param port wanted TCP port; a taken one gives the next, 0 any; {@link #NO_PORT}
 * @param address of this host; null for 127.0.0.1
 * @param tokenFile what clients at the port have to show; null for nothing
 * @param socket a Unix socket's path; null for none
 */
public record DebugPlaces(
        int port,
        @Nullable String address,
        @Nullable String tokenFile,
        @Nullable String socket) {
    public static final int NO_PORT = -1;

    private static final int NR_UMASK = 95;
    private static final int OWNER_ONLY = 0177;

    /**
     * Makes them; the first is the one to tell people of. Empty when there is no port and nobody has asked for more than
     * a port, which KM's payloads do without.
     *
     * @throws HostFailure with a message for people
     */
    List<StubListener> open(Consumer<String> complaints) {
        List<StubListener> places = new ArrayList<>(2);
        if (port != NO_PORT) openPort(places, complaints);
        if (socket != null) places.add(openSocket(socket));
        return places;
    }

    private void openPort(List<StubListener> places, Consumer<String> complaints) {
        try {
            if (address == null && tokenFile == null) places.add(StubListener.loopback(port));
            else places.add(StubListener.port(host(), port, token()));
        } catch (IOException e) {
            String where = address == null ? "port " + port : address + ":" + port;
            if (address != null || tokenFile != null) {
                throw new HostFailure("cannot listen for debuggers on " + where + ": " + e.getMessage());
            }
            complaints.accept("cannot listen for debuggers on " + where + ", going on without: " + e.getMessage());
        }
    }

    private InetAddress host() {
        String named = address == null ? "127.0.0.1" : address;
        InetAddress host;
        try {
            host = InetAddress.getByName(named);
        } catch (UnknownHostException e) {
            throw new HostFailure("--gdb-bind wants an address of this host, not \"" + named + "\"");
        }
        if (tokenFile == null && !host.isLoopbackAddress()) {
            throw new HostFailure("--gdb-bind=" + named + " would let other machines debug the payload: it needs "
                    + "--gdb-token-file");
        }
        return host;
    }

    private @Nullable StubToken token() {
        if (tokenFile == null) return null;
        try {
            return StubToken.read(Path.of(tokenFile));
        } catch (IOException e) {
            throw new HostFailure(String.valueOf(e.getMessage()));
        }
    }

    private static StubListener openSocket(String path) {
        long mask = Native.syscall(NR_UMASK, OWNER_ONLY);
        try {
            return StubListener.socket(Path.of(path));
        } catch (IOException e) {
            throw new HostFailure("cannot make the socket " + path + " for debuggers: " + e.getMessage());
        } finally {
            Native.syscall(NR_UMASK, mask);
        }
    }

    /** What a user types to get to the payload. */
    String command(StubListener place, String program) {
        if (tokenFile != null && place.port() != 0) {
            return "kmdebug relay --listen " + place.port() + " --token-file " + tokenFile + " " + place;
        }
        return "gdb -q --ex=\"target remote " + place + "\" " + program;
    }
}
