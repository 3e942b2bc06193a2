package io.kmdebug.debugger.target;

import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.LinkMapList;
import io.kmdebug.machine.MemoryReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The dynamic linker's list of what the program has loaded, in its own namespace.
 *
 * @param libraries without the executable itself
 * @param hook r_brk: called before and after the list changes
 */
record LinkMap(List<LinkMapList.Entry> libraries, OptionalLong hook) {
    /** The list as far as it can be read; empty for static programs and before the linker has run. */
    static LinkMap read(LoadedImage main, MemoryReader memory) {
        for (ElfSegment segment : main.symbols().file().segments()) {
            if (segment.type() != ElfSegment.PT_DYNAMIC) continue;
            LinkMapList list = LinkMapList.read(segment.address() + main.bias(), memory);
            // one that is being built has no hook to wait at
            return new LinkMap(libraries(list.entries()), list.broken() == null ? list.hook() : OptionalLong.empty());
        }
        return new LinkMap(List.of(), OptionalLong.empty());
    }

    private static List<LinkMapList.Entry> libraries(List<LinkMapList.Entry> entries) {
        List<LinkMapList.Entry> libraries = new ArrayList<>();
        for (LinkMapList.Entry entry : entries.subList(Math.min(1, entries.size()), entries.size())) {
            boolean own = entry.namespace() == entries.get(0).namespace();
            if (own && !entry.name().isEmpty()) libraries.add(entry);
        }
        return List.copyOf(libraries);
    }

    /** The library's entry; empty when it is not listed. */
    Optional<LinkMapList.Entry> of(LoadedImage image) {
        return libraries.stream().filter(l -> l.bias() == image.bias()).findFirst();
    }
}
