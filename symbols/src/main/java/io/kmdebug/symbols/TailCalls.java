package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.Unwinder.Frame;
import io.kmdebug.symbols.Unwinder.Image;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Functions that are not on the stack any more because their last act was a jump to the next: DW_AT_call_tail_call,
 * DWARF 5 §3.4. The caller's call leads to one function, another one runs; what leads from the first to the second is
 * searched among the tail calls that the debug information lists. Shown is what all the ways have in common. A jump
 * whose target is not known could lead anywhere, so then nothing is shown.
 */
final class TailCalls {
    /** Tail calls that are looked at for one pair of frames. */
    private static final int MOST_STEPS = 2000;

    private static final int MOST_FRAMES = 64;

    private final LongFunction<Optional<Image>> images;
    private final ImageCode code;
    private final MemoryReader memory;
    private final BranchTarget branches;
    private final Map<Long, long[]> known;

    private final List<Long> chain = new ArrayList<>();
    private final Set<Long> entered = new HashSet<>();
    private int steps;
    /** Set with the first way that was found: it, and how much of its start and its end all others share. */
    private long @Nullable [] found;

    private int fromCaller;
    private int fromCallee;
    private boolean doubtful;

    /** @param known tail calls by run-time entry of their function, as they were found before */
    TailCalls(LongFunction<Optional<Image>> images, MemoryReader memory, Map<Long, long[]> known) {
        this.images = images;
        this.code = new ImageCode(images, memory);
        this.memory = memory;
        this.branches = new BranchTarget(code, memory);
        this.known = known;
    }

    /**
     * The frames between {@code callee} and {@code caller}, the one that jumped to {@code callee} first.
     *
     * @param entry run-time address where the function of {@code callee} begins
     */
    List<Frame> between(Frame callee, long entry, Frame caller) {
        if (!caller.afterCall() || callee.signalFrame()) return List.of();
        long first = branches.ofCallBefore(caller.pc());
        if (first == 0 || first == entry) return List.of();
        chain.clear();
        entered.clear();
        found = null;
        steps = 0;
        doubtful = false;
        follow(first, entry);
        return doubtful || found == null ? List.of() : frames(callee, caller);
    }

    private void follow(long function, long wanted) {
        if (function == wanted) {
            candidate();
            return;
        }
        long[] calls = callsOf(function);
        if (calls.length == 1 && calls[0] == 0) {
            doubtful = true;
            return;
        }
        for (long behind : calls) {
            if (doubtful || ++steps > MOST_STEPS || chain.size() >= MOST_FRAMES) {
                doubtful = true;
                return;
            }
            if (!entered.add(behind)) continue;
            long target = branches.ofJumpBefore(behind);
            if (target == 0) {
                doubtful = true;
                return;
            }
            chain.add(behind);
            follow(target, wanted);
            chain.remove(chain.size() - 1);
            entered.remove(behind);
        }
    }

    private void candidate() {
        long[] way = chain.stream().mapToLong(Long::longValue).toArray();
        long[] before = found;
        if (before == null) {
            found = way;
            fromCaller = fromCallee = way.length;
            return;
        }
        int most = Math.min(before.length, way.length);
        int start = 0;
        while (start < Math.min(fromCaller, most) && before[start] == way[start]) start++;
        int end = 0;
        while (end < Math.min(fromCallee, most) && before[before.length - 1 - end] == way[way.length - 1 - end]) end++;
        fromCaller = start;
        fromCallee = end;
        doubtful = start == 0 && end == 0;
    }

    /** Run-time addresses behind the function's tail calls; a single 0 when nothing is known of the function. */
    private long[] callsOf(long function) {
        return known.computeIfAbsent(function, this::readCalls);
    }

    private long[] readCalls(long function) {
        Image image = images.apply(function).orElse(null);
        if (image == null) return new long[1];
        long[] calls = image.symbols().tailCalls(function - image.loadBias()).orElse(null);
        if (calls == null) return new long[1];
        for (int i = 0; i < calls.length; i++) {
            // the sign tells an address behind the jump from one of the jump itself
            long at = (calls[i] < 0 ? ~calls[i] : calls[i]) + image.loadBias();
            calls[i] = calls[i] < 0 ? branches.behindJump(at) : at;
        }
        return Arrays.stream(calls).distinct().toArray();
    }

    private List<Frame> frames(Frame callee, Frame caller) {
        long[] way = found == null ? new long[0] : found;
        boolean whole = fromCaller == way.length;
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < fromCallee; i++) frames.add(frame(way[way.length - 1 - i], callee, caller));
        for (int i = fromCaller - 1; i >= 0 && !whole; i--) frames.add(frame(way[i], callee, caller));
        return frames;
    }

    /** As it stood when it jumped: what the callee keeps was the caller's again. */
    private Frame frame(long pc, Frame callee, Frame caller) {
        Registers registers = caller.registers().copy();
        registers.set(AmdRegister.RIP, pc);
        OptionalLong cfa = callee.cfa();
        if (cfa.isPresent()) registers.set(AmdRegister.RSP, cfa.getAsLong() - 8);
        return new Frame(registers, cfa, true, false, true, images.apply(pc - 1), caller.guess(), null);
    }
}
