package io.kmdebug.debugger;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stop means, beyond its stacks.
 *
 * @param summary what happened, in one line
 * @param instruction the one that failed; null where none did, or where there is no disassembler
 * @param groups threads that stand alike: the same functions at the same places, whatever their values
 * @param calls the system calls in which threads are, by thread
 * @param waits threads that wait for a lock or for another thread
 * @param deadlocks threads that wait for one another in a circle, each for the next one and the last for the first
 * @param signature sixteen hexadecimal digits that are equal for crashes with the same signal in the same functions,
 *     wherever the program was loaded; null where no function is known
 */
public record CrashAnalysis(
        String summary,
        Cause cause,
        @Nullable Instruction instruction,
        List<List<Long>> groups,
        Map<Long, SystemCall> calls,
        List<Wait> waits,
        List<List<Long>> deadlocks,
        @Nullable String signature) {
    /** What kind of an end it is. */
    public enum Cause {
        NULL_POINTER,
        BAD_ADDRESS,
        PROTECTED_ADDRESS,
        STACK_OVERFLOW,
        BAD_JUMP,
        DIVISION_BY_ZERO,
        DIVISION_OVERFLOW,
        ILLEGAL_INSTRUCTION,
        TRAP,
        BUS_ERROR,
        ASSERTION,
        HEAP_CORRUPTION,
        STACK_SMASHING,
        EXCEPTION,
        PANIC,
        ABORT,
        DEADLOCK,
        SIGNAL,
        NONE
    }

    /**
     * A decoded instruction.
     *
     * @param text in Intel's syntax
     * @param operands in memory
     */
    public record Instruction(long address, String text, List<Operand> operands) {}

    /**
     * A memory operand.
     *
     * @param access {@code read}, {@code write}, {@code execute}
     * @param address that it means; null where a register is not known
     * @param expression of the source for it; null where none is certain
     * @param base the pointer of the source that leads there; null where none is certain
     * @param baseValue what that pointer is, in hexadecimal
     */
    public record Operand(
            String text,
            String access,
            @Nullable Long address,
            @Nullable String expression,
            @Nullable String base,
            @Nullable String baseValue) {}

    /**
     * A system call that has not returned.
     *
     * @param name {@code futex}; {@code system call 999} where the number has none
     * @param arguments by name, in hexadecimal but for small numbers
     * @param meanings of some of them, by name: the file behind a descriptor, a path, {@code FUTEX_WAIT}
     */
    public record SystemCall(long number, String name, Map<String, String> arguments, Map<String, String> meanings) {
        /** Of which no more is known than the arguments. */
        public SystemCall(long number, String name, Map<String, String> arguments) {
            this(number, name, arguments, Map.of());
        }

        /** As C would write it, with the arguments' names. */
        public String text() {
            StringBuilder text = new StringBuilder(name).append('(');
            arguments.forEach((argument, value) -> text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ")
                    .append(argument)
                    .append('=')
                    .append(value)
                    .append(meanings.containsKey(argument) ? " " + meanings.get(argument) : ""));
            return text.append(')').toString();
        }
    }

    /**
     * What a thread waits for.
     *
     * @param kind {@code mutex}, {@code condition variable}, {@code semaphore}, {@code barrier}, {@code thread},
     *     {@code read-write lock}, {@code futex}
     * @param address of a mutex, or of the futex by which the thread waits
     * @param name of the object in the source; null where none is known
     * @param owner the thread that holds it, or that is waited for; null where that is not known
     */
    public record Wait(
            long thread,
            String kind,
            long address,
            @Nullable String name,
            @Nullable Long owner) {
        /** The object in words: {@code mutex left}, {@code a barrier (futex 0x7f0010)}. */
        public String object() {
            if (name != null) return kind + " " + name;
            String at = "0x" + Long.toHexString(address);
            boolean itself = kind.equals("mutex") || kind.equals("futex");
            return itself ? kind + " at " + at : "a " + kind + " (futex " + at + ")";
        }
    }
}
