package io.kmdebug.debugger.download;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/**
 * What servers have answered, laid out as by elfutils' client: a folder for each build id; an empty file says that no
 * server has it.
 */
final class Cache {
    private static final Duration MISS_LIFETIME = Duration.ofMinutes(10);
    private static final int MAX_NAME_BYTES = 255;

    private final Path folder;

    Cache(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    /** The place of a file: {@code debuginfo}, {@code executable}. */
    Path place(String buildId, String kind) {
        return folder.resolve(buildId).resolve(kind);
    }

    /** The place of a source file; its path becomes a name without slashes. */
    Path sourcePlace(String buildId, String source) {
        return place(buildId, "source" + source.replace("#", "#_").replace("/", "##"));
    }

    static boolean canHold(Path place) {
        return String.valueOf(place.getFileName()).getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
    }

    static boolean holds(Path place) {
        try {
            return Files.isRegularFile(place) && Files.size(place) > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether no server had the file a short while ago. */
    static boolean isMiss(Path place) {
        try {
            if (!Files.isRegularFile(place) || Files.size(place) != 0) return false;
            FileTime asked = Files.getLastModifiedTime(place);
            return asked.toInstant().plus(MISS_LIFETIME).isAfter(Instant.now());
        } catch (IOException e) {
            return false;
        }
    }

    /** A new file beside {@code place}, on the same file system. */
    static Path beside(Path place) throws IOException {
        Files.createDirectories(place.getParent() == null ? place : place.getParent());
        return Files.createTempFile(place.getParent(), "download.", "");
    }

    /** Makes {@code finished} what is at {@code place}, for all who look at once. */
    static void keep(Path finished, Path place) throws IOException {
        Files.move(finished, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void keepMiss(Path place) throws IOException {
        keep(beside(place), place);
    }
}
