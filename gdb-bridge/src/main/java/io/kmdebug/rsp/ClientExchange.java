package io.kmdebug.rsp;

import io.kmdebug.rsp.RspException.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Puts questions to the stub and takes the answers, with what they depend on: features, process, selected thread. */
final class ClientExchange {
    private static final int MOST_TRANSFER_BYTES = 64 << 20;
    private static final int MOST_PIECES = 100_000;
    /** Questions in one write: few enough for any stub's buffers. */
    private static final int AT_ONCE = 32;

    private final ClientConnection connection;
    private final Runnable check;
    private final PacketWriter request = new PacketWriter();
    private final PacketWriter selection = new PacketWriter();
    private final ServerFeatures features;
    private int pid;
    private int selectedTid;

    /**
     * Agrees on features with the stub.
     *
     * @param check throws when no question can be put now
     */
    ClientExchange(ClientConnection connection, Runnable check) {
        this.connection = connection;
        this.check = check;
        request.start().text("qSupported:").text(ServerFeatures.OURS);
        PacketCursor supported = connection.exchange(request);
        if (Replies.isError(supported)) Replies.data(request, supported);
        features = new ServerFeatures(supported.rest());
        if (features.has("QStartNoAckMode")) {
            request.start().text("QStartNoAckMode");
            Replies.ok(request, connection.exchange(request));
            connection.stopAcknowledging();
        }
        selectAnyThread();
    }

    /** gdbserver 13 aborts when its description is asked for before there is a current thread. */
    private void selectAnyThread() {
        ThreadId any = new ThreadId(features.has("multiprocess") ? ThreadId.ANY : ThreadId.NONE, ThreadId.ANY);
        any.write(request.start().text("Hg"));
        connection.exchange(request);
    }

    ServerFeatures features() {
        return features;
    }

    /** 0 as long as the stub has not given it. */
    int pid() {
        return pid;
    }

    void learnPid(int learnt) {
        if (learnt > 0) pid = learnt;
    }

    /** As the stub wants threads to be named. */
    ThreadId idOf(int tid) {
        boolean multiprocess = features.has("multiprocess") && pid > 0;
        return new ThreadId(multiprocess ? pid : ThreadId.NONE, tid);
    }

    /** The payload goes on: whichever thread was selected need not be the next time. */
    void forgetSelection() {
        selectedTid = 0;
    }

    /** The question that is being put. */
    PacketWriter request() {
        return request;
    }

    PacketWriter start(String text) {
        check.run();
        return request.start().text(text);
    }

    /** Any reply to the question. */
    PacketCursor reply() {
        return connection.exchange(request);
    }

    /** A further reply to the question. */
    PacketCursor nextReply() {
        return connection.reply(request);
    }

    /** A reply that is neither empty nor an error. */
    PacketCursor data() {
        return Replies.data(request, reply());
    }

    PacketCursor ask(String packet) {
        start(packet);
        return data();
    }

    void expectOk() {
        Replies.ok(request, reply());
    }

    /** Any reply to the question, put for one thread. Selecting it costs no round trip. */
    PacketCursor replyFor(int tid) {
        if (selectedTid == tid) return reply();
        idOf(tid).write(selection.start().text("Hg"));
        if (connection.acknowledges()) {
            Replies.ok(selection, connection.exchange(selection));
            selectedTid = tid;
            return reply();
        }
        connection.send(selection, request);
        PacketCursor selected = connection.reply(selection);
        boolean known = selected.skip("OK");
        String refusal = selected.toString();
        PacketCursor reply = connection.reply(request);
        if (!known) throw new RspException(Kind.REFUSED, Replies.message(selection, refusal, "was refused"));
        selectedTid = tid;
        return reply;
    }

    /**
     * A question put for many threads. Where nothing is acknowledged many are asked in one go, so that the time does not
     * grow with the round trips.
     *
     * @param taker told of each thread with a reply that is neither empty nor an error
     */
    void forEach(List<Integer> tids, String question, BiConsumer<Integer, PacketCursor> taker) {
        if (connection.acknowledges()) {
            for (int tid : tids) {
                start(question);
                take(tid, replyFor(tid), taker);
            }
            return;
        }
        for (int from = 0; from < tids.size(); from += AT_ONCE) {
            askAtOnce(tids.subList(from, Math.min(tids.size(), from + AT_ONCE)), question, taker);
        }
    }

    private void askAtOnce(List<Integer> tids, String question, BiConsumer<Integer, PacketCursor> taker) {
        check.run();
        List<PacketWriter> packets = new ArrayList<>();
        for (int tid : tids) {
            PacketWriter select = new PacketWriter();
            idOf(tid).write(select.start().text("Hg"));
            packets.add(select);
            packets.add(new PacketWriter().start().text(question));
        }
        selectedTid = 0;
        connection.send(packets);
        PacketCursor.Malformed broken = null;
        for (int i = 0; i < tids.size(); i++) {
            boolean known = connection.reply(packets.get(2 * i)).skip("OK");
            PacketCursor reply = connection.reply(packets.get(2 * i + 1));
            try {
                if (known) take(tids.get(i), reply, taker);
            } catch (PacketCursor.Malformed e) {
                broken = e; // the others' replies are on their way, and have to be taken
            }
        }
        if (broken != null) {
            throw new RspException(Kind.MALFORMED, "packet \"" + question + "\": " + broken.getMessage());
        }
    }

    private static void take(int tid, PacketCursor reply, BiConsumer<Integer, PacketCursor> taker) {
        if (!reply.atEnd() && !Replies.isError(reply)) taker.accept(tid, reply);
    }

    <T> T understand(PacketCursor reply, Function<PacketCursor, T> reader) {
        try {
            return reader.apply(reply);
        } catch (PacketCursor.Malformed e) {
            throw Replies.malformed(request, reply);
        }
    }

    /** What is left of a reply: text in hexadecimal. */
    byte[] hexText(PacketCursor reply) {
        return understand(reply, in -> in.hexBytes(in.remaining() / 2));
    }

    /** A whole object by {@code qXfer}. */
    byte[] transfer(String object, String annex) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        int pieceBytes = features.packetBytes() - 16;
        for (int pieces = 0; ; pieces++) {
            start("qXfer:").text(object).text(":read:").text(annex).text(':');
            request.hex(whole.size()).text(',').hex(pieceBytes);
            PacketCursor reply = data();
            int letter = reply.take();
            if (letter != 'l' && letter != 'm') throw Replies.malformed(request, reply);
            if (letter == 'm' && reply.atEnd()) throw Replies.malformed(request, reply);
            whole.write(reply.data(), reply.position(), reply.remaining());
            if (letter == 'l') return whole.toByteArray();
            if (whole.size() > MOST_TRANSFER_BYTES || pieces > MOST_PIECES) throw Replies.malformed(request, reply);
        }
    }

    String transferText(String object, String annex) {
        return new String(transfer(object, annex), StandardCharsets.UTF_8);
    }
}
