package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Lists the payload's threads. GDB RSP: "Thread List Format", "qfThreadInfo". */
final class ClientThreads {
    private static final int MOST_THREADS = 100_000;

    private final ClientExchange exchange;

    ClientThreads(ClientExchange exchange) {
        this.exchange = exchange;
    }

    List<RemoteThread> list() {
        return exchange.features().has("qXfer:threads:read") ? byTransfer() : byQuery();
    }

    private List<RemoteThread> byTransfer() {
        List<RemoteThread> threads = new ArrayList<>();
        XmlScanner xml = new XmlScanner(exchange.transferText("threads", ""));
        while (xml.next()) {
            if (!xml.name().equals("thread")) continue;
            ThreadId id = exchange.understand(PacketCursor.of(xml.attribute("id")), ThreadId::parse);
            threads.add(new RemoteThread(id.tid(), xml.attribute("name"), xml.text()));
        }
        return threads;
    }

    private List<RemoteThread> byQuery() {
        List<Integer> tids = new ArrayList<>();
        PacketCursor reply = exchange.ask("qfThreadInfo");
        while (reply.skip('m')) {
            do {
                tids.add(exchange.understand(reply, ThreadId::parse).tid());
            } while (reply.skip(','));
            if (tids.size() > MOST_THREADS) throw Replies.malformed(exchange.request(), reply);
            reply = exchange.ask("qsThreadInfo");
        }
        return tids.stream().map(tid -> new RemoteThread(tid, "", state(tid))).toList();
    }

    private String state(int tid) {
        exchange.idOf(tid).write(exchange.start("qThreadExtraInfo,"));
        PacketCursor reply = exchange.reply();
        if (reply.atEnd() || Replies.isError(reply)) return "";
        return new String(exchange.hexText(reply), StandardCharsets.UTF_8);
    }

    /** The thread that the last stop was of. */
    ThreadId current() {
        PacketCursor reply = exchange.ask("qC");
        if (!reply.skip("QC")) throw Replies.malformed(exchange.request(), reply);
        return ThreadId.parse(reply);
    }
}
