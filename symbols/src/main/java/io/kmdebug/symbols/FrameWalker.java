package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Walks the stack. For each frame the ways to its caller are tried from the surest to the least sure: a signal
 * trampoline, call frame information, the return address of a call that went nowhere, the function's machine code; then
 * guesses, which the frames found so name.
 */
final class FrameWalker implements Unwinder {
    private static final int LARGEST_FUNCTION_BYTES = 1 << 18;
    private static final int UNSIZED_FUNCTION_BYTES = 4096;
    /** gcc's name for the part of a function that is seldom used. */
    private static final Pattern SEPARATE_PART = Pattern.compile("(.+)\\.cold(?:\\.\\d+)?");

    private final LongFunction<Optional<Image>> images;
    private final LongPredicate executable;
    private final StackAnalyses analyses = new StackAnalyses();
    private final Map<Symbols, CallTargets> callTargets = new HashMap<>();
    private final Map<Long, long[]> tailCalls = new HashMap<>();

    FrameWalker(LongFunction<Optional<Image>> images, LongPredicate executable) {
        this.images = images;
        this.executable = executable;
    }

    @Override
    public List<Frame> walk(Registers innermost, boolean suspended, MemoryReader memory, int limit, StackSeams seams) {
        ImageCode code = new ImageCode(images, memory);
        List<Frame> frames = new ArrayList<>();
        Registers registers = innermost.copy();
        boolean afterCall = suspended;
        String guess = null;
        while (frames.size() < limit) {
            boolean trampoline = SignalTrampoline.isAt(code, registers.pc());
            long lookupPc = registers.pc() - (afterCall && !trampoline ? 1 : 0);
            Optional<Image> image = images.apply(lookupPc);
            CallerStep step = trampoline
                    ? SignalTrampoline.interrupted(registers, memory)
                    : step(code, registers, memory, lookupPc, afterCall, image);
            StackSeams.Seam seam = seams.at(image, lookupPc, registers, memory);
            if (seam != null) step = overSeam(seam, step);
            boolean inCall = afterCall && !trampoline;
            if (step instanceof CallerStep.Found found) {
                String problem = seam instanceof StackSeams.Seam.Switch ? null : problem(registers, found);
                boolean last = problem != null || frames.size() + 1 == limit;
                String reason = problem != null ? problem : "limit of " + limit + " frames";
                frames.add(new Frame(
                        registers,
                        found.cfa(),
                        inCall && !found.signalFrame(),
                        found.signalFrame(),
                        false,
                        image,
                        guess,
                        last ? reason : null));
                if (last) break;
                guess = found.guess();
                registers = found.caller();
                afterCall = !found.signalFrame() && isSuspended(seam);
            } else {
                String reason = ((CallerStep.End) step).reason();
                frames.add(new Frame(registers, OptionalLong.empty(), inCall, trampoline, false, image, guess, reason));
                break;
            }
        }
        return frames;
    }

    @Override
    public OptionalLong frameAddress(Registers innermost, MemoryReader memory, StackSeams seams) {
        OptionalLong byRules = seams == StackSeams.NONE ? frameAddressByRules(innermost, memory) : OptionalLong.empty();
        return byRules.isPresent()
                ? byRules
                : walk(innermost, false, memory, 1, seams).get(0).cfa();
    }

    private OptionalLong frameAddressByRules(Registers innermost, MemoryReader memory) {
        Image image = images.apply(innermost.pc()).orElse(null);
        if (image == null || SignalTrampoline.isAt(new ImageCode(images, memory), innermost.pc())) {
            return OptionalLong.empty();
        }
        long pc = innermost.pc() - image.loadBias();
        try {
            return image.symbols().callFrames().frameAddress(pc, image.loadBias(), innermost, memory);
        } catch (CorruptFileException e) {
            return OptionalLong.empty(); // the walk knows other ways
        }
    }

    @Override
    public List<Frame> tailCallers(Frame callee, long entry, Frame caller, MemoryReader memory) {
        return new TailCalls(images, memory, tailCalls).between(callee, entry, caller);
    }

    private static CallerStep overSeam(StackSeams.Seam seam, CallerStep step) {
        if (seam instanceof StackSeams.Seam.Bottom bottom) return new CallerStep.End(bottom.reason());
        if (!(seam instanceof StackSeams.Seam.Switch to)) return step;
        OptionalLong cfa = step instanceof CallerStep.Found found ? found.cfa() : OptionalLong.empty();
        return new CallerStep.Found(to.caller(), cfa, false, null);
    }

    /** Whether the caller behind {@code seam} called, and so stands behind its call instruction. */
    private static boolean isSuspended(StackSeams.@Nullable Seam seam) {
        return seam instanceof StackSeams.Seam.Switch to ? to.afterCall() : !(seam instanceof StackSeams.Seam.Injected);
    }

    /** Why the walk cannot go on to the caller that was found; null when it can. */
    private static @Nullable String problem(Registers registers, CallerStep.Found found) {
        if (!found.caller().has(AmdRegister.RIP) || found.caller().pc() == 0) return CallerStep.OUTERMOST;
        boolean same = found.caller().sp() == registers.sp() && found.caller().pc() == registers.pc();
        // a signal may come from another stack, above or below
        boolean up = found.signalFrame() || Long.compareUnsigned(found.caller().sp(), registers.sp()) > 0;
        return same || !up ? "frame did not move up the stack" : null;
    }

    private CallerStep step(
            ImageCode code,
            Registers registers,
            MemoryReader memory,
            long lookupPc,
            boolean afterCall,
            Optional<Image> image) {
        try {
            String broken = "";
            if (image.isPresent()) {
                try {
                    Optional<CallerStep> byRules = byRules(registers, memory, lookupPc, image.get());
                    if (byRules.isPresent()) return byRules.get();
                } catch (CorruptFileException e) {
                    broken = ": " + e.getMessage();
                }
            }
            if (KmSystemCallStub.contains(registers.pc())) return KmSystemCallStub.caller(registers);
            if (!afterCall && wentNowhere(code, registers.pc())) return afterBadCall(code, registers, memory);
            CodeStep byCode = new CodeStep(code, registers, memory);
            Optional<CallerStep> found = fromEntry(code, byCode, lookupPc, image);
            if (found.isPresent()) return found.get();
            found = unnamed(code, byCode, registers, memory, lookupPc, image);
            if (found.isPresent()) return found.get();
            StackGuess guess = new StackGuess(code, registers, memory);
            return byCode.aheadToReturn()
                    .or(guess::framePointer)
                    .or(guess::scan)
                    .orElse(new CallerStep.End(
                            String.format("no unwind information for 0x%x", registers.pc()) + broken));
        } catch (UnreadableMemoryException e) {
            // a register that a corrupt frame gave leads nowhere; the stack itself may still be there
            String reason = String.valueOf(e.getMessage());
            return new StackGuess(code, registers, memory).scan().orElse(new CallerStep.End(reason));
        }
    }

    private static Optional<CallerStep> byRules(Registers registers, MemoryReader memory, long lookupPc, Image image)
            throws UnreadableMemoryException {
        return image.symbols()
                .callFrames()
                .unwind(lookupPc - image.loadBias(), image.loadBias(), registers, memory)
                .map(f -> new CallerStep.Found(f.caller(), OptionalLong.of(f.cfa()), f.signalFrame(), null));
    }

    /** Whether nothing can be executed at {@code pc}: no code of an image, and no memory for code elsewhere. */
    private boolean wentNowhere(ImageCode code, long pc) {
        if (images.apply(pc).isPresent()) return !code.isCode(pc);
        return code.read(pc, 1).length == 0 || !executable.test(pc);
    }

    /**
     * The call pushed its return address and did nothing else. Where no call stands before that address the way here was
     * another one, such as a return to what is no address.
     */
    private static CallerStep afterBadCall(ImageCode code, Registers registers, MemoryReader memory)
            throws UnreadableMemoryException {
        long back = memory.readLong(registers.sp());
        Registers caller = registers.copy();
        caller.set(AmdRegister.RIP, back);
        caller.set(AmdRegister.RSP, registers.sp() + 8);
        String guess = code.followsCall(back) ? null : "as the top of the stack";
        return new CallerStep.Found(caller, OptionalLong.of(registers.sp() + 8), false, guess);
    }

    private Optional<CallerStep> fromEntry(ImageCode code, CodeStep byCode, long lookupPc, Optional<Image> image)
            throws UnreadableMemoryException {
        if (image.isEmpty()) return Optional.empty();
        long bias = image.get().loadBias();
        ElfSymbol symbol = image.get().symbols().symbolAt(lookupPc - bias).orElse(null);
        if (symbol == null) return Optional.empty();
        long into = lookupPc - bias - symbol.value();
        if (into < 0 || into >= LARGEST_FUNCTION_BYTES) return Optional.empty();
        CodeStep.Function function = function(symbol, bias, into);
        Matcher part = SEPARATE_PART.matcher(symbol.name());
        CodeStep.Function whole = null;
        if (part.matches()) {
            whole = image.get().symbols().symbolsNamed(part.group(1)).stream()
                    .filter(ElfSymbol::isFunction)
                    .min((a, b) ->
                            Long.compare(Math.abs(a.value() - symbol.value()), Math.abs(b.value() - symbol.value())))
                    .map(s -> function(s, bias, 0))
                    .orElse(null);
        }
        StackAnalysis analysis = analyses.of(image.get().symbols(), function, whole, code);
        return byCode.fromEntry(analysis, function, lookupPc);
    }

    private Optional<CallerStep> unnamed(
            ImageCode code,
            CodeStep byCode,
            Registers registers,
            MemoryReader memory,
            long lookupPc,
            Optional<Image> image)
            throws UnreadableMemoryException {
        if (image.isEmpty()) return Optional.empty();
        CallTargets entries =
                callTargets.computeIfAbsent(image.get().symbols(), symbols -> CallTargets.of(symbols.file()));
        return new UnnamedCode(code, byCode, registers, memory, analyses).caller(image.get(), entries, lookupPc);
    }

    private static CodeStep.Function function(ElfSymbol symbol, long bias, long into) {
        long bytes = symbol.size() > into ? symbol.size() : into + UNSIZED_FUNCTION_BYTES;
        return new CodeStep.Function(symbol.value() + bias, (int) Math.min(bytes, LARGEST_FUNCTION_BYTES));
    }
}
