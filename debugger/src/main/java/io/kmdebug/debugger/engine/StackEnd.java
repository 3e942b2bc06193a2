package io.kmdebug.debugger.engine;

import io.kmdebug.machine.MemoryReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Whether a stack has grown over its end: what is below it is not mapped, or a guard. */
final class StackEnd {
    private static final long PAGE_BYTES = 4096;
    /** How far below the stack pointer a function may reach before it has moved it, calls and the red zone included. */
    private static final long BELOW = 64 * 1024;
    /** A frame may have large arrays, so that the first access is far from what is mapped. */
    private static final long MOST_FRAME_BYTES = 64 << 20;

    private static final int MOST_FRAMES = 20_000;

    private StackEnd() {}

    /** Whether an access to {@code fault} was one of the first frame to its own, and went beyond what is mapped. */
    static boolean isCrossed(long fault, FaultPlace place) {
        OptionalLong cfa = place.frames().get(0).activation().cfa();
        long top = cfa.orElse(place.registers().sp());
        long low = place.registers().sp() - BELOW;
        boolean ofFrame = Long.compareUnsigned(fault, low) >= 0
                && Long.compareUnsigned(fault, Math.max(top, place.registers().sp())) <= 0
                && Long.compareUnsigned(top - fault, MOST_FRAME_BYTES) < 0;
        MemoryReader memory = place.payload().target().memory();
        if (!ofFrame || isReadable(memory, fault)) return false;
        // the stack itself is there, above
        for (long page = (fault & -PAGE_BYTES) + PAGE_BYTES;
                Long.compareUnsigned(page, top + PAGE_BYTES) <= 0;
                page += PAGE_BYTES) {
            if (isReadable(memory, page)) return true;
        }
        return false;
    }

    private static boolean isReadable(MemoryReader memory, long address) {
        return memory.read(address, new byte[1], 0, 1) == 1;
    }

    /** {@code depth calls itself, 20000 frames deep}; empty where no function does. */
    static String recursion(FaultPlace place, Stacks stacks) {
        StackFrame first = place.frames().get(0);
        List<StackFrame> all = stacks.page(first.tid(), 0, MOST_FRAMES).frames();
        Map<String, Integer> counts = new HashMap<>();
        String most = "";
        for (StackFrame frame : all) {
            int count = counts.merge(frame.name(), 1, Integer::sum);
            if (count > counts.getOrDefault(most, 1)) most = frame.name();
        }
        int times = counts.getOrDefault(most, 0);
        if (times < 3 || times * 4 < all.size()) return "";
        String frames = (all.size() >= MOST_FRAMES ? "more than " : "") + all.size() + " frames";
        return most + " calls itself without end, " + frames;
    }
}
