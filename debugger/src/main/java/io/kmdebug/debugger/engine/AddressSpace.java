package io.kmdebug.debugger.engine;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.coredump.CoreThread;
import io.kmdebug.coredump.MappedFile;
import io.kmdebug.debugger.MemoryRegion;
import io.kmdebug.debugger.target.CoreTarget;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.Registers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The address space of a core, with what lies where. */
final class AddressSpace {
    private final CoreFile core;
    /** What is known to lie at an address. */
    private final NavigableMap<Long, String> landmarks = new TreeMap<>(Long::compareUnsigned);

    AddressSpace(CoreTarget target, List<LoadedImage> images) {
        this.core = target.core();
        for (CoreThread thread : core.threads()) {
            Registers registers = thread.registers();
            if (registers.has(AmdRegister.RSP))
                landmarks.put(registers.get(AmdRegister.RSP), "stack pointer of thread " + thread.tid());
        }
        for (LoadedImage image : images) landmarks.put(image.low(), image.path());
        for (MappedFile file : core.mappedFiles()) landmarks.put(file.start(), file.path());
    }

    /** By address. */
    List<MemoryRegion> regions() {
        List<MemoryRegion> regions = new ArrayList<>();
        for (ElfSegment segment : core.segments()) {
            if (segment.memorySize() > 0) regions.add(region(segment));
        }
        regions.sort(Comparator.comparing(MemoryRegion::start, Long::compareUnsigned));
        return regions;
    }

    private MemoryRegion region(ElfSegment segment) {
        long here = Math.max(0, core.elf().bytes().length() - segment.offset());
        return new MemoryRegion(
                segment.address(),
                segment.address() + segment.memorySize(),
                access(segment.flags()),
                Math.min(segment.fileSize(), here),
                what(segment));
    }

    private static String access(int flags) {
        return ((flags & ElfSegment.PF_R) != 0 ? "r" : "-")
                + ((flags & ElfSegment.PF_W) != 0 ? "w" : "-")
                + ((flags & ElfSegment.PF_X) != 0 ? "x" : "-");
    }

    private @Nullable String what(ElfSegment segment) {
        Map.Entry<Long, String> first = landmarks.ceilingEntry(segment.address());
        return first != null && segment.contains(first.getKey()) ? first.getValue() : null;
    }
}
