package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries that -gsplit-dwarf leaves in other files: a .dwo file for each unit, or one .dwp file with all of them
 * beside the program. Opened a unit at a time, when it is asked for. DWARF 5 §3.1.3, appendix F; before DWARF 5, GNU's
 * form of it (DebugFission).
 */
final class SplitUnits {
    private final DwarfImage main;
    private final DebugFiles files;
    private final Map<Long, DwarfImage> images = new ConcurrentHashMap<>();
    private @Nullable DwarfPackage packed;
    private boolean looked;

    SplitUnits(DwarfImage main, DebugFiles files) {
        this.main = main;
        this.files = files;
    }

    /** The unit whose skeleton is {@code skeleton}; null when it is not there, and then the image's problems say why. */
    @Nullable
    Unit of(Unit skeleton) {
        String name = ".debug_info unit at 0x" + Long.toHexString(skeleton.offset());
        try {
            name = skeleton.splitName();
            DwarfImage image = image(skeleton, name);
            if (image == null) return null;
            for (Unit unit : image.units()) {
                if (unit.isSplitFull() && unit.splitId() == skeleton.splitId()) return unit;
            }
            main.problem(name, "it belongs to another build of the program");
        } catch (IOException | CorruptFileException | InvalidPathException e) {
            main.problem(name, String.valueOf(e.getMessage()));
        }
        return null;
    }

    private @Nullable DwarfImage image(Unit skeleton, String name) throws IOException {
        DwarfImage known = images.get(skeleton.splitId());
        if (known != null) return known;
        DwarfSections sections = packedSections(skeleton.splitId());
        if (sections == null) {
            Path file = find(skeleton, name);
            if (file == null) {
                main.problem(name, "the file is missing, and so are the functions and variables of its unit");
                return null;
            }
            sections = DwarfSections.split(ElfFile.open(file), main.sections(), Map.of());
        }
        DwarfImage opened = new DwarfImage(sections, files, skeleton, this);
        images.put(skeleton.splitId(), opened);
        return opened;
    }

    private @Nullable Path find(Unit skeleton, String name) {
        Path program = main.sections().debugFile().path().toAbsolutePath();
        Set<Path> places = new LinkedHashSet<>();
        places.add(Path.of(skeleton.compilationDirectory()).resolve(name));
        Path folder = program.getParent();
        if (folder != null) {
            // a program that was moved together with its .dwo files
            places.add(folder.resolve(name));
            Path last = Path.of(name).getFileName();
            if (last != null) places.add(folder.resolve(last));
        }
        for (Path place : places) if (Files.isRegularFile(place)) return place;
        return null;
    }

    private @Nullable DwarfSections packedSections(long id) throws IOException {
        DwarfPackage file = packed();
        Map<String, DwarfPackage.Part> parts = file == null ? null : file.unit(id);
        return file == null || parts == null ? null : DwarfSections.split(file.file(), main.sections(), parts);
    }

    private synchronized @Nullable DwarfPackage packed() throws IOException {
        if (looked) return packed;
        looked = true;
        for (ElfFile of : List.of(main.sections().file(), main.sections().debugFile())) {
            Path place = Path.of(of.path() + ".dwp");
            if (!Files.isRegularFile(place)) continue;
            packed = DwarfPackage.read(ElfFile.open(place));
            return packed;
        }
        return null;
    }

    /** The type unit that {@code asking} does not have itself; null when there is none. */
    @Nullable
    DieRef typeUnit(long signature, Unit asking) {
        try {
            DwarfPackage file = packed();
            Map<String, DwarfPackage.Part> parts = file == null ? null : file.type(signature);
            if (file == null || parts == null) return null;
            return packedType(file, signature, parts, asking).ownTypeUnit(signature);
        } catch (IOException | CorruptFileException e) {
            main.problem("type unit", String.valueOf(e.getMessage()));
            return null;
        }
    }

    private DwarfImage packedType(
            DwarfPackage file, long signature, Map<String, DwarfPackage.Part> parts, Unit skeleton) {
        return images.computeIfAbsent(
                signature,
                s -> new DwarfImage(DwarfSections.split(file.file(), main.sections(), parts), files, skeleton, this));
    }

    /** All type units of the .dwp file. */
    List<Unit> packedTypeUnits() {
        List<Unit> found = new ArrayList<>();
        List<Unit> skeletons = main.units();
        try {
            DwarfPackage file = skeletons.isEmpty() ? null : packed();
            if (file == null) return found;
            for (long signature : file.typeSignatures()) {
                Map<String, DwarfPackage.Part> parts = file.type(signature);
                if (parts != null)
                    found.addAll(
                            packedType(file, signature, parts, skeletons.get(0)).units());
            }
        } catch (IOException | CorruptFileException e) {
            main.problem("type units", String.valueOf(e.getMessage()));
        }
        return found;
    }
}
