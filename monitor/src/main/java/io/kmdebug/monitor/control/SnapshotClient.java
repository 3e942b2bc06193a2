package io.kmdebug.monitor.control;

import io.kmdebug.monitor.host.HostMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Asks monitors, ours or KM's, for snapshots, and ours for cores. */
final class SnapshotClient {
    /** Exit status for a wrong command line, or a socket that nobody answers at. */
    static final int WRONG = 1;

    private static final int NOTHING_MATCHED = 2;
    private static final int FAILED = 3;
    private static final int ATTEMPTS = 4;
    private static final long PAUSE_NANOS = 250_000_000L;
    private static final int EAGAIN = 11;
    private static final int POLLIN = 1;

    private final CliOptions options;

    SnapshotClient(CliOptions options) {
        this.options = options;
    }

    static List<String> environment() throws IOException {
        String text = Files.readString(Path.of("/proc/self/environ"), StandardCharsets.ISO_8859_1);
        return List.of(text.split("\0", -1));
    }

    int run() throws IOException {
        String socket = options.socket();
        if (socket != null) return explained(socket, ask(socket, ""), true);
        List<Integer> matched = new ArrayList<>();
        int status = 0;
        List<RunningMonitor> running = new RunningMonitors(environment()).find();
        for (RunningMonitor one : running) {
            if (!options.pids().contains(one.pid()) && !isNamed(one)) continue;
            matched.add(one.pid());
            status = Math.max(status, take(one.pid(), one.name(), one.managementSocket()));
        }
        // Monitors that are not ours have KM's descriptor.
        for (int pid : options.pids()) {
            String path = matched.contains(pid) ? null : RunningMonitors.kmSocket(pid);
            if (path == null) continue;
            matched.add(pid);
            status = Math.max(status, take(pid, commandName(pid), path));
        }
        for (int pid : options.pids()) if (!matched.contains(pid)) say("process " + pid + " is no payload");
        if (matched.isEmpty()) {
            say("no payload matches");
            return NOTHING_MATCHED;
        }
        return status;
    }

    private boolean isNamed(RunningMonitor one) {
        for (String name : options.names()) if (one.isCalled(name)) return true;
        return false;
    }

    private static String commandName(int pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/comm"), StandardCharsets.ISO_8859_1)
                .trim();
    }

    private int take(int pid, String name, @org.jspecify.annotations.Nullable String socket) throws IOException {
        if (socket == null) {
            say("process " + pid + " (" + name + ") has no management socket; start it with --mgtpipe or KM_MGTDIR");
            return FAILED;
        }
        String target = options.folder() + "/" + name + "." + pid + (isCore() ? ".kmcore" : ".kmsnap");
        if (options.folder().isEmpty()) target = "";
        else if (!target.startsWith("/")) target = Path.of("").toAbsolutePath() + "/" + target;
        int result = ask(socket, target);
        return explained("process " + pid + " (" + name + ")", result, false);
    }

    /** 0, or an error number; below 0 when nobody answers. */
    private int ask(String socket, String target) throws IOException {
        int result = EAGAIN;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            log("asking at " + socket + (target.isEmpty() ? "" : " for " + target) + ", attempt " + attempt);
            result = once(socket, target);
            log("answer " + result);
            if (Math.abs(result) != EAGAIN) return result;
            if (attempt < ATTEMPTS) LockSupport.parkNanos(PAUSE_NANOS);
        }
        return result;
    }

    private int once(String path, String target) throws IOException {
        int opcode = isCore() ? SnapshotRequest.CORE : SnapshotRequest.SNAPSHOT;
        int socket = UnixSocket.connect(path);
        if (socket < 0) throw new IOException("cannot connect to " + path + ": " + UnixSocket.refusal(-socket));
        long memory = HostMemory.allocate(16);
        try {
            byte[] request;
            try {
                request = new SnapshotRequest(opcode, "", "", options.live(), target).write();
            } catch (IllegalArgumentException tooLong) {
                throw new IOException(tooLong.getMessage(), tooLong);
            }
            for (int sent = 0; sent < request.length; ) {
                int n = UnixSocket.send(socket, request, sent);
                if (n <= 0) throw new IOException("cannot write to " + path + " (errno " + -n + ")");
                sent += n;
            }
            int received = 0;
            while (received < SnapshotRequest.REPLY_BYTES) {
                HostMemory.putInt(memory + 8, socket);
                HostMemory.putInt(memory + 12, POLLIN);
                UnixSocket.poll(memory + 8, 1, -1);
                int n = UnixSocket.receive(socket, memory + received, SnapshotRequest.REPLY_BYTES - received);
                if (n <= 0) throw new IOException(path + " was closed without an answer");
                received += n;
            }
            return HostMemory.getInt(memory);
        } finally {
            HostMemory.free(memory);
            UnixSocket.close(socket);
        }
    }

    private int explained(String who, int result, boolean atSocket) {
        if (result == 0) {
            log(isCore() ? "core of " + who + " written" : "snapshot of " + who + " taken");
            return 0;
        }
        String why = switch (Math.abs(result)) {
            case EAGAIN -> "another snapshot is being taken, or its state cannot be kept now; its km's log says more";
            case 16 -> "busy";
            case 22 -> "the request is not understood";
            case 95 -> "something in its state cannot be kept; its km's log says what";
            case 2, 13, 20, 28, 30 -> "the file cannot be written there";
            default -> "its km's log says why";
        };
        say("no " + (isCore() ? "core " : "snapshot ") + (atSocket ? "through " : "of ") + who + ": error "
                + Math.abs(result) + ", " + why);
        return FAILED;
    }

    private boolean isCore() {
        return options.what() == CliOptions.What.CORE;
    }

    private void log(String line) {
        if (options.log()) say(line);
    }

    private static void say(String line) {
        System.err.println("km_cli: " + line);
    }
}
