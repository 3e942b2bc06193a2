package io.kmdebug.debugger.engine;

import io.kmdebug.coredump.MappedFile;
import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashAnalysis.Cause;
import io.kmdebug.debugger.code.Instruction;
import io.kmdebug.debugger.code.MemoryOperand;
import io.kmdebug.debugger.engine.FaultExplainer.Finding;
import io.kmdebug.machine.SignalInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An access to memory that failed: which operand of which instruction, and what the source calls it. */
final class AccessFault {
    private static final long NULL_PAGE_BYTES = 4096;

    private final FaultPlace place;
    private final Stacks stacks;

    /** The operand that failed. */
    private record Culprit(MemoryOperand operand, boolean write, long address, PointerOrigin.Meaning meaning) {}

    AccessFault(FaultPlace place, Stacks stacks) {
        this.place = place;
        this.stacks = stacks;
    }

    /** SIGSEGV. */
    Finding explain(SignalInfo info, String description) {
        Long fault = info.hasFaultAddress() ? info.faultAddress() : null;
        if (fault != null && fault == place.address()) return new BadJump(place).explain(info.code());
        if (fault != null && StackEnd.isCrossed(fault, place)) return overflow(fault);
        Instruction instruction = place.instruction();
        if (fault == null && instruction.mnemonic().startsWith("ret")) {
            Optional<Finding> overwritten = new BadJump(place).overwrittenReturn(instruction);
            if (overwritten.isPresent()) return overwritten.get();
        }
        List<Culprit> operands = operands(instruction);
        Culprit culprit =
                operands.stream().filter(o -> matches(o, fault)).findFirst().orElse(null);
        CrashAnalysis.@Nullable Instruction decoded = described(instruction, operands);
        if (culprit == null)
            return Finding.at(cause(info, fault, null), Wording.lower(description) + where(), decoded, place.frames());
        Cause cause = cause(info, fault, culprit);
        return Finding.at(cause, sentence(cause, culprit, fault) + where(), decoded, place.frames());
    }

    /** Whether the instruction can have failed at this address at all. */
    boolean fits(SignalInfo info) {
        Long fault = info.hasFaultAddress() ? info.faultAddress() : null;
        if (fault != null && (fault == place.address() || StackEnd.isCrossed(fault, place))) return true;
        return operands(place.instruction()).stream().anyMatch(o -> matches(o, fault));
    }

    /** SIGBUS. */
    Finding explainBus(SignalInfo info, String description) {
        Instruction instruction = place.instruction();
        List<Culprit> operands = operands(instruction);
        String file = place.payload().target().fileMappings().stream()
                .filter(f -> f.contains(info.faultAddress()))
                .findFirst()
                .map(MappedFile::path)
                .map(path -> ", in the mapping of " + path)
                .orElse("");
        return Finding.at(
                Cause.BUS_ERROR,
                Wording.lower(description) + file + where(),
                described(instruction, operands),
                place.frames());
    }

    private String where() {
        return Wording.where(place.frames());
    }

    private Finding overflow(long fault) {
        String recursion = StackEnd.recursion(place, stacks);
        String summary = "stack overflow: " + (recursion.isEmpty() ? "" : recursion + ", ") + "the stack ends above "
                + Wording.hex(fault) + where();
        return Finding.at(Cause.STACK_OVERFLOW, summary, described(place.instruction(), List.of()), place.frames());
    }

    private List<Culprit> operands(Instruction instruction) {
        List<Culprit> found = new ArrayList<>();
        PointerOrigin origin = null;
        for (MemoryOperand operand : instruction.memory()) {
            OptionalLong address = operand.address(place.registers(), instruction.next());
            if (address.isEmpty()) continue;
            if (origin == null) origin = new PointerOrigin(place);
            found.add(new Culprit(
                    operand, instruction.writes(operand), address.getAsLong(), origin.of(operand, instruction)));
        }
        return found;
    }

    private static boolean matches(Culprit culprit, @Nullable Long fault) {
        if (fault == null) return !isCanonical(culprit.address);
        return Long.compareUnsigned(fault - culprit.address, Math.max(1, culprit.operand.size())) < 0;
    }

    /** Intel SDM volume 1 §3.3.7.1, with 48 bits. */
    private static boolean isCanonical(long address) {
        return address << 16 >> 16 == address;
    }

    private static Cause cause(SignalInfo info, @Nullable Long fault, @Nullable Culprit culprit) {
        Long base = culprit == null
                ? null
                : culprit.meaning.base().map(PointerOrigin.Found::value).orElse(null);
        boolean low = fault != null && Long.compareUnsigned(fault, NULL_PAGE_BYTES) < 0;
        // a pointer that the same line has moved on by now was null as well
        boolean near = base != null && Long.compareUnsigned(base, NULL_PAGE_BYTES) < 0;
        if (base == null ? low : base == 0 || (low && near)) return Cause.NULL_POINTER;
        return fault != null && info.code() == SignalInfo.SEGV_ACCERR ? Cause.PROTECTED_ADDRESS : Cause.BAD_ADDRESS;
    }

    private static String sentence(Cause cause, Culprit culprit, @Nullable Long fault) {
        String access = culprit.write ? "writes " : "reads ";
        String address = Wording.hex(culprit.address);
        String object = culprit.meaning.expression().orElse("address " + address + registers(culprit.operand));
        PointerOrigin.Found base = culprit.meaning.base().orElse(null);
        String pointer = base == null ? "" : ", and " + base.expression() + " is " + Wording.hex(base.value());
        String at = culprit.meaning.expression().isPresent() && (base == null || base.value() != culprit.address)
                ? "; address " + address
                : ", which";
        return switch (cause) {
            case NULL_POINTER -> "null pointer dereference: " + access + object + pointer;
            case PROTECTED_ADDRESS ->
                "forbidden access: " + access + object + pointer + at
                        + (culprit.write ? " is read-only or guarded" : " may not be read");
            default ->
                "bad pointer: " + access + object + pointer + at
                        + (fault == null ? " is no address (not canonical)" : " is not mapped");
        };
    }

    private static String registers(MemoryOperand operand) {
        return operand.base() == null ? "" : " through " + operand.base();
    }

    /** Null for an instruction that the disassembler does not know: of a newer processor than itself. */
    private CrashAnalysis.@Nullable Instruction described(Instruction instruction, List<Culprit> operands) {
        if (instruction.mnemonic().equals(".byte")) return null;
        List<CrashAnalysis.Operand> shown = new ArrayList<>();
        for (Culprit each : operands) {
            PointerOrigin.Found base = each.meaning.base().orElse(null);
            shown.add(new CrashAnalysis.Operand(
                    each.operand.text(),
                    each.write
                            ? "write"
                            : instruction.isCall() || instruction.mnemonic().equals("jmp") ? "execute" : "read",
                    each.address,
                    each.meaning.expression().orElse(null),
                    base == null ? null : base.expression(),
                    base == null ? null : Wording.hex(base.value())));
        }
        return new CrashAnalysis.Instruction(instruction.address(), instruction.text(), shown);
    }
}
