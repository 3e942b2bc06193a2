package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables of names of large programs, kept in a folder from one session to the next. A file appears there whole, by a
 * rename; the longest unused go when all of them are too large. Nothing that goes wrong here is the user's concern: the
 * table is then made anew.
 *
 * <p>{@code KMDEBUG_INDEX_CACHE} (or the property {@code kmdebug.index.cache}) is {@code off}, or names the folder;
 * else it is {@code kmdebug/index} in {@code XDG_CACHE_HOME} or {@code ~/.cache}. {@code KMDEBUG_INDEX_CACHE_MIB}
 * bounds it.
 */
final class NameCache {
    private static final System.Logger LOG = System.getLogger(NameCache.class.getName());
    private static final String SUFFIX = ".names";
    private static final String UNFINISHED = ".unfinished";
    private static final Duration ABANDONED = Duration.ofHours(1);
    private static final long DEFAULT_MIB = 1024;
    /** Below this much debug information the names are read in less time than a file is worth. */
    private static final long WORTH_KEEPING = 4 << 20;

    private final @Nullable Path folder;
    private final long limit;
    private final long worthKeeping;

    /**
     * @param folder null for no cache
     * @param limit bytes of all files together
     * @param worthKeeping bytes of debug information from which on a table is kept
     */
    NameCache(@Nullable Path folder, long limit, long worthKeeping) {
        this.folder = folder;
        this.limit = limit;
        this.worthKeeping = worthKeeping;
    }

    /** As the environment says. */
    static NameCache ofSystem() {
        String named = System.getProperty("kmdebug.index.cache");
        if (named == null) named = System.getenv("KMDEBUG_INDEX_CACHE");
        if (named == null || named.isEmpty()) {
            Path home = cacheHome();
            return new NameCache(home == null ? null : home.resolve("kmdebug/index"), limit(), WORTH_KEEPING);
        }
        boolean off = named.equals("off") || !named.startsWith("/");
        return new NameCache(off ? null : Path.of(named), limit(), WORTH_KEEPING);
    }

    private static @Nullable Path cacheHome() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        if (xdg != null && xdg.startsWith("/")) return Path.of(xdg);
        String home = System.getenv("HOME");
        return home == null || !home.startsWith("/") ? null : Path.of(home, ".cache");
    }

    private static long limit() {
        String text = System.getenv("KMDEBUG_INDEX_CACHE_MIB");
        try {
            if (text != null) return Math.max(0, Math.min(Long.parseLong(text), 1 << 20)) << 20;
        } catch (NumberFormatException e) {
            LOG.log(Level.WARNING, "KMDEBUG_INDEX_CACHE_MIB is no number: " + text);
        }
        return DEFAULT_MIB << 20;
    }

    /** Whether tables of a program with so much debug information are kept. */
    boolean keeps(long debugBytes) {
        return folder != null && debugBytes >= worthKeeping;
    }

    /** The table that was stored under {@code name}; null when there is none that is whole and of {@code key}. */
    @Nullable
    NameTable load(String name, long key) {
        if (folder == null) return null;
        Path file = folder.resolve(name + SUFFIX);
        try {
            NameTable table = NameTable.open(Bytes.map(file), key);
            touch(file);
            return table;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | CorruptFileException e) {
            LOG.log(Level.DEBUG, "a table of names is not usable", e);
            return null; // what is stored in its place replaces it
        }
    }

    /** Marks a file as used; where that is not permitted it only goes earlier. */
    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a table of names cannot be marked as used", e);
        }
    }

    /** Keeps {@code table}, if there is room for it. */
    void store(String name, NameTable table) {
        if (folder == null || table.bytes().length() > limit) return;
        Path unfinished = null;
        try {
            create(folder);
            unfinished = Files.createTempFile(folder, name, UNFINISHED);
            write(table.bytes(), unfinished);
            Files.move(unfinished, folder.resolve(name + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
            unfinished = null;
            shrink();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a table of names cannot be kept", e);
        } finally {
            if (unfinished != null) delete(unfinished);
        }
    }

    private static void create(Path folder) throws IOException {
        if (Files.isDirectory(folder)) return;
        Path parent = folder.getParent();
        if (parent != null) Files.createDirectories(parent);
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static void write(Bytes bytes, Path file) throws IOException {
        byte[] piece = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long at = 0; at < bytes.length(); at += piece.length) {
                int size = (int) Math.min(piece.length, bytes.length() - at);
                bytes.copy(at, piece, 0, size);
                out.write(piece, 0, size);
            }
        }
    }

    private record Kept(Path file, long size, FileTime used) {}

    /** Deletes what was not used for longest until the rest fits, and what a writer left that did not end well. */
    private void shrink() throws IOException {
        if (folder == null) return;
        List<Kept> all = new ArrayList<>();
        long total = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.toString();
                if (!name.endsWith(SUFFIX) && !name.endsWith(UNFINISHED)) continue;
                BasicFileAttributes now = attributes(file);
                if (now == null || !now.isRegularFile()) continue;
                if (name.endsWith(UNFINISHED)) {
                    if (now.lastModifiedTime()
                            .toInstant()
                            .isBefore(Instant.now().minus(ABANDONED))) delete(file);
                    continue;
                }
                all.add(new Kept(file, now.size(), now.lastModifiedTime()));
                total += now.size();
            }
        }
        all.sort(Comparator.comparing(Kept::used));
        for (Kept each : all) {
            if (total <= limit) return;
            delete(each.file);
            total -= each.size;
        }
    }

    /** Null for a file that another process has deleted meanwhile. */
    private static @Nullable BasicFileAttributes attributes(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a file of the cache is gone", e);
            return null;
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a file of the cache cannot be deleted", e);
        }
    }
}
