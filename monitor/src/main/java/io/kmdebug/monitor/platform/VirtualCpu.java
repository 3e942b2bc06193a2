package io.kmdebug.monitor.platform;

import io.kmdebug.monitor.host.KickSignal;

/**
 * One virtual CPU and, while it does not run, the registers of the payload thread on it. Register numbers are those of
 * {@code struct kvm_regs}, as {@code GuestContext} names them. Used by one thread at a time.
 */
public interface VirtualCpu {
    /** Lets the payload run until something happens. */
    Exit run();

    /** A general register, rip (16) or rflags (17). */
    long get(int register);

    void set(int register, long value);

    long fsBase();

    void fsBase(long value);

    long gsBase();

    void gsBase(long value);

    /** The XSAVE area in the standard format. */
    byte[] xsave();

    void xsave(byte[] area);

    /**
     * Makes {@link #run} return, when the CPU is in it.
     *
     * @param hostTid the platform thread that runs this CPU
     */
    default void kick(int hostTid) {
        KickSignal.send(hostTid);
    }

    /**
     * Called by the thread that runs this CPU before it rests: from then until the next {@link #run} any thread may ask
     * for registers and set them.
     */
    default void settle() {}

    /** On the host thread that is going to run it: does what needs rights that the thread may not have any more then. */
    default void takeHold() {}

    /** The host thread in which the payload's code runs when that is not the one that calls {@link #run}, else 0. */
    default int guestTid() {
        return 0;
    }

    /** The thread on this CPU may get this result of gettid without an exit; until the CPU is given back. 0: no more. */
    default void answerGettid(int tid) {}
}
