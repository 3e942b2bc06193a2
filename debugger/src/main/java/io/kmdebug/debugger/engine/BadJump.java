package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashAnalysis.Cause;
import io.kmdebug.debugger.code.Instruction;
import io.kmdebug.debugger.code.MemoryOperand;
import io.kmdebug.debugger.engine.FaultExplainer.Finding;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.machine.UnreadableMemoryException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The program counter came to where no code is: by a call through a pointer, or a return to an overwritten address. */
final class BadJump {
    private final FaultPlace place;

    BadJump(FaultPlace place) {
        this.place = place;
    }

    /** The first frame is at the address that could not be executed. */
    Finding explain(int code) {
        String target = Wording.hex(place.address());
        String why = code == SignalInfo.SEGV_ACCERR ? "not executable" : "not mapped";
        FaultPlace caller = caller();
        Instruction call = caller == null ? null : caller.instructionBefore();
        if (caller == null || call == null || !call.isCall()) {
            String summary = "jump to " + target + ", which is " + why;
            return caller == null
                    ? calledFrom(summary)
                    : Finding.at(Cause.BAD_JUMP, summary + Wording.where(caller.frames()), null, caller.frames());
        }
        FaultPlace at = caller.at(call.address());
        String pointer = pointer(call, at).orElse(null);
        String through = pointer == null ? "" : ", " + pointer + " is " + target;
        String summary = place.address() == 0
                ? "call of a null function pointer" + (pointer == null ? "" : ": " + pointer + " is 0x0")
                : "call of " + target + ", which is " + why + through;
        return Finding.at(
                Cause.BAD_JUMP, summary + Wording.where(caller.frames()), described(call, pointer), caller.frames());
    }

    /** By the return address on the stack, where the register is still there through which the call before it went. */
    private Finding calledFrom(String summary) {
        Payload payload = place.payload();
        try {
            FaultPlace back = place.at(
                    payload.target().memory().readLong(place.registers().sp()));
            Instruction call = back.instructionBefore();
            String wide = call.register(0);
            AmdRegister register = wide == null || !call.isCall() ? null : AmdRegister.byGdbName(wide);
            boolean same = register != null && place.registers().get(register) == place.address();
            String symbol = payload.symbolName(call.address()).orElse("");
            if (same && !symbol.isEmpty()) {
                String function = symbol.replaceFirst("\\+\\d+$", "");
                String at = payload.location(call.address())
                        .map(location -> " (" + Wording.at(location) + ")")
                        .orElse("");
                String text = summary + ", called from " + function + at;
                return new Finding(Cause.BAD_JUMP, text, null, List.of("??", function));
            }
        } catch (UnreadableMemoryException e) {
            // the stack pointer is as wild as the program counter
            return Finding.at(Cause.BAD_JUMP, summary, null, place.here());
        }
        return Finding.at(Cause.BAD_JUMP, summary, null, place.here());
    }

    private @Nullable FaultPlace caller() {
        int own = place.here().size();
        List<StackFrame> callers = place.frames().subList(own, place.frames().size());
        if (callers.isEmpty() || callers.get(0).activation().guess() != null) return null;
        return FaultPlace.of(place.payload(), callers);
    }

    /** What the source calls the pointer; only where it really has the address. */
    private Optional<String> pointer(Instruction call, FaultPlace at) {
        PointerOrigin origin = new PointerOrigin(at);
        List<MemoryOperand> operands = call.memory();
        if (!operands.isEmpty()) {
            return holdsTarget(operands.get(0), call, at)
                    ? origin.of(operands.get(0), call).expression()
                    : Optional.empty();
        }
        String register = call.register(0);
        if (register == null) return Optional.empty();
        return origin.register(register)
                .filter(found -> found.value() == place.address())
                .map(PointerOrigin.Found::expression);
    }

    private boolean holdsTarget(MemoryOperand operand, Instruction call, FaultPlace at) {
        OptionalLong address = operand.address(at.registers(), call.next());
        try {
            return address.isPresent()
                    && place.payload().target().memory().readLong(address.getAsLong()) == place.address();
        } catch (UnreadableMemoryException e) {
            return false;
        }
    }

    private static CrashAnalysis.Instruction described(Instruction call, @Nullable String pointer) {
        List<CrashAnalysis.Operand> operands = call.memory().stream()
                .map(o -> new CrashAnalysis.Operand(o.text(), "read", null, pointer, null, null))
                .toList();
        return new CrashAnalysis.Instruction(call.address(), call.text(), operands);
    }

    /** A {@code ret} to what is no address. */
    Optional<Finding> overwrittenReturn(Instruction instruction) {
        try {
            long target =
                    place.payload().target().memory().readLong(place.registers().sp());
            if (target << 16 >> 16 == target) return Optional.empty();
            String summary = "return to " + Wording.hex(target) + ", which is no address: the stack was overwritten";
            return Optional.of(Finding.at(
                    Cause.BAD_JUMP,
                    summary + Wording.where(place.frames()),
                    Wording.plain(instruction),
                    place.frames()));
        } catch (UnreadableMemoryException e) {
            return Optional.empty();
        }
    }
}
