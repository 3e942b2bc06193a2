package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;

/**
 * {@code jThreadsInfo}: all threads with their registers, so that a client needs not ask for each. LLDB: "GDB Remote
 * Protocol Extensions".
 */
final class JsonThreads {
    private JsonThreads() {}

    static void write(ServedSession session, PacketWriter out) {
        StubTarget.Stop stop = session.lastStop();
        char separator = '[';
        for (StubTarget.ThreadDescription thread : session.target.threads()) {
            out.text(separator).text("{\"tid\":" + thread.tid() + ",\"name\":\"");
            text(thread.name(), out);
            out.text('"');
            if (thread.tid() == stop.tid()) {
                int signal = session.toClient(StopReply.signal(stop.reason(), session));
                out.text(",\"signal\":" + signal + ",\"reason\":\"" + StopReply.reasonWord(stop.reason(), session)
                        + '"');
            }
            registers(session.target.generalRegisters(thread.tid()).orElseGet(Registers::new), out);
            out.text('}');
            separator = ',';
        }
        if (separator == '[') out.text('[');
        out.text(']');
    }

    private static void registers(Registers registers, PacketWriter out) {
        out.text(",\"registers\":");
        char separator = '{';
        for (AmdRegister register : AmdRegister.values()) {
            if (register.compareTo(AmdRegister.EFLAGS) > 0) break;
            byte[] value = registers.bytes(register);
            if (value == null) continue;
            out.text(separator)
                    .text("\"" + register.ordinal() + "\":\"")
                    .hexBytes(value)
                    .text('"');
            separator = ',';
        }
        if (separator == '{') out.text('{');
        out.text('}');
    }

    /** Of other characters than ASCII's the UTF-8 bytes stand as they are. */
    private static void text(String name, PacketWriter out) {
        for (byte one : name.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            if (one == '"' || one == '\\') out.text('\\').text((char) one);
            else if (one >= 0 && one < 0x20) out.text(String.format("\\u%04x", (int) one));
            else out.text((char) (one & 0xff));
        }
    }
}
