package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.platform.GuestLayout;

/** The monitor's own pages in the guest, guest-physical memory, and selectors. */
final class KvmLayout {
    /** The page that SYSCALL enters: CPL 3 on hosts where SYSCALL leaves it so. */
    static final long STUB = GuestLayout.STUB;
    /** GDT, IDT, exception stubs, and a page for each virtual CPU; supervisor only. */
    static final long SYSTEM = 0x7fff_0000_0000L;

    static final long GDT = SYSTEM;
    static final long IDT = SYSTEM + 0x1000;
    static final long EXCEPTION_STUBS = SYSTEM + 0x2000;
    static final long CPU_PAGES = SYSTEM + 0x10000;

    /** Guest-physical: tables and stubs from 0, the vDSO, then chunks of payload memory. */
    static final long PHYSICAL_VDSO = 0x8000_0000L;

    static final long PHYSICAL_SPARE = 0x9000_0000L;
    /** What KVM wants for itself on processors that cannot run real mode otherwise. */
    static final long PHYSICAL_IDENTITY_MAP = 0xfffb_c000L;

    static final long PHYSICAL_TSS = 0xfffb_d000L;
    static final long PHYSICAL_CHUNKS = 0x1_0000_0000L;

    /** Bytes of one exception stub. */
    static final int EXCEPTION_STUB_BYTES = 16;
    /** The port that means "system call", allowed at CPL 3 by the TSS's bitmap. Ports 0 to 31 are exceptions. */
    static final int SYSCALL_PORT = 0x77;

    static final int KERNEL_CODE = 0x10;
    static final int USER_CODE = 0x33;
    static final int USER_DATA = 0x2b;
    static final int TSS_SELECTOR = 0x40;
    /** TSS up to and with the bitmap that covers the port, plus the all-ones byte that must follow it. */
    static final int TSS_LIMIT = 0x68 + SYSCALL_PORT / 8 + 1;

    private KvmLayout() {}
}
