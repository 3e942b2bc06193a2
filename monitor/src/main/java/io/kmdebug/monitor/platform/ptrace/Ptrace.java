package io.kmdebug.monitor.platform.ptrace;

import io.kmdebug.monitor.host.Native;

/**
 * Numbers of ptrace(2) and wait(2), and these two calls. Linux {@code ptrace.h}, {@code user_64.h}, {@code siginfo.h}.
 */
final class Ptrace {
    static final int PEEKTEXT = 1;
    static final int GETREGS = 12;
    static final int SETREGS = 13;
    static final int DETACH = 17;
    static final int SYSEMU = 31;
    static final int GETSIGINFO = 0x4202;
    static final int GETREGSET = 0x4204;
    static final int SETREGSET = 0x4205;
    static final int SEIZE = 0x4206;
    static final int INTERRUPT = 0x4207;
    static final int SETSIGMASK = 0x420b;
    /** PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD. */
    static final int OPTIONS = 0x10_0001;

    static final int EVENT_STOP = 128;
    static final int SYSCALL_STOP = 5 | 0x80;
    static final int NT_X86_XSTATE = 0x202;

    /** struct user_regs_struct: r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs ... */
    static final int REGS_BYTES = 216;

    static final int ORIG_RAX = 120;
    static final int FS_BASE = 168;
    static final int GS_BASE = 176;
    /** Offsets in it by the numbers of {@code struct kvm_regs}: rax rbx rcx rdx rsi rdi rsp rbp r8..r15 rip rflags. */
    static final int[] OFFSETS = {80, 40, 88, 96, 104, 112, 152, 32, 72, 64, 56, 48, 24, 16, 8, 0, 128, 144};

    static final int RAX = 0;
    static final int RCX = 2;
    static final int RIP = 16;
    static final int RFLAGS = 17;

    private static final int NR_WAIT4 = 61;
    private static final int NR_PTRACE = 101;
    private static final int WALL = 0x4000_0000;
    private static final int EINTR = 4;
    private static final long SYSCALL = Native.address("syscall");

    private Ptrace() {}

    /** Minus errno on failure. */
    static long call(int request, int tid, long address, long data) {
        return Native.call(SYSCALL, NR_PTRACE, request, tid, address, data);
    }

    /** Waits for the next stop or the end of a traced thread; {@code status} is the address of an int. */
    static long await(int tid, long status) {
        long result;
        do result = Native.call(SYSCALL, NR_WAIT4, tid, status, WALL, 0);
        while (result == -EINTR);
        return result;
    }
}
