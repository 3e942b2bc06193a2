package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code vFile} for several processes: a file below {@code /proc/PID} is opened by that process, which has one of its
 * own in place of the host's; any other by the one that {@code setfs} named last. GDB RSP: "Host I/O Packets".
 */
final class RelayedFiles {
    private static final int EBADF = 9;
    private static final int FIRST_NUMBER = 0x10_0000;

    /** A file that is open, by its process and its number there. */
    private record Opened(int pid, int number) {}

    private final ClientProcesses processes;
    private final Map<Integer, Opened> files = new HashMap<>();
    private int nextNumber = FIRST_NUMBER;
    private int pid;

    RelayedFiles(ClientProcesses processes) {
        this.processes = processes;
    }

    /**
     * After "vFile:".
     *
     * @param any whom to ask when no process was named, or one that is gone
     */
    void handle(PacketCursor in, PacketWriter out, int any) {
        String operation = in.until(":");
        in.expect(':');
        switch (operation) {
            case "setfs" -> {
                pid = in.hexInt();
                out.text("F0");
            }
            case "pread", "fstat", "close" -> onOpened(operation, in, out);
            case "open" -> open(in.rest(), out, any);
            default -> {
                String rest = in.rest();
                ask(whose(rest, any), "vFile:" + operation + ":" + rest, out);
            }
        }
    }

    /** @param rest begins with a file's name in hex */
    private int whose(String rest, int any) {
        for (int one : processes.pids()) if (rest.startsWith(hex("/proc/" + one + "/"))) return one;
        return processes.pids().contains(pid) ? pid : any;
    }

    private static String hex(String text) {
        byte[] digits = new PacketWriter().start().hexText(text).content();
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    private void open(String rest, PacketWriter out, int any) {
        PacketWriter answer = new PacketWriter().start();
        int whose = whose(rest, any);
        ask(whose, "vFile:open:" + rest, answer);
        byte[] reply = answer.content();
        PacketCursor result = new PacketCursor(reply, reply.length);
        if (!result.skip('F') || result.peek() == '-') {
            out.content(reply);
            return;
        }
        files.put(nextNumber, new Opened(whose, result.hexInt()));
        out.text('F').hex(nextNumber++);
    }

    /** Files that were opened while the target was alone have its own numbers. */
    private void onOpened(String operation, PacketCursor in, PacketWriter out) {
        int number = in.hexInt();
        Opened file = files.get(number);
        if (file == null && number < FIRST_NUMBER) file = new Opened(processes.ownPid(), number);
        if (file == null || !processes.pids().contains(file.pid())) {
            out.text("F-1,").hex(EBADF);
            return;
        }
        if (operation.equals("close")) files.remove(number);
        ask(file.pid(), "vFile:" + operation + ":" + Integer.toHexString(file.number()) + in.rest(), out);
    }

    private void ask(int whose, String packet, PacketWriter out) {
        processes.ask(whose, packet.getBytes(StandardCharsets.ISO_8859_1), out);
    }
}
