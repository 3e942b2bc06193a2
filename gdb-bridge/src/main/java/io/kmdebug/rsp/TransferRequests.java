package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * {@code qXfer:object:read:annex:offset,length} and {@code qXfer:object:write:annex:offset:data}. GDB RSP: "General
 * Query Packets", qXfer.
 */
final class TransferRequests {
    /** What qSupported says of this. */
    static final String FEATURES =
            "qXfer:features:read+;qXfer:threads:read+;qXfer:auxv:read+;qXfer:exec-file:read+;qXfer:siginfo:read+;"
                    + "qXfer:siginfo:write+;qXfer:libraries-svr4:read+;augmented-libraries-svr4-read+;qXfer:osdata:read+";

    private static final int PIECE_BYTES = (ServedSession.PACKET_BYTES - 16) / 2;

    private final ServedSession session;
    private byte @Nullable [] threadList;
    private byte @Nullable [] table;

    TransferRequests(ServedSession session) {
        this.session = session;
    }

    /** After "qXfer:". An empty reply says that the object is not offered. */
    void handle(PacketCursor in, PacketWriter out) {
        String object = in.until(":");
        if (in.skip(":write:")) write(object, in, out);
        else if (in.skip(":read:")) read(object, in, out);
    }

    private void write(String object, PacketCursor in, PacketWriter out) {
        if (!object.equals("siginfo")) return;
        in.until(":");
        in.expect(':');
        int offset = in.hexInt();
        in.expect(':');
        byte[] data = in.restBytes();
        byte[] info = signalInfo();
        if (offset > info.length - data.length) throw Refusal.numbered(Refusal.INVALID, "beyond the end");
        System.arraycopy(data, 0, info, offset, data.length);
        if (!session.target.writeSignalInfo(session.generalTid(), info)) throw noSignal();
        out.hex(data.length);
    }

    private void read(String object, PacketCursor in, PacketWriter out) {
        String annex = in.until(":");
        in.expect(':');
        int offset = in.hexInt();
        in.expect(',');
        int length = in.hexInt();
        byte[] whole = object(object, annex, offset);
        if (whole != null) piece(whole, offset, length, out);
    }

    private byte @Nullable [] object(String object, String annex, int offset) {
        return switch (object) {
            case "features" -> features(annex);
            case "threads" -> threads(offset);
            case "auxv" -> session.target.auxv();
            case "exec-file" -> session.target.executable().getBytes(StandardCharsets.UTF_8);
            case "siginfo" -> signalInfo();
            case "libraries-svr4" -> SystemLists.libraries(session.target.libraries(), annex);
            case "osdata" -> table(annex, offset);
            default -> null;
        };
    }

    private byte[] signalInfo() {
        return session.target.signalInfo(session.generalTid()).orElseThrow(TransferRequests::noSignal);
    }

    private static Refusal noSignal() {
        return Refusal.numbered(Refusal.INVALID, "the thread was stopped by no signal");
    }

    private byte @Nullable [] table(String type, int offset) {
        byte[] known = table;
        if (offset != 0 && known != null) return known;
        table = SystemLists.table(session.target, type);
        return table;
    }

    private byte[] features(String annex) {
        if (!annex.equals("target.xml")) throw Refusal.numbered(0, "no annex " + annex);
        return TargetDescription.xml(session.hasAvx()).getBytes(StandardCharsets.US_ASCII);
    }

    /** The list is made when its beginning is asked for, so that its pieces fit together. */
    private byte[] threads(int offset) {
        byte[] list = threadList;
        if (offset == 0 || list == null) {
            StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?>\n<threads>\n");
            for (StubTarget.ThreadDescription thread : session.target.threads()) {
                PacketWriter id = new PacketWriter();
                session.idOf(thread.tid()).write(id);
                xml.append("<thread id=\"").append(new String(id.frame(), 0, id.length(), StandardCharsets.US_ASCII));
                xml.append("\" name=\"")
                        .append(XmlScanner.escape(thread.name()))
                        .append("\">");
                xml.append(XmlScanner.escape(thread.state())).append("</thread>\n");
            }
            list = xml.append("</threads>\n").toString().getBytes(StandardCharsets.UTF_8);
            threadList = list;
        }
        return list;
    }

    static void piece(byte[] whole, int offset, int length, PacketWriter out) {
        if (offset > whole.length) throw Refusal.numbered(Refusal.INVALID, "offset beyond the end");
        int count = Math.min(Math.min(length, PIECE_BYTES), whole.length - offset);
        out.text(offset + count < whole.length ? 'm' : 'l').binary(whole, offset, count);
    }
}
