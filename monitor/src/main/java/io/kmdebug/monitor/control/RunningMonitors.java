package io.kmdebug.monitor.control;

import io.kmdebug.monitor.PayloadWords;
import io.kmdebug.monitor.host.HostMemory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payloads of this user, found in {@code /proc}; each monitor is asked at its record's socket, all at a time. One
 * that does not answer, since it is stopped or has just been started, is listed with what {@code /proc} tells. Sockets
 * of monitors that were killed are removed.
 */
final class RunningMonitors {
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final int ANSWER_BYTES = 1 << 16;
    private static final int POLLIN = 1;
    private static final String KM_SOCKET = "729";

    private final String folder;

    /** @param environment where XDG_RUNTIME_DIR may be in */
    RunningMonitors(List<String> environment) {
        folder = RecordFolder.path(environment);
    }

    /** By process id. */
    List<RunningMonitor> find() throws IOException {
        List<Integer> pids = new ArrayList<>();
        long uid = RecordFolder.uid();
        for (String name : names(new File("/proc"))) {
            if (!isNumber(name)) continue;
            Path process = Path.of("/proc", name);
            try {
                if (((Number) Files.getAttribute(process, "unix:uid")).longValue() == uid)
                    pids.add(Integer.parseInt(name));
            } catch (IOException gone) {
                continue;
            }
        }
        pids.sort(null);
        List<List<String>> words = new ArrayList<>();
        for (int i = pids.size() - 1; i >= 0; i--) {
            List<String> java = commandLine(pids.get(i));
            if (java.contains(PayloadWords.MONITOR_CLASS)) words.add(0, java);
            else pids.remove(i);
        }
        List<String> answers = ask(pids);
        List<RunningMonitor> found = new ArrayList<>();
        for (int i = 0; i < pids.size(); i++) {
            RunningMonitor one = describe(pids.get(i), answers.get(i), words.get(i));
            if (one != null) found.add(one);
        }
        removeStale(pids);
        return found;
    }

    private static List<String> names(File directory) {
        String[] names = directory.list();
        return names == null ? List.of() : List.of(names);
    }

    private static boolean isNumber(String name) {
        for (int i = 0; i < name.length(); i++) if (name.charAt(i) < '0' || name.charAt(i) > '9') return false;
        return !name.isEmpty() && name.length() < 10;
    }

    private static List<String> commandLine(int pid) {
        String text;
        try {
            text = Files.readString(Path.of("/proc", Integer.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return List.of();
        }
        return text.isEmpty()
                ? List.of()
                : List.of(text.substring(0, text.length() - 1).split("\0", -1));
    }

    /** What each says; "" for one that does not. */
    private List<String> ask(List<Integer> pids) throws IOException {
        int[] sockets = new int[pids.size()];
        boolean trusted = RecordFolder.isOurs(folder);
        for (int i = 0; i < sockets.length; i++) {
            sockets[i] = trusted ? UnixSocket.connect(folder + "/" + pids.get(i)) : -1;
        }
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        List<String> answers = new ArrayList<>();
        for (int socket : sockets) answers.add(socket < 0 ? "" : read(socket, deadline));
        return answers;
    }

    private static String read(int socket, long deadline) {
        long buffer = HostMemory.allocate(ANSWER_BYTES + 8);
        StringBuilder answer = new StringBuilder();
        try {
            while (answer.length() < ANSWER_BYTES) {
                long poll = buffer + ANSWER_BYTES;
                HostMemory.putInt(poll, socket);
                HostMemory.putInt(poll + 4, POLLIN);
                long left = Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
                if (UnixSocket.poll(poll, 1, (int) left) <= 0) return "";
                int n = UnixSocket.receive(socket, buffer, ANSWER_BYTES);
                if (n <= 0) break;
                answer.append(new String(HostMemory.read(buffer, n), StandardCharsets.ISO_8859_1));
            }
        } finally {
            HostMemory.free(buffer);
            UnixSocket.close(socket);
        }
        return answer.toString();
    }

    private static @Nullable RunningMonitor describe(int pid, String answer, List<String> java) {
        String program = RecordText.first(answer, "program");
        if (program != null && RecordText.number(answer, "pid") == pid) {
            return new RunningMonitor(
                    pid,
                    program,
                    RecordText.all(answer, "argument"),
                    RecordText.first(answer, "platform"),
                    RecordText.number(answer, "threads"),
                    RecordText.number(answer, "memory"),
                    RecordText.number(answer, "resident"),
                    (int) Math.max(0, RecordText.number(answer, "gdb")),
                    absolute(pid, RecordText.first(answer, "management")),
                    true);
        }
        if (PayloadWords.isSpare(java)) return null;
        int behind = java.indexOf(PayloadWords.MONITOR_CLASS) + 1;
        List<String> command = PayloadWords.of(java.subList(behind, java.size()));
        if (command.isEmpty()) return null;
        return new RunningMonitor(pid, command.get(0), command, null, -1, -1, -1, 0, kmSocket(pid), false);
    }

    /** A path of another process's. */
    private static @Nullable String absolute(int pid, @Nullable String path) {
        if (path == null || path.startsWith("/")) return path;
        try {
            return Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "cwd")) + "/" + path;
        } catch (IOException gone) {
            return null;
        }
    }

    /** As KM's own tool finds the management socket, of KM's monitors as well: descriptor 729. */
    static @Nullable String kmSocket(int pid) {
        Path process = Path.of("/proc", Integer.toString(pid));
        try {
            String target = Files.readSymbolicLink(process.resolve("fd").resolve(KM_SOCKET))
                    .toString();
            if (!target.startsWith("socket:[")) return null;
            String inode = target.substring(8, target.length() - 1);
            for (String line : Files.readAllLines(process.resolve("net/unix"), StandardCharsets.ISO_8859_1)) {
                // Num RefCount Protocol Flags Type St Inode Path
                String[] fields = line.trim().split("\\s+", 8);
                if (fields.length == 8 && fields[6].equals(inode)) return absolute(pid, fields[7]);
            }
        } catch (IOException gone) {
            return null;
        }
        return null;
    }

    private void removeStale(List<Integer> live) throws IOException {
        if (!RecordFolder.isOurs(folder)) return;
        for (String name : names(new File(folder))) {
            if (!isNumber(name) || live.contains(Integer.parseInt(name))) continue;
            String path = folder + "/" + name;
            if (UnixSocket.isDead(path)) UnixSocket.unlink(path);
        }
    }
}
