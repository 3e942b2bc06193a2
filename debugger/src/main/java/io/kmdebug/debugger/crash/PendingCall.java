package io.kmdebug.debugger.crash;

import io.kmdebug.coredump.PendingSystemCall;
import io.kmdebug.debugger.CrashAnalysis.SystemCall;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.LinuxSystemCalls;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The system call in which a thread is. The kernel keeps its number in orig_rax; it has not returned while rax is still
 * its initial -ENOSYS, or one of the codes by which the kernel starts it again (Linux {@code linux/errno.h}).
 */
public final class PendingCall {
    private static final AmdRegister[] ARGUMENTS = {
        AmdRegister.RDI, AmdRegister.RSI, AmdRegister.RDX, AmdRegister.R10, AmdRegister.R8, AmdRegister.R9
    };
    private static final int EINTR = -4;
    private static final int ENOSYS = -38;
    private static final int ERESTARTSYS = -512;
    private static final int ERESTART_RESTARTBLOCK = -516;
    private static final int MOST_DECIMAL = 0xffff;

    private final MemoryReader memory;
    private final CallMeanings meanings;

    /** @param files names of descriptors, as far as they are known */
    public PendingCall(MemoryReader memory, Map<Integer, String> files) {
        this.memory = memory;
        this.meanings = new CallMeanings(files, memory);
    }

    /** Empty where the thread is in none. */
    public Optional<SystemCall> of(Registers registers) {
        if (!registers.has(AmdRegister.ORIG_RAX) || !registers.has(AmdRegister.RAX)) return Optional.empty();
        long number = registers.get(AmdRegister.ORIG_RAX);
        if (number < 0 || number > 0xffff || !hasNotReturned(registers.get(AmdRegister.RAX), number)) {
            return Optional.empty();
        }
        byte[] code = new byte[2];
        boolean behindSyscall = memory.read(registers.pc() - 2, code, 0, 2) == 2 && code[0] == 0x0f && code[1] == 0x05;
        if (!behindSyscall) return Optional.empty();
        Long[] arguments = new Long[ARGUMENTS.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = registers.has(ARGUMENTS[i]) ? registers.get(ARGUMENTS[i]) : null;
        }
        return Optional.of(described(number, Arrays.asList(arguments)));
    }

    /** Registers that hold the arguments of a call, also where it was made by other means than the instruction. */
    public static Registers holding(PendingSystemCall call, Registers registers) {
        Registers shown = registers.copy();
        for (int i = 0; i < ARGUMENTS.length; i++)
            shown.set(ARGUMENTS[i], call.arguments().get(i));
        return shown;
    }

    /** As a core's note has it, whatever the registers say. */
    public SystemCall of(PendingSystemCall noted) {
        return described(noted.number(), noted.arguments());
    }

    /** The number itself is what a monitor leaves in rax of a thread that it holds in a call. */
    private static boolean hasNotReturned(long rax, long number) {
        return rax == ENOSYS || rax == EINTR || (rax <= ERESTARTSYS && rax >= ERESTART_RESTARTBLOCK) || rax == number;
    }

    /** @param values null for one that is not known */
    private SystemCall described(long number, List<? extends @Nullable Long> values) {
        String name = LinuxSystemCalls.name(number).orElse("system call " + number);
        List<String> names = CallArguments.of(name).orElse(null);
        Map<String, String> arguments = new LinkedHashMap<>();
        Map<String, String> known = new LinkedHashMap<>();
        for (int i = 0; i < (names == null ? values.size() : names.size()); i++) {
            Long value = values.get(i);
            if (value == null) continue;
            String argument = names == null ? ARGUMENTS[i].gdbName() : names.get(i);
            arguments.put(argument, shown(value));
            meanings.of(name, argument, value).ifPresent(meaning -> known.put(argument, meaning));
        }
        return new SystemCall(number, name, arguments, known);
    }

    /** File descriptors and counts as people write them, -1 in 32 bits too. */
    private static String shown(long value) {
        if (value == (int) value && value < 0 && value >= -MOST_DECIMAL) return Long.toString(value);
        if (value == 0xffff_ffffL) return "-1";
        return value >= 0 && value <= MOST_DECIMAL ? Long.toString(value) : "0x" + Long.toHexString(value);
    }
}
