package io.kmdebug.monitor.platform.kvm;

/** Numbers of the KVM interface: ioctls, exit reasons, offsets in {@code struct kvm_run}. Linux {@code kvm.h}. */
final class Kvm {
    static final long CREATE_VM = 0xae01;
    static final long CHECK_EXTENSION = 0xae03;
    static final long GET_VCPU_MMAP_SIZE = 0xae04;
    static final long GET_SUPPORTED_CPUID = 0xc008ae05L;
    static final long CREATE_VCPU = 0xae41;
    static final long SET_USER_MEMORY_REGION = 0x4020ae46L;
    static final long SET_TSS_ADDR = 0xae47;
    static final long SET_IDENTITY_MAP_ADDR = 0x4008ae48L;
    static final long RUN = 0xae80;
    static final long GET_SREGS = 0x8138ae83L;
    static final long SET_SREGS = 0x4138ae84L;
    static final long SET_MSRS = 0x4008ae89L;
    static final long SET_SIGNAL_MASK = 0x4004ae8bL;
    static final long SET_CPUID2 = 0x4008ae90L;
    static final long SET_XSAVE = 0x5000aea5L;
    static final long SET_XCRS = 0x4188aea7L;
    static final long GET_XSAVE = 0x9000aea4L;
    static final long SET_DEVICE_ATTR = 0x4018aee1L;

    static final int CAP_SYNC_REGS = 74;
    static final int CAP_READONLY_MEM = 81;
    static final int SYNC_REGS = 1;
    static final int SYNC_SREGS = 2;
    static final int SYNC_EVENTS = 4;
    static final int MEM_READONLY = 2;

    static final int EXIT_IO = 2;
    static final int EXIT_MMIO = 6;
    static final int EXIT_SHUTDOWN = 8;
    static final int EXIT_FAIL_ENTRY = 9;
    static final int EXIT_INTR = 10;
    static final int EXIT_INTERNAL_ERROR = 17;

    static final int RUN_EXIT_REASON = 8;
    static final int RUN_IO_PORT = 34;
    static final int RUN_MMIO_ADDRESS = 32;
    static final int RUN_INTERNAL_SUBERROR = 32;
    static final int RUN_VALID_REGS = 288;
    static final int RUN_DIRTY_REGS = 296;
    static final int RUN_REGS = 304;
    static final int RUN_SREGS = 448;
    static final int RUN_EVENTS = 760;
    /** exception.nr of struct kvm_vcpu_events. */
    static final int RUN_EVENTS_VECTOR = RUN_EVENTS + 1;

    /** struct kvm_regs: rax rbx rcx rdx rsi rdi rsp rbp r8..r15 rip rflags. */
    static final int RAX = 0;

    static final int RCX = 2;
    static final int RSP = 6;
    static final int R11 = 11;
    static final int RIP = 16;
    static final int RFLAGS = 17;
    static final int REGS_COUNT = 18;

    /** struct kvm_sregs. */
    static final int SREGS_BYTES = 312;

    static final int CS = 0;
    static final int DS = 24;
    static final int ES = 48;
    static final int FS = 72;
    static final int GS = 96;
    static final int SS = 120;
    static final int TR = 144;
    static final int LDT = 168;
    static final int GDT = 192;
    static final int IDT = 208;
    static final int CR0 = 224;
    static final int CR2 = 232;
    static final int CR3 = 240;
    static final int CR4 = 248;
    static final int EFER = 264;

    /** struct kvm_segment: base u64, limit u32, selector u16, then bytes. */
    static final int SEGMENT_LIMIT = 8;

    static final int SEGMENT_SELECTOR = 12;
    static final int SEGMENT_TYPE = 14;
    static final int SEGMENT_PRESENT = 15;
    static final int SEGMENT_DPL = 16;
    static final int SEGMENT_DB = 17;
    static final int SEGMENT_S = 18;
    static final int SEGMENT_L = 19;
    static final int SEGMENT_G = 20;
    static final int SEGMENT_UNUSABLE = 22;

    private Kvm() {}
}
