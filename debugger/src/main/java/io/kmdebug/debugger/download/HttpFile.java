package io.kmdebug.debugger.download;

import io.kmdebug.debugger.DownloadOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One file from a server, within bounds of time and size. RFC 9110. */
final class HttpFile implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int MOST_ATTEMPTS = 100;
    private static final int ATTEMPT_MILLIS = 10;
    private static final int PIECE_BYTES = 1 << 16;
    /** As many bytes must come within the idle time, so that a server cannot hold a session by a trickle. */
    private static final long PROGRESS_BYTES = 100 << 10;

    private final DownloadOptions options;
    private final HttpURLConnection connection;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean taking;
    private volatile boolean closed;

    /** What became of a request. */
    enum Outcome {
        TAKEN,
        /** The server does not have it: 404. */
        NOT_THERE
    }

    private HttpFile(DownloadOptions options, HttpURLConnection connection) {
        this.options = options;
        this.connection = connection;
    }

    /** @throws IOException when {@code url} is none of HTTP */
    static HttpFile at(URI url, DownloadOptions options) throws IOException {
        String scheme = String.valueOf(url.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https")) throw new IOException("it is no http or https URL");
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(
                (int) Math.min(Integer.MAX_VALUE, options.idle().toMillis()));
        connection.setRequestProperty("User-Agent", "kmdebug");
        connection.setUseCaches(false);
        return new HttpFile(options, connection);
    }

    /**
     * Takes the answer into {@code target}.
     *
     * @param progress told how many bytes there are, as they come
     * @throws IOException when the server does not answer, or not within the bounds
     */
    Outcome take(Path target, LongConsumer progress) throws IOException {
        taking = true;
        try {
            return answer(target, progress);
        } catch (RuntimeException e) {
            // a connection that another thread closes while it is being made fails in ways of its own
            if (closed) throw new IOException("it was given up", e);
            throw e;
        } finally {
            ended.countDown();
        }
    }

    private Outcome answer(Path target, LongConsumer progress) throws IOException {
        int status = connection.getResponseCode();
        if (status == HttpURLConnection.HTTP_NOT_FOUND) return Outcome.NOT_THERE;
        if (status != HttpURLConnection.HTTP_OK) throw new IOException("the server answers with status " + status);
        long announced = connection.getContentLengthLong();
        if (announced > options.maxBytes()) throw tooLarge(announced);
        long done = 0;
        try (InputStream in = connection.getInputStream();
                OutputStream out = Files.newOutputStream(target)) {
            byte[] piece = new byte[PIECE_BYTES];
            long since = System.nanoTime();
            long before = 0;
            int got;
            while ((got = in.read(piece)) > 0) {
                if (closed) throw new IOException("it was given up");
                out.write(piece, 0, got);
                done += got;
                if (done > options.maxBytes()) throw tooLarge(done);
                progress.accept(done);
                if (done - before >= PROGRESS_BYTES) {
                    before = done;
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > options.idle().toNanos()) {
                    throw new IOException("the server sends less than 100 KiB in "
                            + options.idle().toSeconds() + " s");
                }
            }
        }
        if (announced >= 0 && done != announced) {
            throw new IOException("the answer ends after " + done + " of " + announced + " bytes");
        }
        return Outcome.TAKEN;
    }

    /** Bytes that the answer will have; -1 when the server does not say. */
    long announced() {
        return connection.getContentLengthLong();
    }

    private IOException tooLarge(long bytes) {
        return new IOException("the file has " + bytes + " bytes or more, and " + options.maxBytes() + " is the limit");
    }

    /** Also ends {@link #take} in another thread. */
    @Override
    public void close() {
        closed = true;
        connection.disconnect();
        try {
            // while the first bytes come the connection takes no notice
            for (int i = 0; taking && i < MOST_ATTEMPTS && !ended.await(ATTEMPT_MILLIS, TimeUnit.MILLISECONDS); i++) {
                connection.disconnect();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A path with everything but letters, digits, and what a path is made of escaped. RFC 3986 §3.3. */
    static String escaped(String path) {
        StringBuilder out = new StringBuilder();
        for (byte b : path.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            boolean plain = (b >= '0' && b <= '9')
                    || (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || "/-._~".indexOf(b) >= 0;
            if (plain) out.append((char) b);
            else out.append(String.format("%%%02X", b));
        }
        return out.toString();
    }

    /** For messages. */
    static String reason(IOException e) {
        @Nullable String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
