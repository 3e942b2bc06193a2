package io.kmdebug.monitor.signal;

import io.kmdebug.monitor.syscall.GuestMemory;

/** Registers of a thread that never runs. */
public final class FakeContext implements GuestContext {
    public static final int XSAVE_BYTES = 832;

    private final long[] registers = new long[18];
    private final GuestMemory memory;
    private byte[] xsave = new byte[XSAVE_BYTES];
    private long originalRax = -1;

    public FakeContext(GuestMemory memory) {
        this.memory = memory;
        registers[RFLAGS] = 0x202;
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
    public long originalRax() {
        return originalRax;
    }

    @Override
    public void originalRax(long value) {
        originalRax = value;
    }

    @Override
    public byte[] xsave() {
        return xsave.clone();
    }

    @Override
    public void xsave(byte[] area) {
        xsave = area.clone();
    }

    @Override
    public long xfeatures() {
        return 7;
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }
}
