package io.kmdebug.debugger.download;

import io.kmdebug.debugger.DownloadOptions;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks debuginfod servers for files by build id. What they send is kept in the cache once it has proved to be what was
 * asked for; a server that does not answer is asked once a session. Thread-safe: one file at a time.
 */
public final class Debuginfod implements AutoCloseable {
    private static final long NANOS_BETWEEN_REPORTS = 250_000_000;

    private final DownloadOptions options;
    private final Cache cache;
    private final DownloadListener listener;
    private final Consumer<String> problems;
    private final Set<String> silent = new HashSet<>();
    private @Nullable HttpClient client;
    private volatile @Nullable HttpFile running;
    private volatile boolean closed;

    /** Says why a file that was sent is not the one that was asked for; null when it is. */
    private interface Check {
        @Nullable
        String problem(Path file) throws IOException;
    }

    /** @param problems told what goes wrong, in words for the user */
    public Debuginfod(DownloadOptions options, DownloadListener listener, Consumer<String> problems) {
        this.options = options;
        this.cache = new Cache(options.cache());
        this.listener = listener;
        this.problems = problems;
    }

    /** The file with the debug information of the program with this build id (lower-case hex). */
    public Optional<Path> debugInfo(String buildId) {
        if (!isBuildId(buildId)) return Optional.empty();
        return file(
                cache.place(buildId, "debuginfo"),
                "buildid/" + buildId + "/debuginfo",
                "debug information of " + buildId,
                file -> otherBuild(file, buildId));
    }

    /** The program or library with this build id. */
    public Optional<Path> executable(String buildId) {
        if (!isBuildId(buildId)) return Optional.empty();
        return file(
                cache.place(buildId, "executable"),
                "buildid/" + buildId + "/executable",
                "program " + buildId,
                file -> otherBuild(file, buildId));
    }

    /**
     * A source file of the program with this build id.
     *
     * @param path absolute, as the debug information has it
     * @param md5 of its text, in hex, where it is known
     */
    public Optional<Path> source(String buildId, String path, @Nullable String md5) {
        Path place = cache.sourcePlace(buildId, path);
        if (!isBuildId(buildId) || !path.startsWith("/") || !Cache.canHold(place)) return Optional.empty();
        return file(
                place,
                "buildid/" + buildId + "/source" + HttpFile.escaped(path),
                "source " + path,
                file -> md5 == null || Md5.of(file).equals(md5) ? null : "its MD5 is not the one in the line table");
    }

    private static boolean isBuildId(String id) {
        for (int i = 0; i < id.length(); i++) if (Character.digit(id.charAt(i), 16) < 0) return false;
        return id.length() >= 4 && id.length() <= 128;
    }

    private static @Nullable String otherBuild(Path file, String wanted) throws IOException {
        try {
            String its = ElfFile.open(file).buildId().orElse("");
            return its.equals(wanted) ? null : "its build id is " + (its.isEmpty() ? "missing" : its);
        } catch (CorruptFileException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private synchronized Optional<Path> file(Path place, String request, String what, Check check) {
        if (closed) return Optional.empty();
        if (Cache.holds(place)) return cached(place, check);
        if (Cache.isMiss(place)) return Optional.empty();
        boolean everyoneLacksIt = !options.servers().isEmpty();
        for (String server : options.servers()) {
            if (silent.contains(server)) {
                everyoneLacksIt = false;
                continue;
            }
            try {
                if (ask(server, place, request, what, check) == HttpFile.Outcome.TAKEN) return Optional.of(place);
            } catch (IOException e) {
                everyoneLacksIt = false;
                if (closed) return Optional.empty();
                if (!(e instanceof Refused)) silent.add(server);
                problems.accept("debuginfod: no " + what + " from " + server + ": " + HttpFile.reason(e));
            }
        }
        if (everyoneLacksIt) rememberMiss(place);
        return Optional.empty();
    }

    /** A server answered with something that is not what was asked for; it may have other files that are. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private Optional<Path> cached(Path place, Check check) {
        try {
            String problem = check.problem(place);
            if (problem == null) return Optional.of(place);
            problems.accept("debuginfod: " + place + " is not used: " + problem);
        } catch (IOException e) {
            problems.accept("debuginfod: " + place + " cannot be read: " + HttpFile.reason(e));
        }
        return Optional.empty();
    }

    private HttpFile.Outcome ask(String server, Path place, String request, String what, Check check)
            throws IOException {
        Path partial = Cache.beside(place);
        try (HttpFile http = HttpFile.at(client(), url(server, request), options)) {
            running = http;
            if (closed) throw new IOException("the session has ended");
            Reports reports = new Reports(what + " from " + server, http);
            HttpFile.Outcome outcome;
            try {
                outcome = http.take(partial, reports::progress);
            } finally {
                reports.end();
            }
            if (outcome == HttpFile.Outcome.TAKEN) {
                String problem = check.problem(partial);
                if (problem != null) throw new Refused("what it sent is something else: " + problem);
                Cache.keep(partial, place);
            }
            return outcome;
        } finally {
            running = null;
            Files.deleteIfExists(partial);
        }
    }

    /** Made for the first file: most sessions ask for none. */
    private HttpClient client() {
        HttpClient made = client;
        if (made == null) client = made = HttpFile.client();
        return made;
    }

    private static URI url(String server, String request) throws IOException {
        try {
            return new URI(server.endsWith("/") ? server + request : server + "/" + request);
        } catch (URISyntaxException e) {
            throw new IOException("it is no URL: " + e.getReason(), e);
        }
    }

    private void rememberMiss(Path place) {
        try {
            Cache.keepMiss(place);
        } catch (IOException e) {
            problems.accept("debuginfod: the cache " + options.cache() + " cannot be written: " + HttpFile.reason(e));
        }
    }

    /** Tells the listener of one download: nothing of one that brings nothing. */
    private final class Reports {
        private final String title;
        private final HttpFile http;
        private boolean begun;
        private long last;
        private long done;

        Reports(String title, HttpFile http) {
            this.title = title;
            this.http = http;
        }

        void progress(long bytes) {
            done = bytes;
            long now = System.nanoTime();
            if (begun && now - last < NANOS_BETWEEN_REPORTS) return;
            listener.downloading(title, bytes, http.announced());
            begun = true;
            last = now;
        }

        void end() {
            if (begun) listener.downloaded(title, done);
        }
    }

    /** Ends what is under way; nothing is asked for any more. Any thread. */
    @Override
    public void close() {
        closed = true;
        HttpFile now = running;
        if (now != null) now.close();
    }
}
