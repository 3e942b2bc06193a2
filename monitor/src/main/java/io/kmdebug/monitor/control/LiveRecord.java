package io.kmdebug.monitor.control;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.thread.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a running monitor says of itself at its record's socket: see {@link RecordText}. */
final class LiveRecord implements ControlServer.Record {
    private final Payload payload;
    private final List<String> environment;
    private final @Nullable String managementSocket;
    private volatile @Nullable String path;

    /** @param environment of km, not of the payload */
    LiveRecord(Payload payload, List<String> environment, @Nullable String managementSocket) {
        this.payload = payload;
        this.environment = environment;
        this.managementSocket = managementSocket;
    }

    @Override
    public int open() {
        String folder = RecordFolder.make(environment);
        if (folder == null) return -1;
        String name = folder + "/" + HostCall.getpid();
        try {
            int socket = UnixSocket.listen(name, 0);
            path = name;
            return socket;
        } catch (IOException none) {
            // Who lists processes finds this one in /proc as well.
            return -1;
        }
    }

    /** The process ends. */
    void remove() {
        String made = path;
        if (made != null) UnixSocket.unlink(made);
    }

    @Override
    public byte[] now() {
        StringBuilder text = new StringBuilder();
        RecordText.put(text, "pid", HostCall.getpid());
        RecordText.put(text, "program", payload.executable());
        for (String argument : payload.arguments()) RecordText.put(text, "argument", argument);
        RecordText.put(text, "platform", payload.platform().tracedProcess() == 0 ? "kvm" : "ptrace");
        RecordText.put(text, "threads", payload.threads().size());
        RecordText.put(text, "memory", pages(0));
        RecordText.put(text, "resident", pages(1));
        if (payload.debugPort() != 0) RecordText.put(text, "gdb", payload.debugPort());
        String socket = managementSocket;
        if (socket != null) RecordText.put(text, "management", socket);
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A figure of the payload's {@code /proc/self/statm}, in bytes: 0 its size, 1 what is resident. */
    private long pages(int figure) {
        String[] figures = payload.memoryText("statm").trim().split(" ", -1);
        try {
            return figures.length > figure ? Long.parseLong(figures[figure]) * 4096 : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
