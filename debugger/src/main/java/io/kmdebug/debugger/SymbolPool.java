package io.kmdebug.debugger;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Symbols that several sessions share, so that each program file is read once for many cores. The files that were longest
 * not asked for are given up when there are too many. Thread-safe.
 */
public final class SymbolPool {
    private static final int FILES = 24;

    /** Of one file in one state: what is compiled anew meanwhile is another one. */
    private record Key(Path path, @Nullable Object file, long bytes, FileTime time, Optional<String> buildId) {}

    private final Map<Key, Symbols> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Symbols> eldest) {
            return size() > FILES;
        }
    };

    /** Those of {@code file}, made by {@code reader} where nobody has had them; not kept for what is no file on disk. */
    public Symbols of(ElfFile file, Supplier<Symbols> reader) {
        Key key;
        try {
            BasicFileAttributes now = Files.readAttributes(file.path(), BasicFileAttributes.class);
            key = new Key(file.path(), now.fileKey(), now.size(), now.lastModifiedTime(), file.buildId());
        } catch (IOException e) {
            return reader.get();
        }
        synchronized (kept) {
            return kept.computeIfAbsent(key, k -> reader.get());
        }
    }
}
