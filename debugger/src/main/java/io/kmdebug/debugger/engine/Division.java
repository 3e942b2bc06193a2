package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashAnalysis.Cause;
import io.kmdebug.debugger.code.Instruction;
import io.kmdebug.debugger.code.MemoryOperand;
import io.kmdebug.debugger.engine.FaultExplainer.Finding;
import io.kmdebug.debugger.value.Storage;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.UnreadableMemoryException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The processor has one exception for a divisor of zero and for a quotient that does not fit. Intel SDM volume 3 §6.15.
 */
final class Division {
    private final FaultPlace place;
    private final Instruction instruction;

    private Division(FaultPlace place) {
        this.place = place;
        this.instruction = place.instruction();
    }

    static Finding explain(FaultPlace place, String description) {
        Division division = new Division(place);
        boolean divides = division.instruction.mnemonic().equals("idiv")
                || division.instruction.mnemonic().equals("div");
        Finding found = divides ? division.explain() : null;
        return found != null
                ? found
                : Finding.at(
                        Cause.SIGNAL,
                        Wording.lower(description) + Wording.where(place.frames()),
                        Wording.plain(division.instruction),
                        place.frames());
    }

    private @Nullable Finding explain() {
        List<MemoryOperand> operands = instruction.memory();
        return operands.isEmpty() ? ofRegister() : ofMemory(operands.get(0));
    }

    private @Nullable Finding ofMemory(MemoryOperand operand) {
        OptionalLong address = operand.address(place.registers(), instruction.next());
        if (address.isEmpty() || operand.size() == 0 || operand.size() > 8) return null;
        try {
            long value = place.payload().target().memory().readUnsigned(address.getAsLong(), operand.size());
            String name = new PointerOrigin(place)
                    .of(operand, instruction)
                    .expression()
                    .orElse(null);
            CrashAnalysis.Operand shown =
                    new CrashAnalysis.Operand(operand.text(), "read", address.getAsLong(), name, null, null);
            return finding(signed(value, operand.size()), name, List.of(shown));
        } catch (UnreadableMemoryException e) {
            return null;
        }
    }

    private @Nullable Finding ofRegister() {
        String wide = instruction.register(0);
        AmdRegister register = wide == null ? null : AmdRegister.byGdbName(wide);
        String written =
                instruction.operands().isEmpty() ? "" : instruction.operands().get(0);
        int size = written.equals(wide) ? 8 : written.startsWith("e") || written.endsWith("d") ? 4 : 0;
        if (register == null || size == 0) return null;
        return finding(
                signed(place.registers().get(register), size),
                variable(register).orElse(null),
                List.of());
    }

    private Optional<String> variable(AmdRegister register) {
        return new SourceNames(place)
                .variables(place.address()).stream()
                        .filter(v -> v.storage() instanceof Storage.InRegister r && r.register() == register)
                        .map(SourceNames.Variable::name)
                        .findFirst();
    }

    private Finding finding(long divisor, @Nullable String name, List<CrashAnalysis.Operand> operands) {
        String value = name == null ? "the divisor is " + divisor : name + " is " + divisor;
        CrashAnalysis.Instruction decoded =
                new CrashAnalysis.Instruction(instruction.address(), instruction.text(), operands);
        return divisor == 0
                ? Finding.at(
                        Cause.DIVISION_BY_ZERO,
                        "integer division by zero: " + value + Wording.where(place.frames()),
                        decoded,
                        place.frames())
                : Finding.at(
                        Cause.DIVISION_OVERFLOW,
                        "integer division whose quotient does not fit: " + value + Wording.where(place.frames()),
                        decoded,
                        place.frames());
    }

    private static long signed(long value, int size) {
        int unused = 64 - 8 * size;
        return value << unused >> unused;
    }
}
