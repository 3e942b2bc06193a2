package io.kmdebug.monitor.platform.kvm;

import static io.kmdebug.monitor.signal.GuestContext.R11;
import static io.kmdebug.monitor.signal.GuestContext.RAX;
import static io.kmdebug.monitor.signal.GuestContext.RCX;
import static io.kmdebug.monitor.signal.GuestContext.RFLAGS;
import static io.kmdebug.monitor.signal.GuestContext.RIP;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.VirtualCpu;
import org.jspecify.annotations.Nullable;

/**
 * A virtual CPU's own entry of SYSCALL, the same for all but for its place, which answers calls that have the same
 * result every time and leaves all others to the monitor. SYSCALL has put the return address in rcx and the flags in
 * r11; nothing else may change but rax, so the code uses instructions only that leave the flags alone.
 *
 * <pre>
 *        xchg  %rax, %rcx              rcx = number, rax = return address
 * one:   lea   -24(%rcx), %rcx         for each call: is it this one?
 *        jrcxz 1f
 *        jmp   next
 * 1:     mov   enabled(%rip), %ecx
 *        jrcxz 2f
 *        mov   %r11d, %ecx             TF: a step over SYSCALL must end behind it, which is for the monitor to arrange
 *        movzbl %ch, %ecx
 *        lea   (,%rcx,8), %ecx; lea (,%rcx,8), %ecx; lea (%rcx,%rcx), %ecx
 *        movzbl %cl, %ecx
 *        jrcxz 3f
 * 2:     mov   $24, %ecx
 *        jmp   exit
 * 3:     mov   %rax, %rcx
 *        mov   value(%rip), %eax
 *        jmp   *%rcx                   or sysretq, where SYSCALL enters CPL 0
 * next:  ...
 *        lea   186(%rcx), %rcx         rcx = number again
 * exit:  xchg  %rax, %rcx
 *        out   %al, $0x77
 *        sysretq
 * </pre>
 *
 * An interrupted CPU is set back on its SYSCALL, whatever it has done of this; {@link #rollBack} says how.
 */
final class AnswerCode {
    /** In ascending order; gettid is answered by each virtual CPU for itself. */
    private static final int[] CALLS = {24, 39, 102, 104, 107, 108, 186};

    private static final int GETTID = 186;
    /** Bytes of a virtual CPU's part: code, then gettid's cell. */
    static final int BYTES = 512;

    static final int GETTID_CELL = BYTES - 8;
    private static final int SYSRET_BYTES = 3;
    private static final int SYSCALL_BYTES = 2;

    /** What an instruction finds in the registers. */
    private enum Stage {
        /** rax = number, rcx = return address. */
        ENTERED,
        /** rcx = number less {@link #numbers}, rax = return address. */
        SWAPPED,
        /** The number is {@link #numbers}, rax = return address. */
        KNOWN,
        /** The number is {@link #numbers}, rcx = return address. */
        ANSWERED
    }

    private final byte[] code = new byte[BYTES];
    /** By the offset at which an instruction starts. */
    private final @Nullable Stage[] stages = new Stage[BYTES];

    private final int[] numbers = new int[BYTES];
    /** Where displacements of common cells are, and of which byte of the cells; the code's place is to be added. */
    private final int[] displacements = new int[2 * CALLS.length];

    private final int[] displaced = new int[2 * CALLS.length];
    private int displacementCount;
    private final boolean kernel;
    private int length;
    private int outAt;

    /** @param kernel whether SYSCALL enters CPL 0 on this host */
    AnswerCode(boolean kernel) {
        this.kernel = kernel;
        assemble();
    }

    /** Offset of a call's common cell, 8 bytes: the answer, then whether it holds. -1 when the call has none. */
    static int cell(int number) {
        for (int i = 0; i < CALLS.length; i++) if (CALLS[i] == number && number != GETTID) return 8 * i;
        return -1;
    }

    /**
     * Writes the code of one virtual CPU; gettid's cell is left alone.
     *
     * @param host where that is in the monitor
     * @param guest where it is in the guest
     * @param cells guest address of the common cells, at most 2 GiB away
     */
    void install(long host, long guest, long cells) {
        HostMemory.write(host, code, 0, GETTID_CELL);
        for (int i = 0; i < displacementCount; i++) {
            int at = displacements[i];
            HostMemory.putInt(host + at, (int) (cells + displaced[i] - (guest + at + 4)));
        }
    }

    private void assemble() {
        emit(Stage.ENTERED, 0, 0x48, 0x91); // xchg %rax,%rcx
        int bias = 0;
        int[] toExit = new int[CALLS.length];
        for (int i = 0; i < CALLS.length; i++) {
            int number = CALLS[i];
            emit(Stage.SWAPPED, bias, 0x48, 0x8d, 0x49, bias - number); // lea (bias-number)(%rcx),%rcx
            bias = number;
            emit(Stage.SWAPPED, bias, 0xe3, 2); // jrcxz
            emit(Stage.SWAPPED, bias, 0xeb, 0); // jmp next
            int next = length;
            toExit[i] = answer(number);
            code[next - 1] = (byte) (length - next);
        }
        emit(Stage.SWAPPED, bias, 0x48, 0x8d, 0x89, bias, bias >> 8, 0, 0); // lea bias(%rcx),%rcx
        for (int from : toExit) putInt(from - 4, length - from);
        emit(Stage.SWAPPED, 0, 0x48, 0x91); // xchg %rax,%rcx
        outAt = length;
        emit(Stage.ENTERED, 0, 0xe6, KvmLayout.SYSCALL_PORT);
        emit(Stage.ENTERED, 0, 0x48, 0x0f, 0x07); // sysretq
    }

    /** Returns the end of the jump that leads to the exit. */
    private int answer(int number) {
        emit(Stage.KNOWN, number, 0x8b, 0x0d, 0, 0, 0, 0); // mov enabled(%rip),%ecx
        displace(number, 4);
        emit(Stage.KNOWN, number, 0xe3, 0); // jrcxz 2f
        int toSecond = length;
        emit(Stage.KNOWN, number, 0x44, 0x89, 0xd9); // mov %r11d,%ecx
        emit(Stage.KNOWN, number, 0x0f, 0xb6, 0xcd); // movzbl %ch,%ecx
        emit(Stage.KNOWN, number, 0x8d, 0x0c, 0xcd, 0, 0, 0, 0); // lea 0(,%rcx,8),%ecx
        emit(Stage.KNOWN, number, 0x8d, 0x0c, 0xcd, 0, 0, 0, 0);
        emit(Stage.KNOWN, number, 0x8d, 0x0c, 0x09); // lea (%rcx,%rcx),%ecx
        emit(Stage.KNOWN, number, 0x0f, 0xb6, 0xc9); // movzbl %cl,%ecx
        emit(Stage.KNOWN, number, 0xe3, 0); // jrcxz 3f
        int toThird = length;
        code[toSecond - 1] = (byte) (length - toSecond);
        emit(Stage.KNOWN, number, 0xb9, number, 0, 0, 0); // mov $number,%ecx
        emit(Stage.KNOWN, number, 0xe9, 0, 0, 0, 0); // jmp exit
        int toExit = length;
        code[toThird - 1] = (byte) (length - toThird);
        emit(Stage.KNOWN, number, 0x48, 0x89, 0xc1); // mov %rax,%rcx
        emit(Stage.ANSWERED, number, 0x8b, 0x05, 0, 0, 0, 0); // mov value(%rip),%eax
        displace(number, 0);
        if (kernel) emit(Stage.ANSWERED, number, 0x48, 0x0f, 0x07); // sysretq
        else emit(Stage.ANSWERED, number, 0xff, 0xe1); // jmp *%rcx
        return toExit;
    }

    private void emit(Stage stage, int number, int... bytes) {
        stages[length] = stage;
        numbers[length] = number;
        for (int one : bytes) code[length++] = (byte) one;
    }

    /** The instruction that ends here has the address of a cell's byte relative to its end. */
    private void displace(int number, int of) {
        if (number == GETTID) {
            putInt(length - 4, GETTID_CELL + of - length);
        } else {
            displacements[displacementCount] = length - 4;
            displaced[displacementCount++] = cell(number) + of;
        }
    }

    private void putInt(int offset, int value) {
        for (int i = 0; i < 4; i++) code[offset + i] = (byte) (value >> 8 * i);
    }

    /** Whether this offset is inside the code. */
    static boolean contains(long offset) {
        return offset >= 0 && offset < GETTID_CELL;
    }

    /** Whether the CPU is at the OUT or right behind it, as it is when the monitor is called. */
    boolean isExit(long offset) {
        return offset >= outAt && offset <= outAt + 2;
    }

    /** Whether the OUT comes next. */
    boolean isBeforeOut(long offset) {
        return offset == outAt;
    }

    /** Whether the monitor has been called and only the way back is left. */
    boolean isBehindOut(long offset) {
        return offset > outAt && offset < outAt + 2 + SYSRET_BYTES;
    }

    /**
     * Sets a CPU that stands before the OUT, or in one of the answers, back on its SYSCALL. Its rcx and r11 are what
     * SYSCALL makes of them, as with a call that Linux makes again.
     *
     * @param offset of the CPU's rip in the code
     */
    void rollBack(VirtualCpu cpu, int offset) {
        Stage stage = stages[offset];
        if (stage == null) throw new IllegalStateException("no instruction at offset " + offset + " of the stub");
        long rax = cpu.get(RAX);
        long rcx = cpu.get(RCX);
        boolean inRcx = stage == Stage.ENTERED || stage == Stage.ANSWERED;
        long back = inRcx ? rcx : rax;
        long number = switch (stage) {
            case ENTERED -> rax;
            case SWAPPED -> rcx + numbers[offset];
            default -> numbers[offset];
        };
        cpu.set(RAX, number);
        cpu.set(RCX, back);
        cpu.set(RIP, back - SYSCALL_BYTES);
        cpu.set(RFLAGS, cpu.get(R11));
    }
}
