package io.kmdebug.symbols;

import io.kmdebug.machine.ElfFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a kept table of names belongs to: a build by its build id, or a file by path, size and time; and within that the
 * units as they are, since tools rewrite the debug information of a build and leave its id.
 */
final class NameKey {
    private static final int MAX_ID = 128;

    private NameKey() {}

    /** A file name; null where nothing tells this program from another. */
    static @Nullable String name(DwarfImage image) {
        ElfFile file = image.sections().debugFile();
        String id = file.buildId().orElse("");
        if (id.isEmpty() || id.length() > MAX_ID) id = identity(file.path());
        return id == null ? null : String.format(Locale.ROOT, "%s-%016x", id, of(image));
    }

    private static @Nullable String identity(Path path) {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            long hash = 0;
            for (byte b : path.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8)) {
                hash = mix(hash, b);
            }
            hash = mix(mix(hash, now.size()), now.lastModifiedTime().hashCode());
            return String.format(Locale.ROOT, "file-%016x", hash);
        } catch (IOException e) {
            return null;
        }
    }

    /** Of the headers of all units and the sizes of their sections. */
    static long of(DwarfImage image) {
        DwarfSections sections = image.sections();
        long hash = mix(
                mix(sections.info().length(), sections.types().length()),
                sections.abbrev().length());
        for (Unit unit : image.units()) {
            UnitHeader header = unit.header();
            hash = mix(mix(hash, header.offset()), header.end());
            hash = mix(mix(hash, header.abbrevOffset()), header.signature());
            hash = mix(mix(hash, header.version()), header.type());
        }
        return hash;
    }

    /** SplitMix64's finaliser over the sum. */
    private static long mix(long hash, long value) {
        long z = hash * 0x9e3779b97f4a7c15L + value;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
