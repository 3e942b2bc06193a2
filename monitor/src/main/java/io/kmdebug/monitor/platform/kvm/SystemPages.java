package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.GuestLayout;

/**
 * The monitor's own code and tables in the guest. The code is {@code out} instructions only: an exit to the monitor is
 * legal there at CPL 0 and, through the TSS's bitmap, at CPL 3, where some hosts leave the processor after SYSCALL.
 */
final class SystemPages {
    private static final int OUT_AL = 0xe6;
    private static final int VECTORS = 32;
    private static final int INTERRUPT_GATE = 0x8e;
    private static final int DPL3 = 0x60;

    private SystemPages() {}

    /** Returns the host address of the page at {@link KvmLayout#STUB}. */
    static long install(SystemMemory memory, PageTables tables) {
        long gdt = memory.allocatePage();
        long idt = memory.allocatePage();
        long exceptions = memory.allocatePage();
        long stub = memory.allocatePage();
        tables.mapSystem(KvmLayout.GDT, gdt, false, true, false);
        tables.mapSystem(KvmLayout.IDT, idt, false, true, false);
        tables.mapSystem(KvmLayout.EXCEPTION_STUBS, exceptions, false, false, true);
        tables.mapSystem(KvmLayout.STUB, stub, true, false, true);
        fillGdt(memory.host(gdt));
        fillIdt(memory.host(idt), memory.host(exceptions));
        fillStub(memory.host(stub));
        return memory.host(stub);
    }

    /** The selectors are Linux's, since user code can see them. */
    private static void fillGdt(long gdt) {
        HostMemory.putLong(gdt + 0x10, 0x00af_9b00_0000_ffffL); // kernel code
        HostMemory.putLong(gdt + 0x18, 0x00cf_9300_0000_ffffL); // kernel data
        HostMemory.putLong(gdt + 0x20, 0x00cf_fb00_0000_ffffL); // user code, 32 bits
        HostMemory.putLong(gdt + 0x28, 0x00cf_f300_0000_ffffL); // user data
        HostMemory.putLong(gdt + 0x30, 0x00af_fb00_0000_ffffL); // user code, 64 bits
    }

    private static void fillIdt(long idt, long stubs) {
        for (int vector = 0; vector < VECTORS; vector++) {
            int at = vector * KvmLayout.EXCEPTION_STUB_BYTES;
            HostMemory.putByte(stubs + at, (byte) OUT_AL);
            HostMemory.putByte(stubs + at + 1, (byte) vector);
            long handler = KvmLayout.EXCEPTION_STUBS + at;
            boolean fromUser = vector == 3 || vector == 4; // int3, into
            int type = INTERRUPT_GATE | (fromUser ? DPL3 : 0);
            // offset 15:0, selector, IST 1, type, offset 31:16; offset 63:32
            HostMemory.putLong(
                    idt + 16L * vector,
                    handler & 0xffff
                            | (long) KvmLayout.KERNEL_CODE << 16
                            | 1L << 32
                            | (long) type << 40
                            | (handler >>> 16 & 0xffff) << 48);
            HostMemory.putLong(idt + 16L * vector + 8, handler >>> 32);
        }
    }

    private static void fillStub(long stub) {
        HostMemory.putByte(stub, (byte) OUT_AL);
        HostMemory.putByte(stub + 1, (byte) KvmLayout.SYSCALL_PORT);
        // Reached only where SYSCALL enters CPL 0: sysretq.
        HostMemory.putByte(stub + 2, (byte) 0x48);
        HostMemory.putByte(stub + 3, (byte) 0x0f);
        HostMemory.putByte(stub + 4, (byte) 0x07);
        long restorer = stub + (GuestLayout.RESTORER - KvmLayout.STUB);
        HostMemory.putLong(restorer, GuestLayout.RESTORER_CODE);
    }

    static long cpuPage(int id) {
        return KvmLayout.CPU_PAGES + 4096L * id;
    }

    /** TSS at the page's start, the stack for exceptions at its end. */
    static void installCpu(SystemMemory memory, PageTables tables, int id, long physical) {
        long guest = cpuPage(id);
        tables.mapSystem(guest, physical, false, true, false);
        long tss = memory.host(physical);
        HostMemory.putLong(tss + 0x04, guest + 4096); // RSP0
        HostMemory.putLong(tss + 0x24, guest + 4096); // IST1
        HostMemory.putShort(tss + 0x66, 0x68); // where the I/O bitmap starts
        for (int i = 0x68; i <= KvmLayout.TSS_LIMIT; i++) HostMemory.putByte(tss + i, (byte) 0xff);
        int port = KvmLayout.SYSCALL_PORT;
        HostMemory.putByte(tss + 0x68 + port / 8, (byte) ~(1 << port % 8));
    }
}
