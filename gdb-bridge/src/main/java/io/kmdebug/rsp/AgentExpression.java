package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.UnreadableMemoryException;
import org.jspecify.annotations.Nullable;

/**
 * A condition as gdb compiles it: bytes for a machine with a stack of 64-bit integers. What such a machine is not for
 * (floating point, tracing, trace variables), cannot read or cannot end makes the breakpoint a stop: gdb looks at the
 * condition once more by itself. GDB: "The GDB Agent Expression Mechanism".
 */
final class AgentExpression implements BreakpointCondition {
    /** Longest program; offsets have 16 bits. */
    static final int MOST_BYTES = 0xffff;

    private static final int DEEPEST = 256;
    private static final int MOST_STEPS = 100_000;
    private static final RegisterLayout LAYOUT = RegisterLayout.standard();

    private final byte[] code;

    AgentExpression(byte[] code) {
        this.code = code;
    }

    @Override
    public boolean holds(Circumstances at) {
        try {
            return new Run(at).result() != 0;
        } catch (Senseless | UnreadableMemoryException e) {
            return true;
        }
    }

    /** The expression has no value. */
    private static final class Senseless extends Exception {
        private static final long serialVersionUID = 1L;

        Senseless() {
            super(null, null, false, false);
        }
    }

    /** One evaluation. */
    private final class Run {
        private final Circumstances at;
        private final long[] stack = new long[DEEPEST];
        private int depth;
        private int next;

        Run(Circumstances at) {
            this.at = at;
        }

        long result() throws Senseless, UnreadableMemoryException {
            for (int steps = 0; steps < MOST_STEPS; steps++) {
                int operation = (int) immediate(1);
                if (operation == 0x27) return pop(); // end
                step(operation);
            }
            throw new Senseless();
        }

        private void step(int operation) throws Senseless, UnreadableMemoryException {
            switch (operation) {
                case 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0f, 0x10, 0x11, 0x13, 0x14, 0x15 ->
                    binary(operation);
                case 0x0e -> push(pop() == 0 ? 1 : 0); // log_not
                case 0x12 -> push(~pop()); // bit_not
                case 0x16 -> push(extended((int) immediate(1), true)); // ext
                case 0x2a -> push(extended((int) immediate(1), false)); // zero_ext
                case 0x17, 0x18, 0x19, 0x1a ->
                    push(at.memory().readUnsigned(pop(), 1 << operation - 0x17)); // ref8 to ref64
                case 0x22, 0x23, 0x24, 0x25 -> push(immediate(1 << operation - 0x22)); // const8 to const64
                case 0x20, 0x21 -> jump(operation == 0x20);
                case 0x26 -> push(register(immediate(2)));
                case 0x29 -> pop();
                case 0x28, 0x2b, 0x32, 0x33 -> rearrange(operation);
                default -> throw new Senseless();
            }
        }

        private void binary(int operation) throws Senseless {
            long b = pop();
            long a = pop();
            push(
                    switch (operation) {
                        case 0x02 -> a + b;
                        case 0x03 -> a - b;
                        case 0x04 -> a * b;
                        case 0x05 -> a / divisor(b);
                        case 0x06 -> Long.divideUnsigned(a, divisor(b));
                        case 0x07 -> a % divisor(b);
                        case 0x08 -> Long.remainderUnsigned(a, divisor(b));
                        case 0x09 -> Long.compareUnsigned(b, 64) < 0 ? a << b : 0;
                        case 0x0a -> a >> (Long.compareUnsigned(b, 64) < 0 ? b : 63);
                        case 0x0b -> Long.compareUnsigned(b, 64) < 0 ? a >>> b : 0;
                        case 0x0f -> a & b;
                        case 0x10 -> a | b;
                        case 0x11 -> a ^ b;
                        case 0x13 -> a == b ? 1 : 0;
                        case 0x14 -> a < b ? 1 : 0;
                        default -> Long.compareUnsigned(a, b) < 0 ? 1 : 0;
                    });
        }

        private static long divisor(long value) throws Senseless {
            if (value == 0) throw new Senseless();
            return value;
        }

        private long extended(int bits, boolean signed) throws Senseless {
            long value = pop();
            if (bits == 0) throw new Senseless();
            if (bits >= 64) return value;
            int unused = 64 - bits;
            return signed ? value << unused >> unused : value << unused >>> unused;
        }

        private void jump(boolean conditional) throws Senseless {
            int target = (int) immediate(2);
            if (!conditional || pop() != 0) next = target;
        }

        /** dup; swap; pick n: the one n below the top once more; rot: a b c to c a b. */
        private void rearrange(int operation) throws Senseless {
            switch (operation) {
                case 0x28 -> push(peek(0));
                case 0x32 -> push(peek((int) immediate(1)));
                case 0x2b -> {
                    long b = pop();
                    long a = pop();
                    push(b);
                    push(a);
                }
                default -> {
                    long c = pop();
                    long b = pop();
                    long a = pop();
                    push(c);
                    push(a);
                    push(b);
                }
            }
        }

        private long register(long number) throws Senseless {
            AmdRegister register = LAYOUT.register(number);
            byte @Nullable [] value = register == null || register.bytes() > 8 ? null : at.register(register);
            if (value == null) throw new Senseless();
            long result = 0;
            for (int i = value.length - 1; i >= 0; i--) result = result << 8 | (value[i] & 0xff);
            return result;
        }

        /** Most significant byte first. */
        private long immediate(int bytes) throws Senseless {
            if (next > code.length - bytes) throw new Senseless();
            long value = 0;
            for (int i = 0; i < bytes; i++) value = value << 8 | (code[next++] & 0xff);
            return value;
        }

        private void push(long value) throws Senseless {
            if (depth == DEEPEST) throw new Senseless();
            stack[depth++] = value;
        }

        private long pop() throws Senseless {
            if (depth == 0) throw new Senseless();
            return stack[--depth];
        }

        private long peek(int below) throws Senseless {
            if (below >= depth) throw new Senseless();
            return stack[depth - 1 - below];
        }
    }
}
