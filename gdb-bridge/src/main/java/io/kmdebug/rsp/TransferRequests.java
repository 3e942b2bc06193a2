package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code qXfer:object:read:annex:offset,length}. GDB RSP: "General Query Packets", qXfer. */
final class TransferRequests {
    /** What qSupported says of this. */
    static final String FEATURES =
            "qXfer:features:read+;qXfer:threads:read+;qXfer:auxv:read+;" + "qXfer:exec-file:read+;qXfer:siginfo:read+";

    private static final int PIECE_BYTES = (ServedSession.PACKET_BYTES - 16) / 2;

    private final ServedSession session;
    private byte @Nullable [] threadList;

    TransferRequests(ServedSession session) {
        this.session = session;
    }

    /** After "qXfer:". An empty reply says that the object is not offered. */
    void read(PacketCursor in, PacketWriter out) {
        String object = in.until(":");
        if (!in.skip(":read:")) return;
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
            case "siginfo" ->
                session.target
                        .signalInfo(session.generalTid())
                        .orElseThrow(() -> Refusal.numbered(Refusal.INVALID, "the thread was stopped by no signal"));
            default -> null;
        };
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

    private static void piece(byte[] whole, int offset, int length, PacketWriter out) {
        if (offset > whole.length) throw Refusal.numbered(Refusal.INVALID, "offset beyond the end");
        int count = Math.min(Math.min(length, PIECE_BYTES), whole.length - offset);
        out.text(offset + count < whole.length ? 'm' : 'l').binary(whole, offset, count);
    }
}
