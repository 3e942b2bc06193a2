package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.symbols.SourceFile;
import io.kmdebug.symbols.Symbols;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where source files are on this machine: under a mapped prefix, at the path in the debug information, or beside the
 * program, under as many of the path's last components as are there; else in the debug information itself, or on a
 * server.
 */
final class SourcePaths {
    private final List<Map.Entry<String, String>> prefixes;
    private final @Nullable Path programFolder;
    private final SymbolFiles files;
    private final SourceChecks checks;
    private final Map<String, String> known = new HashMap<>();
    private final Map<String, String> searched = new HashMap<>();
    /** By the path that is shown: what the debug information says of a file. */
    private final Map<String, Origin> origins = new HashMap<>();

    private record Origin(SourceFile file, Symbols symbols) {}

    /**
     * @param prefixes of the debug information to prefixes on this machine; of several that fit the longest counts
     * @param checks told of each file that has a checksum
     */
    SourcePaths(Map<String, String> prefixes, @Nullable Path program, SymbolFiles files, SourceChecks checks) {
        this.prefixes = new ArrayList<>(prefixes.entrySet());
        this.files = files;
        this.checks = checks;
        Path folder =
                program == null ? null : program.toAbsolutePath().normalize().getParent();
        this.programFolder = folder;
    }

    /** Where {@code file}, which the debug information of {@code symbols} names, is or would be on this machine. */
    SourceLocation location(SourceFile file, Symbols symbols, int line, int column) {
        String path = file.path();
        String local = known.get(path);
        if (local == null) {
            local = search(path, file.md5());
            known.put(path, local);
            origins.put(local, new Origin(file, symbols));
            String md5 = file.md5();
            if (md5 != null && exists(local)) checks.later(local, md5);
        }
        return new SourceLocation(local, line, column, file.md5());
    }

    /** The path on this machine; the path itself where no such file is found. */
    String toLocal(String path) {
        String local = known.get(path);
        return local != null ? local : searched.computeIfAbsent(path, p -> search(p, null));
    }

    private String search(String path, @Nullable String md5) {
        for (Map.Entry<String, String> prefix : longestFirst(Map.Entry::getKey)) {
            String mapped = replacePrefix(path, prefix.getKey(), prefix.getValue());
            if (mapped != null && exists(mapped)) return mapped;
        }
        if (path.startsWith("/") && exists(path)) return path;
        String beside = besideProgram(path, md5);
        return beside != null ? beside : exists(path) ? absolute(path) : path;
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize().toString();
    }

    private List<Map.Entry<String, String>> longestFirst(Function<Map.Entry<String, String>, String> side) {
        if (prefixes.size() < 2) return prefixes;
        List<Map.Entry<String, String>> sorted = new ArrayList<>(prefixes);
        sorted.sort((a, b) -> side.apply(b).length() - side.apply(a).length());
        return sorted;
    }

    /** A file of the same name is another's when its checksum says so. */
    private @Nullable String besideProgram(String path, @Nullable String md5) {
        if (programFolder == null) return null;
        // a/b/c.c, then b/c.c, then c.c
        for (String tail = path; !tail.isEmpty(); tail = tail.substring(tail.indexOf('/') + 1)) {
            for (Path folder = programFolder; folder != null; folder = parent(folder)) {
                String candidate = folder + "/" + tail;
                boolean found = !tail.startsWith("/") && exists(candidate);
                if (found && (md5 == null || !SourceChecks.differs(candidate, md5))) return candidate;
            }
            if (tail.indexOf('/') < 0) break;
        }
        return null;
    }

    /** The program's folder and the one above it: sources often lie beside the folder of the binaries. */
    private @Nullable Path parent(Path folder) {
        return folder.equals(programFolder) ? folder.getParent() : null;
    }

    /** Paths under which the debug information may know a file that the user names, most likely first. */
    List<String> toRecorded(String path) {
        List<String> candidates = new ArrayList<>();
        for (Map.Entry<String, String> prefix : longestFirst(Map.Entry::getValue)) {
            String recorded = replacePrefix(path, prefix.getValue(), prefix.getKey());
            if (recorded != null) candidates.add(recorded);
        }
        candidates.add(path);
        String normal = normalize(path);
        if (!candidates.contains(normal)) candidates.add(normal);
        return candidates;
    }

    private static String normalize(String path) {
        try {
            Path file = Path.of(path);
            return Files.exists(file)
                    ? file.toRealPath().toString()
                    : file.normalize().toString();
        } catch (IOException | InvalidPathException e) {
            return path;
        }
    }

    private static @Nullable String replacePrefix(String path, String from, String to) {
        String prefix = from.endsWith("/") ? from.substring(0, from.length() - 1) : from;
        String target = to.endsWith("/") ? to.substring(0, to.length() - 1) : to;
        if (path.equals(prefix)) return target;
        return path.startsWith(prefix + "/") ? target + path.substring(prefix.length()) : null;
    }

    static boolean exists(String path) {
        try {
            return Files.isRegularFile(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /**
     * A file's text.
     *
     * @throws DebuggerException when it is nowhere, or cannot be read
     */
    String text(String path) {
        String local = toLocal(path);
        if (exists(local)) return read(local);
        Origin origin = origins.get(local);
        Optional<String> elsewhere = origin == null ? Optional.empty() : elsewhere(origin);
        return elsewhere.orElseThrow(() -> new DebuggerException("The source file " + path
                + " is not on this machine. A source map entry can say where it is"
                + (files.downloads() ? "; no server has it." : ", or debuginfod be switched on.")));
    }

    private Optional<String> elsewhere(Origin origin) {
        SourceFile file = origin.file();
        return origin.symbols()
                .embeddedSource(file.path())
                .or(() -> files.source(origin.symbols(), file.path(), file.md5())
                        .map(Path::toString)
                        .map(SourcePaths::read));
    }

    private static String read(String local) {
        try {
            return new String(Files.readAllBytes(Path.of(local)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DebuggerException("The source file " + local + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Lines of a file around {@code line} by number, from 1; empty when the file is not found. */
    Map<Integer, String> around(String path, int line, int before, int after) {
        String local = toLocal(path);
        Origin origin = origins.get(local);
        Optional<String> text =
                exists(local) ? Optional.of(read(local)) : origin == null ? Optional.empty() : elsewhere(origin);
        if (text.isEmpty()) return Map.of();
        Map<Integer, String> lines = new TreeMap<>();
        String[] all = text.get().split("\n", -1);
        for (int i = Math.max(1, line - before); i <= Math.min(all.length, line + after); i++) {
            lines.put(i, all[i - 1].stripTrailing());
        }
        return lines;
    }

    /** Waits until every file that was shown so far is compared with its checksum. */
    void finishChecks() {
        checks.finish();
    }
}
