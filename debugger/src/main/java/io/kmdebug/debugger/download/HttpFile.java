package io.kmdebug.debugger.download;

import io.kmdebug.debugger.DownloadOptions;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One file from a server, within bounds of time and size. RFC 9110. */
final class HttpFile implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final long LOOK_MILLIS = 100;
    /** As many bytes must come within the idle time, so that a server cannot hold a session by a trickle. */
    private static final long PROGRESS_BYTES = 100 << 10;

    private final DownloadOptions options;
    private final HttpClient client;
    private final URI url;
    private volatile @Nullable CompletableFuture<HttpResponse<Void>> exchange;
    private volatile boolean closed;
    private volatile long announced = -1;
    private final AtomicLong done = new AtomicLong();

    /** What became of a request. */
    enum Outcome {
        TAKEN,
        /** The server does not have it: 404. */
        NOT_THERE
    }

    private HttpFile(DownloadOptions options, HttpClient client, URI url) {
        this.options = options;
        this.client = client;
        this.url = url;
    }

    /** A client for any number of files, one after the other. */
    static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(CONNECT)
                .build();
    }

    /** @throws IOException when {@code url} is none of HTTP */
    static HttpFile at(HttpClient client, URI url, DownloadOptions options) throws IOException {
        String scheme = String.valueOf(url.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https")) throw new IOException("it is no http or https URL");
        if (url.getHost() == null) throw new IOException("its URL names no host");
        return new HttpFile(options, client, url);
    }

    /**
     * Takes the answer into {@code target}.
     *
     * @param progress told in this thread how many bytes there are, as they come
     * @throws IOException when the server does not answer, or not within the bounds
     */
    Outcome take(Path target, LongConsumer progress) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(options.idle())
                .header("User-Agent", "kmdebug")
                .build();
        try (OutputStream out = Files.newOutputStream(target)) {
            CompletableFuture<HttpResponse<Void>> sent =
                    client.sendAsync(request, head -> body(head.statusCode(), length(head), out));
            exchange = sent;
            try {
                if (closed) throw new IOException("it was given up");
                int status = awaited(sent, progress).statusCode();
                if (status == NOT_FOUND) return Outcome.NOT_THERE;
                if (status != OK) throw new IOException("the server answers with status " + status);
            } finally {
                sent.cancel(true);
            }
        }
        if (done.get() > 0) progress.accept(done.get());
        return Outcome.TAKEN;
    }

    private static long length(HttpResponse.ResponseInfo head) {
        return head.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    /** Writes what comes into {@code out}, and nothing of what is no answer. In a thread of the client. */
    private HttpResponse.BodySubscriber<Void> body(int status, long length, OutputStream out) {
        if (status != OK) return HttpResponse.BodySubscribers.replacing(null);
        announced = length;
        if (length > options.maxBytes()) throw new UncheckedIOException(tooLarge(length));
        return HttpResponse.BodySubscribers.ofByteArrayConsumer(piece -> piece.ifPresent(bytes -> write(bytes, out)));
    }

    private void write(byte[] bytes, OutputStream out) {
        try {
            long total = done.get() + bytes.length;
            if (total > options.maxBytes()) throw tooLarge(total);
            out.write(bytes);
            done.set(total);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<Void> awaited(CompletableFuture<HttpResponse<Void>> sent, LongConsumer progress)
            throws IOException {
        long since = System.nanoTime();
        long before = 0;
        while (true) {
            try {
                return sent.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                long now = done.get();
                if (now > 0) progress.accept(now);
                if (now - before >= PROGRESS_BYTES) {
                    before = now;
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > options.idle().toNanos()) {
                    throw new IOException("the server sends less than 100 KiB in "
                            + options.idle().toSeconds() + " s");
                }
            } catch (CancellationException e) {
                throw new IOException("it was given up", e);
            } catch (ExecutionException e) {
                throw cause(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("it was given up", e);
            }
        }
    }

    /** What a thread of the client ran into, as this thread's own. */
    private IOException cause(ExecutionException e) {
        Throwable cause = e.getCause();
        boolean early = false;
        for (Throwable at = cause; at != null; at = at.getCause()) {
            early |= at instanceof EOFException;
            if (!(cause instanceof IOException)) cause = at;
        }
        if (closed) return new IOException("it was given up", cause);
        if (early && announced >= 0) {
            return new IOException("the answer ends after " + done.get() + " of " + announced + " bytes", cause);
        }
        // the client's own has no words
        if (cause instanceof ConnectException) return new IOException("it cannot be connected to", cause);
        return cause instanceof IOException known ? known : new IOException(String.valueOf(cause), cause);
    }

    /** Bytes that the answer will have; -1 when the server does not say. */
    long announced() {
        return announced;
    }

    private IOException tooLarge(long bytes) {
        return new IOException("the file has " + bytes + " bytes or more, and " + options.maxBytes() + " is the limit");
    }

    /** Also ends {@link #take} in another thread. */
    @Override
    public void close() {
        closed = true;
        CompletableFuture<HttpResponse<Void>> now = exchange;
        if (now != null) now.cancel(true);
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
