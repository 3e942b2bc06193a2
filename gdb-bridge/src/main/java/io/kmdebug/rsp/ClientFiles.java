package io.kmdebug.rsp;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Reads files of the stub's host. GDB RSP: "Host I/O Packets". */
final class ClientFiles {
    /** {@code /proc/PID/pagemap} is read in units of its entries only. */
    private static final int UNIT_BYTES = 8;

    private final ClientConnection connection;
    private final PacketWriter request;
    private final int pieceBytes;

    ClientFiles(ClientConnection connection, PacketWriter request, int packetBytes) {
        this.connection = connection;
        this.request = request;
        pieceBytes = (packetBytes - 32) / 2 & -UNIT_BYTES;
    }

    Optional<byte[]> read(String path, int flags, long offset, int limitBytes) {
        call("vFile:setfs:0"); // some stubs want it before the first open, others do not know it
        request.start().text("vFile:open:").hexText(path).text(',').hex(flags).text(",0");
        int file = result(connection.exchange(request));
        if (file < 0) return Optional.empty();
        Optional<byte[]> content = readOpen(file, offset, limitBytes);
        request.start().text("vFile:close:").hex(file);
        connection.exchange(request);
        return content;
    }

    private Optional<byte[]> readOpen(int file, long offset, int limitBytes) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        while (content.size() < limitBytes) {
            int want = Math.min(pieceBytes, limitBytes - content.size());
            request.start()
                    .text("vFile:pread:")
                    .hex(file)
                    .text(',')
                    .hex(want)
                    .text(',')
                    .hex(offset + content.size());
            PacketCursor reply = connection.exchange(request);
            int got = result(reply);
            if (got < 0) return Optional.empty();
            if (got == 0) break;
            if (!reply.skip(';') || reply.remaining() < got) throw Replies.malformed(request, reply);
            content.write(reply.data(), reply.position(), got);
        }
        return Optional.of(content.toByteArray());
    }

    private void call(String packet) {
        request.start().text(packet);
        connection.exchange(request);
    }

    /** The number after F; -1 when it is an error or the stub has no files. */
    private int result(PacketCursor reply) {
        if (!reply.skip('F') || reply.peek() == '-') return -1;
        try {
            return reply.hexInt();
        } catch (PacketCursor.Malformed e) {
            throw Replies.malformed(request, reply);
        }
    }
}
