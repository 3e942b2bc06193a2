package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The types of a Go program by where its run-time system describes them. DW_AT_go_runtime_type is that address, or the
 * distance from the start of its section: both occur in one program.
 */
final class GoRuntimeTypes {
    private final DwarfImage image;
    private final Map<Long, List<DieRef>> byPlace = new HashMap<>();

    private GoRuntimeTypes(DwarfImage image) {
        this.image = image;
    }

    static GoRuntimeTypes of(DwarfImage image) {
        GoRuntimeTypes types = new GoRuntimeTypes(image);
        for (Unit unit : image.unitsWithEntries()) {
            try {
                if (unit.isGo()) types.read(unit.rootDie());
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return types;
    }

    private void read(Die child) {
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            int index = child.indexOf(Attribute.GO_RUNTIME_TYPE);
            if (index < 0) continue;
            long place = child.isAddress(index) ? child.address(index) : child.constant(Attribute.GO_RUNTIME_TYPE, 0);
            if (place == 0) continue;
            byPlace.computeIfAbsent(place, k -> new ArrayList<>(1)).add(new DieRef(child.unit(), child.offset()));
        }
    }

    /** @param address link-time address of the description, whose first word is the size of the type's values */
    Optional<Type> at(long address) {
        ElfFile file = image.sections().file();
        for (ElfSection section : file.sections()) {
            if ((section.flags() & ElfSection.SHF_ALLOC) == 0 || !section.contains(address)) continue;
            long size = section.type() == ElfSection.SHT_NOBITS
                    ? -1
                    : size(file.content(section), address - section.address());
            Optional<Type> near = ofSize(size, address - section.address());
            return near.isPresent() ? near : ofSize(size, address);
        }
        return Optional.empty();
    }

    private static long size(Bytes content, long offset) {
        return offset + 8 <= content.length() ? content.u8(offset) : -1;
    }

    private Optional<Type> ofSize(long size, long place) {
        for (DieRef ref : byPlace.getOrDefault(place, List.of())) {
            Type type = image.types().at(ref);
            if (type.byteSize() == size) return Optional.of(type);
        }
        return Optional.empty();
    }
}
