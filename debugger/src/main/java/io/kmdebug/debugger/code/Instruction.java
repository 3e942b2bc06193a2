package io.kmdebug.debugger.code;

import io.kmdebug.debugger.InstructionInfo;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an instruction does to the general registers, as far as it takes to follow a value backwards. Where that is not
 * certain it says that a register is written.
 *
 * @param text in Intel's syntax, without what it refers to
 * @param operands as they stand, first the one that is written
 */
public record Instruction(long address, int size, String text, String mnemonic, List<String> operands) {
    private static final Set<String> READ_ONLY = Set.of(
            "cmp",
            "test",
            "push",
            "bt",
            "nop",
            "call",
            "ud2",
            "int3",
            "ucomiss",
            "ucomisd",
            "comiss",
            "comisd",
            "prefetcht0",
            "endbr64");
    private static final Set<String> ACCUMULATOR = Set.of("rax", "rdx");
    private static final Set<String> STRING_REGISTERS = Set.of("rax", "rcx", "rsi", "rdi");
    /** SysV amd64 §3.2.1. */
    private static final Set<String> CALLER_SAVED = Set.of("rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");

    public static Instruction of(InstructionInfo row) {
        String text = row.text().replaceFirst("  # .*| <.*", "");
        String mnemonic = MemoryOperand.mnemonic(text);
        int start = text.indexOf(mnemonic) + mnemonic.length();
        String rest = text.substring(start).strip();
        List<String> operands = rest.isEmpty() ? List.of() : List.of(rest.split(", ", -1));
        return new Instruction(row.address(), row.bytes().length, text, mnemonic, operands);
    }

    public long next() {
        return address + size;
    }

    public boolean isCall() {
        return mnemonic.equals("call");
    }

    /** Whether what stands behind it is reached by a jump only. */
    public boolean isEnd() {
        return mnemonic.equals("jmp") || mnemonic.startsWith("ret") || mnemonic.equals("ud2") || mnemonic.equals("hlt");
    }

    /** Where a jump goes; -1 for everything else, and where a register says. */
    public long jumpTarget() {
        boolean jump = mnemonic.startsWith("j") || mnemonic.startsWith("loop");
        return jump && operands.size() == 1 && operands.get(0).startsWith("0x")
                ? Long.parseUnsignedLong(operands.get(0).substring(2), 16)
                : -1;
    }

    /** The 64-bit register that its operand {@code index} is, or is a part of; null for anything else. */
    public @Nullable String register(int index) {
        return index < operands.size() ? RegisterNames.wide(operands.get(index)) : null;
    }

    public List<MemoryOperand> memory() {
        return MemoryOperand.of(text);
    }

    /** Whether it writes to its memory operand, which is the first of several. */
    public boolean writes(MemoryOperand operand) {
        boolean first = !operands.isEmpty() && operands.get(0).contains(operand.text());
        if (!first) return mnemonic.equals("xchg") || mnemonic.startsWith("cmpxchg");
        boolean single = operands.size() == 1;
        boolean reads = READ_ONLY.contains(mnemonic)
                || mnemonic.startsWith("j")
                || mnemonic.startsWith("fld")
                || (single && Set.of("mul", "imul", "div", "idiv").contains(mnemonic));
        return !reads;
    }

    /** Whether the register may have another value behind it than before it. */
    public boolean changes(String register) {
        if (isCall()) return CALLER_SAVED.contains(register);
        if (mnemonic.startsWith("j")) return false;
        if (register.equals("rsp") && (mnemonic.startsWith("push") || mnemonic.startsWith("pop"))) return true;
        if (mnemonic.equals("leave") || mnemonic.equals("enter"))
            return register.equals("rbp") || register.equals("rsp");
        if (mnemonic.equals("syscall")) return Set.of("rax", "rcx", "r11").contains(register);
        if (changesUnnamed(register)) return true;
        if (mnemonic.equals("xchg") || mnemonic.equals("xadd")) {
            return register.equals(register(0)) || register.equals(register(1));
        }
        return !READ_ONLY.contains(mnemonic) && register.equals(register(0));
    }

    private boolean changesUnnamed(String register) {
        boolean accumulator = ACCUMULATOR.contains(register);
        return switch (mnemonic) {
            case "mul", "div", "idiv", "cdq", "cqo", "cwd", "cdqe", "cwde", "cbw" -> accumulator;
            case "imul" -> operands.size() == 1 && accumulator;
            case "cpuid", "rdtsc", "rdtscp", "xgetbv", "rdpmc" ->
                accumulator || register.equals("rbx") || register.equals("rcx");
            default ->
                mnemonic.startsWith("cmpxchg")
                        ? accumulator
                        : mnemonic.matches("(movs|stos|lods|scas|cmps)[bwdq]") && STRING_REGISTERS.contains(register);
        };
    }
}
