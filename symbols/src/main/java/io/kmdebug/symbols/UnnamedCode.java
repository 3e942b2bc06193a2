package io.kmdebug.symbols;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.Unwinder.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds a caller where neither call frame information nor a symbol says where the function begins. Functions begin
 * where calls lead: the calls whose return addresses lie on the stack are asked first, then all calls of the image. The
 * code from there to the pc says where the return address is; it counts when it lies behind a call, and most when that
 * call leads to the same function.
 */
final class UnnamedCode {
    private static final String HOW = "by its code, which has no symbol";
    private static final int SCAN_BYTES = 8192;
    private static final int LARGEST_FUNCTION_BYTES = 1 << 16;
    private static final int BEHIND_PC_BYTES = 2048;
    /** Starts of functions before the pc that are tried: calls lead also to places within functions. */
    private static final int MOST_ENTRIES = 12;

    private final ImageCode code;
    private final BranchTarget branches;
    private final CodeStep step;
    private final Registers registers;
    private final MemoryReader memory;
    private final StackAnalyses analyses;

    UnnamedCode(ImageCode code, CodeStep step, Registers registers, MemoryReader memory, StackAnalyses analyses) {
        this.code = code;
        this.branches = new BranchTarget(code, memory);
        this.step = step;
        this.registers = registers;
        this.memory = memory;
        this.analyses = analyses;
    }

    /** @param entries of the image */
    Optional<CallerStep> caller(Image image, CallTargets entries, long lookupPc) throws UnreadableMemoryException {
        Optional<CallerStep> byStack = byReturnAddresses(image, lookupPc);
        return byStack.isPresent() ? byStack : byEntries(image, entries, lookupPc);
    }

    private Optional<CallerStep> byReturnAddresses(Image image, long lookupPc) throws UnreadableMemoryException {
        byte[] stack = new byte[SCAN_BYTES];
        int there = memory.read(registers.sp(), stack, 0, SCAN_BYTES) & -8;
        ByteBuffer view = ByteBuffer.wrap(stack).order(ByteOrder.LITTLE_ENDIAN);
        long refused = 0;
        for (int at = 0; at < there; at += 8) {
            if (!code.followsCall(view.getLong(at))) continue;
            long entry = branches.ofCallBefore(view.getLong(at));
            if (entry == refused || !mayHold(entry, lookupPc)) continue;
            CallerStep.Found found = from(image, entry, lookupPc);
            if (found != null && found.caller().pc() == view.getLong(at)) return Optional.of(found);
            refused = entry;
        }
        return Optional.empty();
    }

    private Optional<CallerStep> byEntries(Image image, CallTargets entries, long lookupPc)
            throws UnreadableMemoryException {
        CallerStep.Found unsure = null;
        long before = lookupPc - image.loadBias();
        for (int i = 0; i < MOST_ENTRIES; i++) {
            long linked = entries.atOrBefore(before);
            if (linked == 0 || !mayHold(linked + image.loadBias(), lookupPc)) break;
            CallerStep.Found found = from(image, linked + image.loadBias(), lookupPc);
            if (found != null && code.followsCall(found.caller().pc())) {
                long called = branches.ofCallBefore(found.caller().pc());
                if (called == linked + image.loadBias()) return Optional.of(found);
                // through a pointer, or to a function that jumped here
                if (unsure == null) unsure = found;
            }
            before = linked - 1;
        }
        return Optional.ofNullable(unsure);
    }

    private static boolean mayHold(long entry, long pc) {
        return entry != 0 && Long.compareUnsigned(pc - entry, LARGEST_FUNCTION_BYTES) < 0;
    }

    private CallerStep.@Nullable Found from(Image image, long entry, long lookupPc) throws UnreadableMemoryException {
        int bytes = (int) (lookupPc - entry) + BEHIND_PC_BYTES & -BEHIND_PC_BYTES;
        CodeStep.Function function = new CodeStep.Function(entry, bytes);
        StackAnalysis analysis = analyses.of(image.symbols(), function, null, code);
        CallerStep found = step.fromEntry(analysis, function, lookupPc).orElse(null);
        if (!(found instanceof CallerStep.Found f)) return null;
        return new CallerStep.Found(f.caller(), f.cfa(), false, HOW);
    }
}
