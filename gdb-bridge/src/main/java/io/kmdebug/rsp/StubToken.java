package io.kmdebug.rsp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A secret that a client shows to a stub before the protocol begins, as one packet:
 *
 * <pre>
 * client: $qKmdebugToken:HEX#cs       HEX: the token's bytes, two digits each
 * stub:   +$OK#9a
 * </pre>
 *
 * <p>The stub says nothing to anything else, and closes the connection after {@link TokenGate#DELAY}.
 */
public final class StubToken {
    private static final int FEWEST_BYTES = 16;
    private static final int MOST_BYTES = 1024;
    private static final byte[] ADMITTED = "+$OK#9a".getBytes(StandardCharsets.US_ASCII);
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    /** The packet, with its frame. */
    private final byte[] frame;

    private StubToken(byte[] token) {
        PacketWriter packet = new PacketWriter()
                .start()
                .text("qKmdebugToken:")
                .hexBytes(token)
                .finish();
        frame = Arrays.copyOf(packet.frame(), packet.length());
    }

    /**
     * The content of a file, less white space around it.
     *
     * @throws IOException with a message for people: no such file, one that others than its owner may use, too few bytes
     */
    public static StubToken read(Path file) throws IOException {
        if (!Files.exists(file)) throw new IOException("the token file " + file + " does not exist");
        if (!Files.isRegularFile(file)) throw new IOException("the token file " + file + " is no regular file");
        if (!Collections.disjoint(Files.getPosixFilePermissions(file), OF_OTHERS)) {
            throw new IOException("the token file " + file + " may be read or written by others: chmod 600 " + file);
        }
        if (!Files.isReadable(file)) throw new IOException("the token file " + file + " cannot be read by this user");
        long bytes = Files.size(file);
        if (bytes > MOST_BYTES) {
            throw new IOException(
                    "the token file " + file + " has " + bytes + " bytes; " + MOST_BYTES + " are the most");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (text.length() < FEWEST_BYTES) {
            throw new IOException(
                    "the token in " + file + " has " + text.length() + " bytes; " + FEWEST_BYTES + " are the least");
        }
        return new StubToken(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** How many bytes {@link #admits} looks at. */
    int frameBytes() {
        return frame.length;
    }

    /** The packet with its frame, as Latin-1. */
    String frameText() {
        return new String(frame, StandardCharsets.ISO_8859_1);
    }

    /** Compares in a time that does not depend on where the bytes differ. */
    boolean admits(byte[] presented) {
        return MessageDigest.isEqual(frame, presented);
    }

    /** The stub's side: what a client is told that may go on. */
    static void admit(Wire wire) throws IOException {
        wire.out().write(ADMITTED);
        wire.out().flush();
    }

    /** The client's side. */
    void present(Wire wire, int timeoutMillis) throws IOException {
        wire.out().write(frame);
        wire.out().flush();
        wire.readTimeout(timeoutMillis);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        while (answer.size() < ADMITTED.length) {
            int next;
            try {
                next = wire.in().read();
            } catch (SocketTimeoutException e) {
                throw new IOException("it did not answer to the token in " + timeoutMillis + " ms", e);
            }
            if (next < 0) throw new IOException("it closed the connection when it saw the token: it has another one");
            answer.write(next);
            if (next != ADMITTED[answer.size() - 1]) throw new IOException("it does not ask for a token");
        }
        wire.readTimeout(0);
    }

    /** Not the secret. */
    @Override
    public String toString() {
        return "token";
    }
}
