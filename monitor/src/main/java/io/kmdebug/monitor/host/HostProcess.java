package io.kmdebug.monitor.host;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the host says of one of its processes. */
public final class HostProcess {
    /** Bytes that hold the pid, the name and the state. */
    private static final int BEGINNING_BYTES = 128;

    private HostProcess() {}

    /** Whether a stop signal has stopped it: the state T of proc_pid_stat(5). False also when there is no such process. */
    public static boolean isStopped(int pid) {
        try (FileInputStream in = new FileInputStream("/proc/" + pid + "/stat")) {
            String text = new String(in.readNBytes(BEGINNING_BYTES), StandardCharsets.ISO_8859_1);
            return text.startsWith(") T", text.lastIndexOf(')'));
        } catch (IOException gone) {
            return false;
        }
    }
}
