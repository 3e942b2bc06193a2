package io.kmdebug.monitor.syscall;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Files of the process's part of /proc that say how the host treats it, and that the payload has opened to write. */
final class HostSettings {
    static final String OUT_OF_MEMORY_SCORE = "/proc/self/oom_score_adj";
    private static final int O_WRONLY_CLOEXEC = 02000001;

    private final Set<String> written = ConcurrentHashMap.newKeySet();

    void opened(String own) {
        if (own.equals(OUT_OF_MEMORY_SCORE)) written.add(own);
    }

    boolean isEmpty() {
        return written.isEmpty();
    }

    /** What the file says; null when the payload has not changed that. */
    @Nullable
    String value(World world, String file) {
        return written.contains(file) ? world.ownText(file).trim() : null;
    }

    /** Has the host treat this process so; {@code refused} gets a sentence when it may not. */
    void restore(World world, String file, @Nullable String value, Consumer<String> refused) {
        if (value == null) return;
        written.add(file);
        if (world.ownText(file).trim().equals(value)) return;
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        Scratch scratch = world.innerScratch();
        long fd = world.own(Sys.OPEN, scratch.string(file), O_WRONLY_CLOEXEC);
        long result = fd < 0 ? fd : world.own(Sys.WRITE, fd, scratch.bytes(bytes), bytes.length);
        if (fd >= 0) world.own(Sys.CLOSE, fd);
        if (result < 0) refused.accept(file + " cannot be set to " + value + " again: errno " + -result);
    }
}
