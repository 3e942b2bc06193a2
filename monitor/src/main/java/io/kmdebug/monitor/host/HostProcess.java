package io.kmdebug.monitor.host;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the host says of its processes. proc_pid_stat(5). */
public final class HostProcess {
    /** Bytes that hold the pid, the name and the state. */
    private static final int BEGINNING_BYTES = 128;

    private static final int STAT_BYTES = 1024;
    /** Fields behind the name: flags is the 9th of all, blocked the 32nd. */
    private static final int FLAGS = 9 - 3;

    private static final int BLOCKED = 32 - 3;
    /** A thread of the kernel's inside a process: it takes no signals. */
    private static final long PF_USER_WORKER = 0x4000;

    private HostProcess() {}

    /**
     * Whether a stop signal has stopped it: the state T of proc_pid_stat(5). False also when there is no such process.
     */
    public static boolean isStopped(int pid) {
        String text = text("/proc/" + pid + "/stat", BEGINNING_BYTES);
        return text.startsWith(") T", text.lastIndexOf(')'));
    }

    /**
     * Whether another thread of this process has taken a signal that a handler with a mask of {@code blocked} has not
     * done with yet.
     *
     * @param blocked of the first 31 signals, as bits from 0 on
     */
    public static boolean isHandling(long blocked) {
        int self = HostCall.gettid();
        String[] threads = new File("/proc/self/task").list();
        if (threads == null) return false;
        for (String thread : threads) {
            if (thread.equals(Integer.toString(self))) continue;
            String text = text("/proc/self/task/" + thread + "/stat", STAT_BYTES);
            String[] fields = text.substring(Math.min(text.length(), text.lastIndexOf(')') + 2))
                    .split(" ", -1);
            if (fields.length <= BLOCKED || (Long.parseLong(fields[FLAGS]) & PF_USER_WORKER) != 0) continue;
            if ((Long.parseLong(fields[BLOCKED]) & blocked) == blocked) return true;
        }
        return false;
    }

    private static String text(String file, int bytes) {
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
