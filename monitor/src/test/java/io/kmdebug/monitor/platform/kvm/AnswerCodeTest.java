package io.kmdebug.monitor.platform.kvm;

import static io.kmdebug.monitor.signal.GuestContext.R11;
import static io.kmdebug.monitor.signal.GuestContext.RAX;
import static io.kmdebug.monitor.signal.GuestContext.RCX;
import static io.kmdebug.monitor.signal.GuestContext.RFLAGS;
import static io.kmdebug.monitor.signal.GuestContext.RIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.Exit;
import io.kmdebug.monitor.platform.VirtualCpu;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stub's code in an interpreter of the few instructions that it has, interrupted at every place. */
class AnswerCodeTest {
    private static final long CELLS = 0x7ffe_0000_0080L;
    private static final long GUEST = 0x7ffe_0000_1a00L;
    private static final long BACK = 0x40_1234L;
    private static final long FLAGS = 0xad7;
    private static final long TRAP = 0x100;

    private final long page = HostMemory.allocate(0x3000);
    private AnswerCode code = new AnswerCode(false);

    @BeforeEach
    void install() {
        code.install(host(GUEST), GUEST, CELLS);
        StubAnswers.answerGettid(host(GUEST), 186_000);
    }

    private long host(long guest) {
        return page + (guest - 0x7ffe_0000_0000L);
    }

    private void answer(int number, int value) {
        HostMemory.putInt(host(CELLS) + AnswerCode.cell(number), value);
        HostMemory.putInt(host(CELLS) + AnswerCode.cell(number) + 4, 1);
    }

    private final class Cpu implements VirtualCpu {
        private final long[] registers = new long[18];

        Cpu(long number, long flags) {
            registers[RAX] = number;
            registers[RCX] = BACK;
            registers[R11] = flags;
            registers[RIP] = GUEST;
            registers[RFLAGS] = flags & ~TRAP;
        }

        int offset() {
            return (int) (registers[RIP] - GUEST);
        }

        boolean isInCode() {
            return AnswerCode.contains(registers[RIP] - GUEST);
        }

        private int u1(int at) {
            return HostMemory.getByte(host(registers[RIP]) + at) & 0xff;
        }

        private int s4(int at) {
            return HostMemory.getInt(host(registers[RIP]) + at);
        }

        private void low(int register, long value) {
            registers[register] = value & 0xffff_ffffL;
        }

        /** One instruction; none of these touches flags. Intel SDM volume 2. */
        void step() {
            int length;
            long jump = 0;
            switch (u1(0) << 8 | u1(1)) {
                case 0x4891 -> { // xchg
                    long rax = registers[RAX];
                    registers[RAX] = registers[RCX];
                    registers[RCX] = rax;
                    length = 2;
                }
                case 0x488d -> { // lea d(%rcx),%rcx
                    boolean wide = u1(2) == 0x89;
                    registers[RCX] += wide ? s4(3) : (byte) u1(3);
                    length = wide ? 7 : 4;
                }
                case 0x4489 -> { // mov %r11d,%ecx
                    low(RCX, registers[R11]);
                    length = 3;
                }
                case 0x0fb6 -> { // movzbl
                    low(RCX, u1(2) == 0xcd ? registers[RCX] >> 8 & 0xff : registers[RCX] & 0xff);
                    length = 3;
                }
                case 0x8d0c -> { // lea
                    boolean eight = u1(2) == 0xcd;
                    low(RCX, registers[RCX] * (eight ? 8 : 2) + (eight ? s4(3) : 0));
                    length = eight ? 7 : 3;
                }
                case 0x4889 -> { // mov %rax,%rcx
                    registers[RCX] = registers[RAX];
                    length = 3;
                }
                case 0x8b0d, 0x8b05 -> { // mov d(%rip),%ecx or %eax
                    low(u1(1) == 0x0d ? RCX : RAX, HostMemory.getInt(host(registers[RIP] + 6 + s4(2))));
                    length = 6;
                }
                case 0xffe1 -> { // jmp *%rcx
                    registers[RIP] = registers[RCX];
                    return;
                }
                default -> {
                    switch (u1(0)) {
                        case 0xe3 -> { // jrcxz
                            length = 2;
                            jump = registers[RCX] == 0 ? (byte) u1(1) : 0;
                        }
                        case 0xeb -> { // jmp
                            length = 2;
                            jump = (byte) u1(1);
                        }
                        case 0xe9 -> {
                            length = 5;
                            jump = s4(1);
                        }
                        case 0xb9 -> { // mov $,%ecx
                            length = 5;
                            low(RCX, s4(1));
                        }
                        default -> throw new AssertionError("instruction 0x" + Integer.toHexString(u1(0)));
                    }
                }
            }
            registers[RIP] += length + jump;
        }

        @Override
        public Exit run() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long get(int register) {
            return registers[register];
        }

        @Override
        public void set(int register, long value) {
            registers[register] = value;
        }

        @Override
        public long fsBase() {
            return 0;
        }

        @Override
        public void fsBase(long value) {}

        @Override
        public long gsBase() {
            return 0;
        }

        @Override
        public void gsBase(long value) {}

        @Override
        public byte[] xsave() {
            return new byte[0];
        }

        @Override
        public void xsave(byte[] area) {}
    }

    private Cpu runToEnd(long number, long flags) {
        Cpu cpu = new Cpu(number, flags);
        while (cpu.isInCode() && !code.isBeforeOut(cpu.offset())) cpu.step();
        return cpu;
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 39, 102, 104, 107, 108, 186})
    void answersWhatItKnows(int number) {
        if (number != 186) answer(number, 1000 * number);
        Cpu cpu = runToEnd(number, FLAGS);
        assertThat(cpu.get(RIP)).isEqualTo(BACK);
        assertThat(cpu.get(RCX)).isEqualTo(BACK);
        assertThat(cpu.get(RAX)).isEqualTo(1000L * number);
        assertThat(cpu.get(R11)).isEqualTo(FLAGS);
        cpu = runToEnd(number, FLAGS | TRAP);
        assertThat(code.isBeforeOut(cpu.offset())).as("steps are the monitor's").isTrue();
        assertThat(cpu.get(RAX)).isEqualTo(number);
        assertThat(cpu.get(RCX)).isEqualTo(BACK);
        if (number != 186) HostMemory.putInt(host(CELLS) + AnswerCode.cell(number) + 4, 0);
        else StubAnswers.forgetGettid(host(GUEST));
        assertThat(code.isBeforeOut(runToEnd(number, FLAGS).offset()))
                .as("no longer known")
                .isTrue();
    }

    @Test
    void leavesAllOtherCallsToTheMonitor() {
        for (int number = -3; number < 600; number++) {
            Cpu cpu = runToEnd(number, FLAGS);
            if (number == 186) continue;
            assertThat(code.isBeforeOut(cpu.offset())).as("call " + number).isTrue();
            assertThat(cpu.get(RAX)).isEqualTo(number);
            assertThat(cpu.get(RCX)).isEqualTo(BACK);
        }
        for (long number : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32 | 39, 39L << 32}) {
            assertThat(runToEnd(number, FLAGS).get(RAX)).isEqualTo(number);
        }
    }

    @Test
    void setsAnInterruptedCpuBackOnItsCall() {
        for (int known = 0; known < 2; known++) {
            if (known == 1) for (int number : new int[] {24, 39, 102, 104, 107, 108}) answer(number, 5);
            for (long flags : new long[] {FLAGS, FLAGS | TRAP}) {
                for (int number = -2; number < 300; number++) {
                    for (int steps = 0; interrupted(number, flags, steps); steps++) {}
                }
            }
        }
    }

    /** False when the code has ended before. */
    private boolean interrupted(int number, long flags, int steps) {
        Cpu cpu = new Cpu(number, flags);
        for (int i = 0; i < steps; i++) {
            if (!cpu.isInCode() || code.isBeforeOut(cpu.offset())) return false;
            cpu.step();
        }
        if (!cpu.isInCode() || code.isBeforeOut(cpu.offset())) return false;
        code.rollBack(cpu, cpu.offset());
        assertThat(cpu.get(RIP)).as("call %d after %d steps", number, steps).isEqualTo(BACK - 2);
        assertThat(cpu.get(RAX)).as("call %d after %d steps", number, steps).isEqualTo(number);
        assertThat(cpu.get(RFLAGS)).isEqualTo(flags);
        return true;
    }
}
