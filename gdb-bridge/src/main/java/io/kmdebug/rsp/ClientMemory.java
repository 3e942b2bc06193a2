package io.kmdebug.rsp;

import io.kmdebug.rsp.RspException.Kind;

/** Memory through {@code m}, {@code x}, {@code M} and {@code X}, in pieces that fit the server's packets. */
final class ClientMemory {
    private static final int PAGE = 4096;
    private static final int KM_WRITE_BYTES = 8;

    private final ClientConnection connection;
    private final PacketWriter request;
    private final boolean binaryReads;
    private final boolean shortReadsAreExact;
    private final int readBytes;
    private final int writeBytes;
    private final boolean writesPairs;
    private boolean binaryWrites;

    ClientMemory(ClientConnection connection, PacketWriter request, ServerFeatures features) {
        this.connection = connection;
        this.request = request;
        binaryReads = features.has("binary-upload");
        shortReadsAreExact = features.has(ServerDispatch.STEPS_OVER);
        writesPairs = features.isOriginalKm();
        binaryWrites = !features.isOriginalKm();
        readBytes = (features.packetBytes() - 16) / 2;
        writeBytes = features.isOriginalKm() ? KM_WRITE_BYTES : (features.packetBytes() - 48) / 2;
    }

    /** Returns how many bytes could be read before the first unreadable one. */
    int read(long address, byte[] target, int offset, int length) {
        int done = 0;
        int most = readBytes;
        while (done < length) {
            int want = Math.min(most, length - done);
            int got = piece(address + done, target, offset + done, want);
            done += got;
            if (got == want || (got > 0 && !shortReadsAreExact)) continue;
            if (got > 0 || shortReadsAreExact) return done;
            // refused as a whole: what is readable of it ends at some page
            int toPageEnd = PAGE - (int) ((address + done) & (PAGE - 1));
            if (want <= toPageEnd) return done;
            most = toPageEnd;
            if (piecesOfOnePage(address + done, target, offset + done, toPageEnd) < toPageEnd) return done;
            done += toPageEnd;
            most = PAGE;
        }
        return done;
    }

    private int piecesOfOnePage(long address, byte[] target, int offset, int length) {
        int done = 0;
        while (done < length) {
            int got = piece(address + done, target, offset + done, Math.min(readBytes, length - done));
            if (got == 0) break;
            done += got;
        }
        return done;
    }

    private int piece(long address, byte[] target, int offset, int want) {
        request.start().text(binaryReads ? 'x' : 'm').hex(address).text(',').hex(want);
        PacketCursor reply = connection.exchange(request);
        if (reply.atEnd()) throw new RspException(Kind.UNSUPPORTED, Replies.message(request, "", "is not known"));
        if (Replies.isError(reply)) return 0;
        if (binaryReads) {
            if (!reply.skip('b')) throw Replies.malformed(request, reply);
            int got = Math.min(want, reply.remaining());
            System.arraycopy(reply.data(), reply.position(), target, offset, got);
            return got;
        }
        int got = Math.min(want, reply.remaining() / 2);
        try {
            for (int i = 0; i < got; i++) target[offset + i] = (byte) reply.hexByte();
        } catch (PacketCursor.Malformed e) {
            throw Replies.malformed(request, reply);
        }
        return got;
    }

    void write(long address, byte[] data) {
        if (data.length == 1 && writesPairs) {
            writeInPair(address, data[0]);
            return;
        }
        for (int done = 0; done < data.length; ) {
            int count = Math.min(writeBytes, data.length - done);
            if (writesPairs && data.length - done - count == 1) count--;
            if (binaryWrites) {
                address(address + done, count, 'X').binary(data, done, count);
                PacketCursor reply = connection.exchange(request);
                if (reply.atEnd()) {
                    binaryWrites = false;
                    continue;
                }
                Replies.ok(request, reply);
            } else {
                address(address + done, count, 'M').hexBytes(data, done, count);
                Replies.ok(request, connection.exchange(request));
            }
            done += count;
        }
    }

    /** KM overruns a buffer when it is to write a single byte: its neighbour is written as it is. */
    private void writeInPair(long address, byte value) {
        byte[] pair = {value, 0};
        if (read(address + 1, pair, 1, 1) == 1) {
            write(address, pair);
            return;
        }
        pair[1] = value;
        if (read(address - 1, pair, 0, 1) != 1) {
            throw new RspException(Kind.REFUSED, String.format("the stub has no memory around 0x%x", address));
        }
        write(address - 1, pair);
    }

    private PacketWriter address(long address, int count, char letter) {
        return request.start().text(letter).hex(address).text(',').hex(count).text(':');
    }
}
