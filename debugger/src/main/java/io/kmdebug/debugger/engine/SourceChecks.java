package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.download.Md5;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares source files with the checksums that the compiler left of them, each once, beside the session's work. DWARF 5
 * §6.2.4.1, DW_LNCT_MD5.
 */
final class SourceChecks {
    private static final Logger LOG = System.getLogger(SourceChecks.class.getName());
    private static final int MAX_WAIT_SECONDS = 10;

    private final Consumer<String> warnings;
    private final Consumer<Runnable> owner;
    private final Queue<String> found = new ConcurrentLinkedQueue<>();
    private final Set<String> seen = new HashSet<>();
    private @Nullable ThreadPoolExecutor worker;

    /**
     * @param warnings told of each file that differs
     * @param owner runs what it is given in the thread where {@code warnings} may be told
     */
    SourceChecks(Consumer<String> warnings, Consumer<Runnable> owner) {
        this.warnings = warnings;
        this.owner = owner;
    }

    /** Compares the file at {@code path} with {@code md5} some time soon. */
    synchronized void later(String path, String md5) {
        if (!seen.add(path)) return;
        worker().execute(() -> {
            if (differs(path, md5)) {
                found.add(
                        path
                                + " is not the text that was compiled: its MD5 differs. What is shown at its lines may be wrong.");
                owner.accept(this::tell);
            }
        });
    }

    private void tell() {
        String text;
        while ((text = found.poll()) != null) warnings.accept(text);
    }

    static boolean differs(String path, String md5) {
        try {
            return !Md5.of(Path.of(path)).equals(md5);
        } catch (IOException e) {
            // Whoever shows the file will meet it again, and say so.
            LOG.log(Level.DEBUG, "source not checked", e);
            return false;
        }
    }

    private ThreadPoolExecutor worker() {
        ThreadPoolExecutor known = worker;
        if (known == null) {
            known = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), body -> {
                Thread thread = new Thread(body, "kmdebug-source-checks");
                thread.setDaemon(true);
                return thread;
            });
            known.allowCoreThreadTimeOut(true);
            worker = known;
        }
        return known;
    }

    /** Waits until what was asked for so far is known, and tells it; on the owner's thread. */
    void finish() {
        ThreadPoolExecutor running;
        synchronized (this) {
            running = worker;
        }
        if (running == null) return;
        CountDownLatch reached = new CountDownLatch(1);
        running.execute(reached::countDown);
        try {
            if (!reached.await(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) LOG.log(Level.DEBUG, "sources are still checked");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tell();
    }
}
