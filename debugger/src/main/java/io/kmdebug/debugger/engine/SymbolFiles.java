package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DownloadOptions;
import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.SymbolPool;
import io.kmdebug.debugger.download.Debuginfod;
import io.kmdebug.debugger.download.DownloadListener;
import io.kmdebug.debugger.target.ImageFiles;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a session gets symbols and sources from: this machine, and servers where that was asked for. Without downloads
 * nothing of a client is made.
 */
final class SymbolFiles implements ImageFiles, AutoCloseable {
    private final @Nullable Debuginfod servers;
    private final @Nullable Path sysroot;
    private final @Nullable SymbolPool pool;
    private final List<String> early = new ArrayList<>();
    private @Nullable Consumer<String> notices;

    SymbolFiles(DownloadOptions options, SessionListener listener) {
        this(options, null, null, listener);
    }

    /**
     * @param sysroot under which the payload's files are looked for first; null for none
     * @param pool shared with other sessions; null for none
     */
    SymbolFiles(DownloadOptions options, @Nullable Path sysroot, @Nullable SymbolPool pool, SessionListener listener) {
        this.sysroot = sysroot;
        // what is fetched goes with the client of this session
        this.pool = options.on() ? null : pool;
        this.servers = options.on() ? new Debuginfod(options, telling(listener), this::problem) : null;
        if (options.on() && options.servers().isEmpty()) {
            problem("debuginfod is on, but DEBUGINFOD_URLS names no server.");
        }
    }

    private static DownloadListener telling(SessionListener listener) {
        return new DownloadListener() {
            @Override
            public void downloading(String title, long done, long total) {
                listener.downloading(title, done, total);
            }

            @Override
            public void downloaded(String title, long bytes) {
                listener.downloaded(title, bytes);
            }
        };
    }

    private void problem(String text) {
        Consumer<String> sink;
        synchronized (this) {
            sink = notices;
            if (sink == null) early.add(text);
        }
        if (sink != null) sink.accept(text);
    }

    /** From now on problems go to {@code sink}, first those that there have been. */
    synchronized void tell(Consumer<String> sink) {
        notices = sink;
        early.forEach(sink);
        early.clear();
    }

    /** One that is not under the sysroot is looked for at its own path; a build id that differs is noticed there too. */
    @Override
    public Path place(String path) {
        Path own = Path.of(path);
        if (sysroot == null || !own.isAbsolute()) return own;
        Path moved = sysroot.resolve(own.getRoot().relativize(own));
        return Files.exists(moved) ? moved : own;
    }

    @Override
    public Symbols symbols(ElfFile file) {
        SymbolPool shared = pool;
        return shared == null ? own(file) : shared.of(file, () -> own(file));
    }

    private Symbols own(ElfFile file) {
        Debuginfod client = servers;
        boolean onDisk = file.path().isAbsolute() || Files.exists(file.path());
        return client == null || !onDisk ? Symbols.of(file) : Symbols.of(file, client::debugInfo);
    }

    /** Whether programs can be asked for. */
    boolean downloads() {
        return servers != null;
    }

    /** From a server. */
    @Override
    public Optional<ElfFile> program(String buildId) {
        Path file = servers == null ? null : servers.executable(buildId).orElse(null);
        if (file == null) return Optional.empty();
        try {
            return Optional.of(ElfFile.open(file));
        } catch (IOException | CorruptFileException e) {
            problem(file + " cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** A source file from a server. */
    Optional<Path> source(Symbols of, String path, @Nullable String md5) {
        String buildId = servers == null ? "" : of.file().buildId().orElse("");
        return servers == null || buildId.isEmpty() ? Optional.empty() : servers.source(buildId, path, md5);
    }

    @Override
    public void close() {
        if (servers != null) servers.close();
    }
}
