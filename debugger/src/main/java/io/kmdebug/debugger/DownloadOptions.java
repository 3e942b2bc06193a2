package io.kmdebug.debugger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether debug information, programs and sources that are not on this machine may be asked for from debuginfod servers,
 * and how. debuginfod-find(1) has the environment variables.
 *
 * @param on nothing is asked for unless this is true
 * @param servers base URLs, in the order in which they are asked
 * @param cache where answers are kept, shared with elfutils' client
 * @param idle how long a server may take to send 100 KiB
 * @param maxBytes the largest file that is taken
 */
public record DownloadOptions(boolean on, List<String> servers, Path cache, Duration idle, long maxBytes) {
    /** Nothing is asked for. */
    public static final DownloadOptions OFF =
            new DownloadOptions(false, List.of(), Path.of(""), Duration.ofSeconds(30), 0);

    private static final long MAX_BYTES = 2L << 30;
    private static final int IDLE_SECONDS = 30;

    /** On, with what {@code environment} says: DEBUGINFOD_URLS, _CACHE_PATH, _TIMEOUT (seconds), _MAXSIZE (bytes). */
    public static DownloadOptions of(Map<String, String> environment) {
        List<String> servers = new ArrayList<>();
        for (String url : environment.getOrDefault("DEBUGINFOD_URLS", "").split("\\s+", -1)) {
            if (!url.isEmpty()) servers.add(url);
        }
        long seconds = number(environment.get("DEBUGINFOD_TIMEOUT"), IDLE_SECONDS);
        long bytes = number(environment.get("DEBUGINFOD_MAXSIZE"), MAX_BYTES);
        return new DownloadOptions(true, List.copyOf(servers), cache(environment), Duration.ofSeconds(seconds), bytes);
    }

    /** A number from 1 on; {@code otherwise} for anything else. */
    private static long number(@Nullable String text, long otherwise) {
        if (text == null || text.isEmpty() || text.length() > 15) return otherwise;
        for (char c : text.toCharArray()) if (c < '0' || c > '9') return otherwise;
        long value = Long.parseLong(text);
        return value == 0 ? otherwise : value;
    }

    private static Path cache(Map<String, String> environment) {
        String named = environment.getOrDefault("DEBUGINFOD_CACHE_PATH", "");
        if (!named.isEmpty()) return Path.of(named);
        Path home = Path.of(environment.getOrDefault("HOME", "/"));
        Path old = home.resolve(".debuginfod_client_cache");
        if (Files.isDirectory(old)) return old;
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        return (caches.isEmpty() ? home.resolve(".cache") : Path.of(caches)).resolve("debuginfod_client");
    }
}
