package io.kmdebug.debugger.target;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SessionListener.OutputKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A running {@code km}. Its standard output is the stub's banner up to the line {@code GdbServerStubStarted} and the
 * payload's from there on; its standard error is the payload's; its own log goes to a file.
 */
public final class KmProcess implements AutoCloseable {
    /** Receives the payload's output, on a thread for each stream. */
    public interface OutputSink {
        void output(OutputKind kind, String text);
    }

    private static final Logger LOG = System.getLogger(KmProcess.class.getName());
    private static final String MARKER = "GdbServerStubStarted";
    private static final Pattern PORT = Pattern.compile("target remote \\S*:(\\d+)");
    private static final int LOG_LIMIT_CHARS = 4096;
    private static final int BANNER_LIMIT_BYTES = 64 * 1024;
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private final Process process;
    private final Path log;
    private final Thread outReader;
    private final Thread errReader;
    private final CountDownLatch started = new CountDownLatch(1);
    private final StringBuilder earlyErrors = new StringBuilder();
    private volatile int port;
    private volatile boolean stubListens;

    private KmProcess(Process process, Path log, OutputSink sink) {
        this.process = process;
        this.log = log;
        this.outReader = reader("kmdebug-payload-stdout", () -> readOutput(process.getInputStream(), sink));
        this.errReader = reader("kmdebug-payload-stderr", () -> readErrors(process.getErrorStream(), sink));
    }

    static KmProcess awaitStub(Process process, Path log, OutputSink sink) {
        KmProcess km = new KmProcess(process, log, sink);
        km.outReader.start();
        km.errReader.start();
        try {
            boolean known = km.started.await(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            if (known && km.stubListens) return km;
            String why =
                    known ? km.whyItEnded() : "its stub does not listen after " + START_TIMEOUT.toSeconds() + " s.";
            km.close();
            throw new DebuggerException("The monitor did not start the program: " + why);
        } catch (InterruptedException e) {
            km.close();
            Thread.currentThread().interrupt();
            throw new DebuggerException("The launch was interrupted.", e);
        }
    }

    private static Thread reader(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    /** The port on which the stub listens, 1 to 65535. */
    public int port() {
        return port;
    }

    /** Process id of the monitor. */
    public long pid() {
        return process.pid();
    }

    /** Whether the monitor still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits for the end of the process and of its output.
     *
     * @return its status, 128 + n when signal n ended it; empty when it still runs after {@code timeout}
     */
    public OptionalInt awaitExit(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) return OptionalInt.empty();
        outReader.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        errReader.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        return OptionalInt.of(process.exitValue());
    }

    private String whyItEnded() throws InterruptedException {
        OptionalInt status = awaitExit(Duration.ofSeconds(5));
        String said;
        synchronized (earlyErrors) {
            said = earlyErrors.toString().strip();
        }
        if (said.isEmpty()) said = lastLogLine();
        String end = status.isPresent() ? "it ended with status " + status.getAsInt() : "it closed its output";
        return said.isEmpty() ? end + " and said nothing." : said + " (" + end + ")";
    }

    private String lastLogLine() {
        String text = log().strip();
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    /** What the monitor has logged, at most the last 4096 characters. */
    public String log() {
        try {
            String text = Files.readString(log, StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - LOG_LIMIT_CHARS));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the monitor's log cannot be read", e);
            return "";
        }
    }

    private void readOutput(InputStream in, OutputSink sink) {
        try {
            if (readBanner(in)) {
                stubListens = true;
                started.countDown();
                forward(in, OutputKind.STDOUT, sink);
            }
        } catch (IOException e) {
            // The stream is closed under the reader when the session is closed.
            LOG.log(Level.DEBUG, "standard output of the monitor ended", e);
        } finally {
            started.countDown();
        }
    }

    /** Byte by byte, so that nothing of the payload's output is swallowed. Returns whether the stub started. */
    private boolean readBanner(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int total = 0; total < BANNER_LIMIT_BYTES; total++) {
            int next = in.read();
            if (next < 0) return false;
            if (next != '\n') {
                line.write(next);
                continue;
            }
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            Matcher matcher = PORT.matcher(text);
            if (matcher.find()) port = Integer.parseInt(matcher.group(1));
            if (text.strip().equals(MARKER)) return port > 0;
        }
        return false;
    }

    private void readErrors(InputStream in, OutputSink sink) {
        try {
            forward(in, OutputKind.STDERR, (kind, text) -> {
                if (!stubListens) {
                    synchronized (earlyErrors) {
                        earlyErrors.append(text);
                    }
                } else {
                    sink.output(kind, text);
                }
            });
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "standard error of the monitor ended", e);
        }
    }

    private static void forward(InputStream in, OutputKind kind, OutputSink sink) throws IOException {
        Utf8Chunks decoder = new Utf8Chunks();
        byte[] buffer = new byte[8192];
        for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
            String text = decoder.decode(buffer, got);
            if (!text.isEmpty()) sink.output(kind, text);
        }
        String rest = decoder.finish();
        if (!rest.isEmpty()) sink.output(kind, rest);
    }

    /** Ends the monitor and everything below it at once. A signal that can be handled would go to the payload. */
    @Override
    public void close() {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        deleteLog();
    }

    /** Leaves the monitor running and forgets it. */
    public void release() {
        deleteLog();
    }

    private void deleteLog() {
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the monitor's log cannot be deleted", e);
        }
    }
}
