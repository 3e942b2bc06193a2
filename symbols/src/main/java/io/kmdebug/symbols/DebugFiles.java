package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Where the debug information of a program is when it is not in the program itself: the file that objcopy's
 * --only-keep-debug made, found by build id or by .gnu_debuglink, and the file that dwz made of what several files have
 * in common. GDB manual, "Separate Debug Files"; DWARF 5 §7.3.6.
 */
final class DebugFiles {
    /** The folder of the system's debug files; the property names another, for tests that are about programs alone. */
    private static final Path SYSTEM = Path.of(System.getProperty("kmdebug.debug.folder", "/usr/lib/debug"));

    private static final int CRC_PIECE = 1 << 20;

    private final List<Path> folders;
    private final DebugFileFetcher fetcher;

    /** @param folders each laid out as /usr/lib/debug */
    DebugFiles(List<Path> folders) {
        this(folders, DebugFileFetcher.NONE);
    }

    /** @param fetcher asked for what is in no folder */
    DebugFiles(List<Path> folders, DebugFileFetcher fetcher) {
        this.folders = folders;
        this.fetcher = fetcher;
    }

    static DebugFiles ofSystem() {
        return new DebugFiles(List.of(SYSTEM));
    }

    static DebugFiles ofSystem(DebugFileFetcher fetcher) {
        return new DebugFiles(List.of(SYSTEM), fetcher);
    }

    /**
     * Where DWARF and symbols are.
     *
     * @param file the program itself when it has its own, or none was found
     * @param missing for the user: which file is wanted but was not found or does not fit; "" for nothing
     */
    record Found(ElfFile file, String missing) {}

    static boolean hasDwarf(ElfFile file) {
        for (ElfSection section : file.sections()) {
            boolean info =
                    section.name().equals(".debug_info") || section.name().equals(".zdebug_info");
            if (info && section.type() != ElfSection.SHT_NOBITS) return true;
        }
        return false;
    }

    /** The file with the debug information of {@code program}. */
    Found find(ElfFile program) {
        if (hasDwarf(program)) return new Found(program, "");
        List<String> tried = new ArrayList<>();
        String buildId = program.buildId().orElse("");
        if (buildId.length() > 2) {
            for (Path folder : folders) {
                ElfFile file = open(byBuildId(folder, buildId), tried);
                if (file != null && fits(file, buildId, tried)) return new Found(file, "");
            }
        }
        Found linked = findLinked(program, buildId, tried);
        if (linked.file() != program) return linked;
        ElfFile fetched = fetch(buildId, tried);
        return fetched == null ? linked : new Found(fetched, "");
    }

    private @Nullable ElfFile fetch(String buildId, List<String> tried) {
        Path file = buildId.isEmpty() ? null : fetcher.fetch(buildId).orElse(null);
        return file == null ? null : open(file, tried);
    }

    private Found findLinked(ElfFile program, String buildId, List<String> tried) {
        Bytes link = content(program, ".gnu_debuglink");
        if (link == null || link.length() < 6) return new Found(program, String.join("; ", tried));
        String name = link.string(0);
        long crc = link.u4(link.length() - 4);
        for (Path path : linked(program.path(), name)) {
            if (isSame(path, program.path())) continue;
            ElfFile file = open(path, tried);
            if (file == null) continue;
            boolean byId = !buildId.isEmpty() && file.buildId().isPresent();
            if (byId ? fits(file, buildId, tried) : hasChecksum(file, crc, tried)) return new Found(file, "");
        }
        if (tried.isEmpty()) tried.add("its debug file " + name + " is not installed");
        return new Found(program, String.join("; ", tried));
    }

    /** The file that dwz made, as .gnu_debugaltlink or .debug_sup of {@code debug} names it; null when there is none. */
    @Nullable
    ElfFile supplement(ElfFile debug, List<String> problems) {
        String name;
        String id;
        Bytes link = content(debug, ".gnu_debugaltlink");
        if (link != null) {
            name = link.string(0);
            long at = name.getBytes(StandardCharsets.UTF_8).length + 1L;
            id = HexFormat.of().formatHex(link.copy(at, (int) Math.min(64, link.length() - at)));
        } else {
            link = content(debug, ".debug_sup");
            if (link == null || link.length() < 5 || link.u1(2) != 0) return null;
            // DWARF 5 §7.3.6: version, is_supplementary, name, checksum length, checksum
            name = link.string(3);
            long at = 3 + name.getBytes(StandardCharsets.UTF_8).length + 1L;
            id = HexFormat.of().formatHex(link.copy(at + 1, Math.min(link.u1(at), (int) (link.length() - at - 1))));
        }
        List<Path> places = new ArrayList<>();
        Path beside = debug.path().toAbsolutePath().getParent();
        if (beside != null) places.add(beside.resolve(name).normalize());
        if (id.length() > 2) for (Path folder : folders) places.add(byBuildId(folder, id));
        for (Path place : places) {
            ElfFile file = open(place, problems);
            if (file != null && (id.isEmpty() || fits(file, id, problems))) return file;
        }
        ElfFile fetched = fetch(id, problems);
        if (fetched != null) return fetched;
        if (problems.isEmpty()) problems.add("its common debug file " + name + " is not installed");
        return null;
    }

    private static Path byBuildId(Path folder, String id) {
        return folder.resolve(".build-id").resolve(id.substring(0, 2)).resolve(id.substring(2) + ".debug");
    }

    private List<Path> linked(Path program, String name) {
        List<Path> places = new ArrayList<>();
        Path absolute = program.toAbsolutePath().normalize();
        Path folder = absolute.getParent();
        if (folder == null || name.isEmpty()) return places;
        places.add(folder.resolve(name));
        places.add(folder.resolve(".debug").resolve(name));
        for (Path root : folders) places.add(Path.of(root + folder.toString()).resolve(name));
        return places;
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.exists(one) && Files.isSameFile(one, other);
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable ElfFile open(Path path, List<String> tried) {
        if (!Files.isRegularFile(path)) return null;
        try {
            return ElfFile.open(path);
        } catch (IOException | CorruptFileException e) {
            tried.add("its debug file " + path + " cannot be read: " + e.getMessage());
            return null;
        }
    }

    private static boolean fits(ElfFile file, String buildId, List<String> tried) {
        String its = file.buildId().orElse("");
        if (its.equals(buildId)) return true;
        tried.add("the debug file " + file.path() + " belongs to another program: its build id is "
                + (its.isEmpty() ? "missing" : its) + ", not " + buildId);
        return false;
    }

    private static boolean hasChecksum(ElfFile file, long wanted, List<String> tried) {
        CRC32 crc = new CRC32();
        Bytes bytes = file.bytes();
        byte[] piece = new byte[CRC_PIECE];
        for (long at = 0; at < bytes.length(); at += piece.length) {
            int size = (int) Math.min(piece.length, bytes.length() - at);
            bytes.copy(at, piece, 0, size);
            crc.update(piece, 0, size);
        }
        if (crc.getValue() == wanted) return true;
        tried.add(String.format(
                "the debug file %s belongs to another program: its CRC is 0x%08x, not 0x%08x",
                file.path(), crc.getValue(), wanted));
        return false;
    }

    private static @Nullable Bytes content(ElfFile file, String section) {
        try {
            return file.section(section).map(file::content).orElse(null);
        } catch (CorruptFileException e) {
            return null;
        }
    }
}
