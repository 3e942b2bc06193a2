package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashAnalysis.Cause;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.code.Instruction;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.rsp.RspException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says in one line why a thread was stopped by a signal. */
final class FaultExplainer {
    /** Behind the {@code ucontext} at the stack pointer of a handler's caller: Linux {@code struct rt_sigframe}. */
    private static final int SIGINFO_ABOVE = 304;
    /** In that {@code ucontext}: Linux {@code struct sigcontext_64}. */
    private static final int ERROR_ABOVE = 192;

    private static final int TRAP_ABOVE = 200;
    private static final int CR2_ABOVE = 216;
    /**
     * Of the processor's page fault, whose error code has bit 0 set where the page is there. Intel SDM volume 3 §6.15.
     */
    private static final int PAGE_FAULT = 14;

    /**
     * What happened.
     *
     * @param instruction the one that failed, where one did
     * @param functions from the one on in which it happened, innermost first; those of a run-time system that noticed it
     *     are left out
     */
    record Finding(
            Cause cause, String summary, CrashAnalysis.@Nullable Instruction instruction, List<String> functions) {
        /** In the first of {@code frames}; those behind one that is a guess do not count. */
        static Finding at(
                Cause cause, String summary, CrashAnalysis.@Nullable Instruction instruction, List<StackFrame> frames) {
            List<String> functions = frames.stream()
                    .takeWhile(f -> f.activation().guess() == null)
                    .map(StackFrame::name)
                    .toList();
            return new Finding(cause, summary, instruction, functions);
        }

        /** The same in other words. */
        Finding with(Cause other, String text) {
            return new Finding(other, text, instruction, functions);
        }
    }

    private final Payload payload;
    private final Inspector inspector;

    FaultExplainer(Payload payload, Inspector inspector) {
        this.payload = payload;
        this.inspector = inspector;
    }

    /** @param frames of the thread, innermost first; none where its stack cannot be walked */
    Finding explain(@Nullable StopReason reason, long thread, List<StackFrame> frames) {
        if (!(reason instanceof StopReason.Signal signal))
            return Finding.at(Cause.NONE, "no signal is recorded", null, frames);
        if (frames.isEmpty()) return Finding.at(Cause.SIGNAL, signal.description(), null, frames);
        SignalInfo info = payload.target().signalInfo(thread).orElse(null);
        try {
            if (info != null && info.signal() == signal.signal() && isFault(info)) {
                return fault(info, signal.description(), frames);
            }
            return sent(signal, frames);
        } catch (DebuggerException | CorruptFileException | RspException e) {
            payload.notices().accept("The crash is explained by its signal alone: " + e.getMessage());
            return Finding.at(Cause.SIGNAL, signal.description() + Wording.where(frames), null, frames);
        }
    }

    /** Raised by the processor, at an instruction. */
    private static boolean isFault(SignalInfo info) {
        LinuxSignal signal = LinuxSignal.byNumber(info.signal());
        if (info.code() <= 0 || signal == null) return false;
        return switch (signal) {
            case SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP -> true;
            default -> false;
        };
    }

    /** @param info of a signal that {@link #isFault} */
    private Finding fault(SignalInfo info, String description, List<StackFrame> frames) {
        FaultPlace place = FaultPlace.of(payload, frames);
        LinuxSignal signal = Objects.requireNonNull(LinuxSignal.byNumber(info.signal()));
        return switch (signal) {
            case SIGSEGV -> new AccessFault(place, inspector.stacks()).explain(info, description);
            case SIGBUS -> new AccessFault(place, inspector.stacks()).explainBus(info, description);
            case SIGFPE -> Division.explain(place, description);
            case SIGILL -> illegal(place);
            default -> trap(place, description);
        };
    }

    private static Finding illegal(FaultPlace place) {
        Instruction instruction = place.instruction();
        String text = instruction.mnemonic().equals("ud2")
                ? "ud2, which compilers put where code must not come"
                : instruction.text();
        String summary = "illegal instruction: " + text + Wording.where(place.frames());
        return Finding.at(Cause.ILLEGAL_INSTRUCTION, summary, Wording.plain(instruction), place.frames());
    }

    private static Finding trap(FaultPlace place, String description) {
        Instruction before = place.instructionBefore();
        boolean breakpoint =
                before.mnemonic().startsWith("int3") || before.text().equals("int 3");
        if (!breakpoint)
            return Finding.at(
                    Cause.TRAP, Wording.lower(description) + Wording.where(place.frames()), null, place.frames());
        String summary = "breakpoint instruction of the program" + Wording.where(place.frames());
        return Finding.at(Cause.TRAP, summary, Wording.plain(before), place.frames());
    }

    /** Sent by the program itself or from outside. */
    private Finding sent(StopReason.Signal signal, List<StackFrame> frames) {
        Optional<Finding> first = handled(frames);
        Finding own = signal.signal() == LinuxSignal.SIGABRT.number()
                ? new Abort(payload, inspector, frames).explain(signal)
                : Finding.at(Cause.SIGNAL, Wording.lower(signal.description()) + Wording.where(frames), null, frames);
        if (first.isEmpty()) return own;
        boolean plain = own.cause() == Cause.ABORT || own.cause() == Cause.SIGNAL;
        return plain
                ? first.get()
                        .with(
                                first.get().cause(),
                                first.get().summary() + "; its handler ended the program by " + signal.name())
                : own.with(
                        own.cause(),
                        own.summary() + "; in a handler of: " + first.get().summary());
    }

    /** The fault whose handler the thread is in. */
    private Optional<Finding> handled(List<StackFrame> frames) {
        for (int i = 0; i + 1 < frames.size(); i++) {
            if (!frames.get(i).activation().signalFrame()) continue;
            List<StackFrame> below = frames.subList(i + 1, frames.size());
            try {
                for (SignalInfo info : recorded(frames.get(i).registers().sp())) {
                    if (!isFault(info) || !fits(info, below)) continue;
                    String description =
                            SignalTexts.describe(info.signal(), info).description();
                    return Optional.of(fault(info, description, below));
                }
            } catch (UnreadableMemoryException e) {
                return Optional.empty();
            }
            return Optional.empty();
        }
        return Optional.empty();
    }

    /**
     * What a signal frame says: its siginfo, which the kernel writes for handlers that take one, and what the processor
     * said of the last fault.
     */
    private List<SignalInfo> recorded(long context) throws UnreadableMemoryException {
        MemoryReader memory = payload.target().memory();
        SignalInfo written = new SignalInfo(memory.read(context + SIGINFO_ABOVE, SignalInfo.BYTES));
        if (memory.readLong(context + TRAP_ABOVE) != PAGE_FAULT) return List.of(written);
        boolean there = (memory.readLong(context + ERROR_ABOVE) & 1) != 0;
        int code = there ? SignalInfo.SEGV_ACCERR : SignalInfo.SEGV_MAPERR;
        int signal = LinuxSignal.SIGSEGV.number();
        return List.of(written, SignalInfo.fault(signal, code, memory.readLong(context + CR2_ABOVE)));
    }

    /** What is left on a stack may be of an earlier signal. */
    private boolean fits(SignalInfo info, List<StackFrame> frames) {
        if (info.signal() == LinuxSignal.SIGSEGV.number()) {
            return new AccessFault(FaultPlace.of(payload, frames), inspector.stacks()).fits(info);
        }
        return info.hasFaultAddress() && info.faultAddress() == frames.get(0).pc();
    }
}
