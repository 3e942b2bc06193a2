package io.kmdebug.monitor.signal;

import io.kmdebug.monitor.syscall.GuestMemory;

/**
 * The interrupted user state of one payload thread, as signal delivery reads and changes it. Valid only on that
 * thread, outside the guest. The index order of the general registers is that of {@code struct kvm_regs}.
 *
 * <p>While a system call is served {@link #RIP} is the instruction after SYSCALL and {@link #originalRax()} the call's
 * number; after anything else the number is -1. What is set here is what the guest resumes with.
 */
public interface GuestContext {
    int RAX = 0;
    int RBX = 1;
    int RCX = 2;
    int RDX = 3;
    int RSI = 4;
    int RDI = 5;
    int RSP = 6;
    int RBP = 7;
    int R8 = 8;
    int R9 = 9;
    int R10 = 10;
    int R11 = 11;
    int R12 = 12;
    int R13 = 13;
    int R14 = 14;
    int R15 = 15;
    int RIP = 16;
    int RFLAGS = 17;

    /** A general register, {@link #RAX} to {@link #RFLAGS}. */
    long get(int register);

    void set(int register, long value);

    /** Set in {@link #originalRax()} of a call that was made through one of KM's ports. */
    long BY_PORT = 1L << 32;

    /** The number of the system call being served or interrupted, or -1; its low 32 bits alone are the number. */
    long originalRax();

    void originalRax(long value);

    /** What the call being served gives the payload: in rax, or in the argument block of a call through a port. */
    default long callResult() {
        return get(RAX);
    }

    default void callResult(long value) {
        set(RAX, value);
    }

    /** Sets rip back on the instruction, so that call {@code number} is made when the thread goes on. */
    default void callAgain(int number) {
        set(RAX, number);
        set(RIP, get(RIP) - 2);
    }

    /**
     * What the thread keeps at gs:0 for its next call through a port, 0 when it makes none. A handler makes calls of its
     * own in between, so that its frame keeps this.
     */
    default long argumentBlock() {
        return 0;
    }

    default void argumentBlock(long address) {}

    /** A copy of the XSAVE area in the standard format (not compacted), header included; at least 576 bytes. */
    byte[] xsave();

    /** Loads an area of the form and length that {@link #xsave()} gives. */
    void xsave(byte[] area);

    /** XCR0: the state components that {@link #xsave()} may hold. */
    long xfeatures();

    GuestMemory memory();
}
