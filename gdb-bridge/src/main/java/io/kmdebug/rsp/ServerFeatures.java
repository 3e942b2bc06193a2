package io.kmdebug.rsp;

import io.kmdebug.machine.LinuxSignal;
import java.util.HashMap;
import java.util.Map;

/** What a server said to {@code qSupported}. GDB RSP: "General Query Packets", qSupported. */
final class ServerFeatures {
    /** What we can do and want to be told in stop replies. */
    static final String OURS = "multiprocess+;swbreak+;hwbreak+;vContSupported+;no-resumed+;error-message+;"
            + StopReply.THREADS_FEATURE
            + "+;xmlRegisters=i386";

    private static final int LEAST_PACKET = 400;
    private static final int MOST_PACKET = 1 << 20;
    /** Of a server that says nothing. gdb assumes the size of its {@code g} reply; no server has less than this. */
    private static final int USUAL_PACKET = 2048;

    /** KM overflows a buffer below the size that it announces; this one reads 4096 bytes of memory at a time. */
    private static final int KM_PACKET = 2 * 4096 + 16;

    private final Map<String, String> values = new HashMap<>();
    private final String reply;

    ServerFeatures(String reply) {
        this.reply = reply;
        for (String feature : reply.split(";", -1)) {
            int equals = feature.indexOf('=');
            if (equals >= 0) values.put(feature.substring(0, equals), feature.substring(equals + 1));
            else if (feature.endsWith("+")) values.put(feature.substring(0, feature.length() - 1), "+");
        }
    }

    boolean has(String feature) {
        return "+".equals(values.get(feature));
    }

    /** Most characters of a packet, both ways. */
    int packetBytes() {
        if (isOriginalKm()) return KM_PACKET;
        String size = values.get("PacketSize");
        if (size == null) return USUAL_PACKET;
        try {
            return (int) Math.max(LEAST_PACKET, Math.min(MOST_PACKET, Long.parseLong(size, 16)));
        } catch (NumberFormatException e) {
            return USUAL_PACKET;
        }
    }

    /** Whether this is lldb-server: it interrupts by SIGSTOP, and knows a process id only as its own query has it. */
    boolean isLldb() {
        return has("QListThreadsInStopReply") && !has(ServerDispatch.STEPS_OVER);
    }

    /** Whether this is gdbserver: an interrupt that a stop overtakes stays with the program as a SIGINT. */
    boolean keepsLateInterrupts() {
        return has("QStartupWithShell") && !has(ServerDispatch.STEPS_OVER);
    }

    /** A signal as the server numbers it, by gdb's table or by its own system's, as the Linux number. */
    int signalFromServer(int number) {
        return nativeSignals() ? number : LinuxSignal.fromGdb(number);
    }

    /** A Linux signal as the server numbers it. */
    int signalToServer(int signal) {
        return nativeSignals() ? signal : LinuxSignal.toGdb(signal);
    }

    /** LLDB: "native-signals". */
    private boolean nativeSignals() {
        return has("native-signals");
    }

    /**
     * Whether this is the stub of the original KM monitor. It dies of bytes that are not printable, overruns a buffer
     * in {@code M}, and sends stale values for r12 to r15 and x87; it is known by its fixed feature list.
     */
    boolean isOriginalKm() {
        return reply.startsWith("PacketSize=00003FFF;qXfer:threads:read+;swbreak+;hwbreak+;exec-events+;");
    }
}
