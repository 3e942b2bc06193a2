package io.kmdebug.monitor.stub;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.Xsave;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.thread.PayloadThread;

/** A resting thread's registers as the debugger sees and sets them. */
final class ThreadRegisters {
    /** By the number in {@link GuestContext}. */
    private static final AmdRegister[] GENERAL = {
        AmdRegister.RAX, AmdRegister.RBX, AmdRegister.RCX, AmdRegister.RDX, AmdRegister.RSI, AmdRegister.RDI,
        AmdRegister.RSP, AmdRegister.RBP, AmdRegister.R8, AmdRegister.R9, AmdRegister.R10, AmdRegister.R11,
        AmdRegister.R12, AmdRegister.R13, AmdRegister.R14, AmdRegister.R15, AmdRegister.RIP
    };
    /** What a debugger may set: CF PF AF ZF SF DF OF NT AC ID. */
    private static final long SETTABLE_FLAGS = 0x24_4cd5L;

    private static final long HIDDEN_FLAGS = DebuggedThread.TRAP_FLAG;
    private static final int USER_CODE = 0x33;
    private static final int USER_DATA = 0x2b;

    private ThreadRegisters() {}

    /** General registers, flags, segments. */
    static Registers general(PayloadThread thread) {
        GuestContext context = thread.context();
        Registers registers = new Registers();
        for (int i = 0; i < GENERAL.length; i++) registers.set(GENERAL[i], context.get(i));
        registers.set(AmdRegister.EFLAGS, context.get(GuestContext.RFLAGS) & ~HIDDEN_FLAGS & 0xffff_ffffL);
        registers.set(AmdRegister.CS, USER_CODE).set(AmdRegister.SS, USER_DATA);
        registers.set(AmdRegister.DS, 0).set(AmdRegister.ES, 0);
        registers.set(AmdRegister.FS, 0).set(AmdRegister.GS, 0);
        return registers;
    }

    /** All of them. */
    static Registers read(PayloadThread thread) {
        Registers registers = general(thread);
        registers.set(AmdRegister.ORIG_RAX, (int) thread.context().originalRax());
        registers.set(AmdRegister.FS_BASE, thread.cpu().fsBase());
        registers.set(AmdRegister.GS_BASE, thread.cpu().gsBase());
        Xsave.decode(thread.context().xsave(), registers);
        return registers;
    }

    /** Sets what is present in {@code changed}; segment selectors and the hidden flags stay. */
    static void write(PayloadThread thread, Registers changed) {
        GuestContext context = thread.context();
        for (int i = 0; i < GENERAL.length; i++) {
            if (changed.has(GENERAL[i])) context.set(i, changed.get(GENERAL[i]));
        }
        if (changed.has(AmdRegister.EFLAGS)) {
            long flags = context.get(GuestContext.RFLAGS) & ~SETTABLE_FLAGS;
            context.set(GuestContext.RFLAGS, flags | changed.get(AmdRegister.EFLAGS) & SETTABLE_FLAGS);
        }
        if (changed.has(AmdRegister.ORIG_RAX)) context.originalRax(changed.get(AmdRegister.ORIG_RAX));
        if (changed.has(AmdRegister.FS_BASE)) thread.cpu().fsBase(changed.get(AmdRegister.FS_BASE));
        if (changed.has(AmdRegister.GS_BASE)) thread.cpu().gsBase(changed.get(AmdRegister.GS_BASE));
        if (hasExtended(changed)) {
            byte[] area = context.xsave();
            Registers all = new Registers();
            Xsave.decode(area, all);
            for (AmdRegister register : AmdRegister.values()) {
                byte[] value = isExtended(register) ? changed.bytes(register) : null;
                if (value != null && all.has(register)) all.set(register, value);
            }
            Xsave.encode(all, area);
            context.xsave(area);
        }
    }

    private static boolean hasExtended(Registers changed) {
        for (AmdRegister register : AmdRegister.values()) {
            if (isExtended(register) && changed.has(register)) return true;
        }
        return false;
    }

    private static boolean isExtended(AmdRegister register) {
        boolean legacy = register.compareTo(AmdRegister.ST0) >= 0 && register.compareTo(AmdRegister.MXCSR) <= 0;
        return legacy || register.compareTo(AmdRegister.YMM0H) >= 0;
    }
}
