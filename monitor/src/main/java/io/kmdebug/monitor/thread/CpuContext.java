package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VirtualCpu;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestMemory;

/** The registers of a payload thread: those of its virtual CPU, and the call it is in. */
final class CpuContext implements GuestContext {
    /** hc_ret and six arguments. */
    static final int BLOCK_BYTES = 56;

    private static final int RESTART_SYSCALL = 219;

    private final VirtualCpu cpu;
    private final Platform platform;
    private final GuestMemory memory;
    private final ArgumentCells cells;
    private long originalRax = -1;
    /** Bytes of the instruction that makes a call through a port. */
    private int portCallBytes = 1;
    /** Where such a call is going to be continued by restart_syscall: rip and rsp; 0: nowhere. */
    private long continuedAt;

    private long continuedStack;

    CpuContext(VirtualCpu cpu, Platform platform, GuestMemory memory, ArgumentCells cells) {
        this.cells = cells;
        this.cpu = cpu;
        this.platform = platform;
        this.memory = memory;
    }

    @Override
    public long get(int register) {
        return cpu.get(register);
    }

    @Override
    public void set(int register, long value) {
        cpu.set(register, value);
    }

    @Override
    public long originalRax() {
        return originalRax;
    }

    @Override
    public void originalRax(long value) {
        originalRax = value;
    }

    /** Enters a call through a port; rip is moved behind it. Returns the number of the call to serve. */
    int beginPortCall(int number, int bytes) {
        long rip = get(RIP);
        boolean continues = rip == continuedAt && get(RSP) == continuedStack;
        continuedAt = 0;
        portCallBytes = bytes;
        set(RIP, rip + bytes);
        int served = continues ? RESTART_SYSCALL : number;
        originalRax = served | BY_PORT;
        return served;
    }

    int portCallBytes() {
        return portCallBytes;
    }

    long continuedAt() {
        return continuedAt;
    }

    long continuedStack() {
        return continuedStack;
    }

    /** What {@link #portCallBytes}, {@link #continuedAt} and {@link #continuedStack} gave elsewhere. */
    void continues(int bytes, long at, long stack) {
        portCallBytes = bytes;
        continuedAt = at;
        continuedStack = stack;
    }

    private boolean byPort() {
        return originalRax >= BY_PORT;
    }

    /** Of the call that the thread is in; the cell at gs:0 keeps it. */
    private long block() {
        return memory.readLong(cpu.gsBase());
    }

    @Override
    public long callResult() {
        return byPort() ? memory.readLong(block()) : get(RAX);
    }

    @Override
    public void callResult(long value) {
        if (byPort()) memory.writeLong(block(), value);
        else set(RAX, value);
    }

    @Override
    public void callAgain(int number) {
        if (!byPort()) {
            GuestContext.super.callAgain(number);
            return;
        }
        long rip = get(RIP) - portCallBytes;
        set(RIP, rip);
        if (number != RESTART_SYSCALL) return;
        continuedAt = rip;
        continuedStack = get(RSP);
    }

    @Override
    public long argumentBlock() {
        return cell() == 0 ? 0 : memory.readLong(cell());
    }

    @Override
    public void argumentBlock(long address) {
        if (address != 0 && cell() != 0) memory.writeLong(cell(), address);
    }

    /** The thread's cell at gs:0 while it has one that is still there, else 0. */
    private long cell() {
        long cell = cpu.gsBase();
        boolean usable = cells.owns(cell) && memory.accessible(cell, 8, Access.WRITE) == 8;
        return usable ? cell : 0;
    }

    @Override
    public byte[] xsave() {
        return cpu.xsave();
    }

    @Override
    public void xsave(byte[] area) {
        cpu.xsave(area);
    }

    @Override
    public long xfeatures() {
        return platform.xfeatures();
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }
}
