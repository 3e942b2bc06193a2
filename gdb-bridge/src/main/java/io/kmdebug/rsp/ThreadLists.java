package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;

/** The threads of all processes that a client debugs, each process's own list behind the other's. */
final class ThreadLists {
    private static final String BEGIN = "<threads>\n";
    private static final String END = "</threads>\n";

    private ThreadLists() {}

    /** As {@code qfThreadInfo} is answered. */
    static String ids(ClientProcesses processes) {
        StringBuilder ids = new StringBuilder("m");
        for (int pid : processes.pids()) {
            String list = ask(processes, pid, "qfThreadInfo");
            if (!list.startsWith("m")) continue;
            if (ids.length() > 1) ids.append(',');
            ids.append(list, 1, list.length());
        }
        return ids.length() > 1 ? ids.toString() : "l";
    }

    /** The whole of {@code qXfer:threads}. */
    static String xml(ClientProcesses processes) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?>\n").append(BEGIN);
        for (int pid : processes.pids()) {
            int most = ServedSession.PACKET_BYTES / 4;
            String list = ask(processes, pid, "qXfer:threads:read::0," + Integer.toHexString(most));
            int begin = list.indexOf(BEGIN);
            int end = list.lastIndexOf(END);
            if (begin >= 0 && end > begin) xml.append(list, begin + BEGIN.length(), end);
        }
        return xml.append(END).toString();
    }

    /** The answer with nothing escaped any more. */
    private static String ask(ClientProcesses processes, int pid, String packet) {
        PacketWriter out = new PacketWriter().start();
        if (!processes.ask(pid, packet.getBytes(StandardCharsets.ISO_8859_1), out)) return "";
        byte[] escaped = out.content();
        byte[] plain = new byte[escaped.length];
        int length = 0;
        for (int i = 0; i < escaped.length; i++) {
            boolean escape = escaped[i] == '}' && i + 1 < escaped.length;
            plain[length++] = escape ? (byte) (escaped[++i] ^ 0x20) : escaped[i];
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }
}
