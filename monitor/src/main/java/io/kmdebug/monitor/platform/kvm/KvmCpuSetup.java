package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.KickSignal;

/** Brings virtual CPUs into 64-bit user mode with the features that KVM grants. */
final class KvmCpuSetup {
    private static final int CPUID_ENTRIES = 256;
    private static final int CPUID_BYTES = 8 + 40 * CPUID_ENTRIES;
    private static final long CR0 = 0x8005_0033L; // PE MP ET NE WP AM PG
    /** PAE OSFXSR OSXMMEXCPT, then FSGSBASE and OSXSAVE where granted. */
    private static final long[] CR4 = {0x5_0620, 0x4_0620, 0x620};

    private static final long EFER = 0xd01; // SCE LME LMA NXE
    /** x87 SSE AVX AVX-512, AVX only, SSE only, x87 only: the first that KVM grants. */
    private static final long[] XCR0 = {0xe7, 0x7, 0x3, 0x1};

    private static final int MSR_STAR = 0xc000_0081;
    private static final int MSR_LSTAR = 0xc000_0082;
    private static final int MSR_FMASK = 0xc000_0084;
    private static final long TRAP_FLAG = 0x100;
    private static final int XCRS_BYTES = 392;
    private static final int KVM_VCPU_TSC_CTRL = 0;
    private static final int KVM_VCPU_TSC_OFFSET = 0;

    private final long cpuid = HostMemory.allocate(CPUID_BYTES);
    private final long scratch = HostMemory.allocate(512);
    private final long root;
    private final int runBytes;
    private long xcr0;

    KvmCpuSetup(int kvm, long root, ProcessorView view) {
        this.root = root;
        this.runBytes = (int) HostCall.ioctl(kvm, Kvm.GET_VCPU_MMAP_SIZE, 0);
        HostMemory.putInt(cpuid, CPUID_ENTRIES);
        check(HostCall.ioctl(kvm, Kvm.GET_SUPPORTED_CPUID, cpuid), "tell its processor features");
        view.edit(cpuid);
    }

    long xcr0() {
        return xcr0;
    }

    /** @param cpuPageHost host address of the page with TSS and exception stack */
    KvmVcpu create(int vm, int id, long cpuPageHost, StubAnswers answers) {
        int fd = (int) check(HostCall.ioctl(vm, Kvm.CREATE_VCPU, id), "create another virtual CPU");
        check(HostCall.ioctl(fd, Kvm.SET_CPUID2, cpuid), "set processor features");
        setSystemRegisters(fd, id);
        setModelSpecificRegisters(fd);
        setExtendedFeatures(fd);
        setTimeOffset(fd);
        setSignalMask(fd);
        long run = HostCall.mmap(0, runBytes, HostCall.PROT_READ | HostCall.PROT_WRITE, HostCall.MAP_SHARED, fd, 0);
        if (run < 0 && run > -4096) throw new HostFailure("cannot map a virtual CPU", -run);
        HostMemory.putLong(run + Kvm.RUN_VALID_REGS, Kvm.SYNC_REGS | Kvm.SYNC_SREGS | Kvm.SYNC_EVENTS);
        check(HostCall.ioctl(fd, Kvm.GET_SREGS, run + Kvm.RUN_SREGS), "read registers");
        return new KvmVcpu(fd, id, run, cpuPageHost, SystemPages.cpuPage(id), this, answers);
    }

    private void setSystemRegisters(int fd, int id) {
        long sregs = scratch;
        check(HostCall.ioctl(fd, Kvm.GET_SREGS, sregs), "read registers");
        userCode(sregs + Kvm.CS);
        userData(sregs + Kvm.SS, KvmLayout.USER_DATA);
        userData(sregs + Kvm.DS, 0);
        userData(sregs + Kvm.ES, 0);
        userData(sregs + Kvm.FS, 0);
        userData(sregs + Kvm.GS, 0);
        segment(sregs + Kvm.TR, SystemPages.cpuPage(id), KvmLayout.TSS_LIMIT, KvmLayout.TSS_SELECTOR, 11, 0);
        HostMemory.putLong(sregs + Kvm.GDT, KvmLayout.GDT);
        HostMemory.putShort(sregs + Kvm.GDT + 8, 0x5f);
        HostMemory.putLong(sregs + Kvm.IDT, KvmLayout.IDT);
        HostMemory.putShort(sregs + Kvm.IDT + 8, 0xfff);
        HostMemory.putLong(sregs + Kvm.CR0, CR0);
        HostMemory.putLong(sregs + Kvm.CR3, root);
        HostMemory.putLong(sregs + Kvm.EFER, EFER);
        long result = -1;
        for (int i = 0; i < CR4.length && result < 0; i++) {
            HostMemory.putLong(sregs + Kvm.CR4, CR4[i]);
            result = HostCall.ioctl(fd, Kvm.SET_SREGS, sregs);
        }
        check(result, "enter 64-bit mode");
    }

    static void userCode(long segment) {
        segment(segment, 0, 0xffff_ffff, KvmLayout.USER_CODE, 11, 3);
        HostMemory.putByte(segment + Kvm.SEGMENT_S, (byte) 1);
        HostMemory.putByte(segment + Kvm.SEGMENT_L, (byte) 1);
        HostMemory.putByte(segment + Kvm.SEGMENT_G, (byte) 1);
    }

    static void userData(long segment, int selector) {
        segment(segment, 0, 0xffff_ffff, selector, 3, 3);
        HostMemory.putByte(segment + Kvm.SEGMENT_S, (byte) 1);
        HostMemory.putByte(segment + Kvm.SEGMENT_DB, (byte) 1);
        HostMemory.putByte(segment + Kvm.SEGMENT_G, (byte) 1);
    }

    private static void segment(long at, long base, int limit, int selector, int type, int dpl) {
        HostMemory.clear(at, 24);
        HostMemory.putLong(at, base);
        HostMemory.putInt(at + Kvm.SEGMENT_LIMIT, limit);
        HostMemory.putShort(at + Kvm.SEGMENT_SELECTOR, selector);
        HostMemory.putByte(at + Kvm.SEGMENT_TYPE, (byte) type);
        HostMemory.putByte(at + Kvm.SEGMENT_PRESENT, (byte) 1);
        HostMemory.putByte(at + Kvm.SEGMENT_DPL, (byte) dpl);
    }

    private void setModelSpecificRegisters(int fd) {
        HostMemory.clear(scratch, 8 + 3 * 16);
        HostMemory.putInt(scratch, 3);
        msr(0, MSR_STAR, 0x0023_0010L << 32);
        msr(1, MSR_LSTAR, KvmLayout.STUB);
        // The trap flag is cleared so that a step over SYSCALL does not step through the stub.
        msr(2, MSR_FMASK, TRAP_FLAG);
        long set = check(HostCall.ioctl(fd, Kvm.SET_MSRS, scratch), "set the entry of system calls");
        if (set != 3) throw new HostFailure("KVM refuses the registers of SYSCALL");
    }

    /** Where SYSCALL goes on this CPU from now on. */
    void setSyscallEntry(int fd, long entry) {
        long msrs = HostMemory.allocate(8 + 16);
        HostMemory.putInt(msrs, 1);
        HostMemory.putInt(msrs + 8, MSR_LSTAR);
        HostMemory.putLong(msrs + 16, entry);
        long set = check(HostCall.ioctl(fd, Kvm.SET_MSRS, msrs), "change the entry of system calls");
        HostMemory.free(msrs);
        if (set != 1) throw new HostFailure("KVM refuses another entry of SYSCALL");
    }

    private void msr(int index, int number, long value) {
        HostMemory.putInt(scratch + 8 + 16L * index, number);
        HostMemory.putLong(scratch + 16 + 16L * index, value);
    }

    private void setExtendedFeatures(int fd) {
        for (long value : XCR0) {
            HostMemory.clear(scratch, XCRS_BYTES);
            HostMemory.putInt(scratch, 1);
            HostMemory.putLong(scratch + 16, value);
            if (HostCall.ioctl(fd, Kvm.SET_XCRS, scratch) < 0) continue;
            xcr0 = value;
            return;
        }
        xcr0 = 3; // no XSAVE: the legacy region alone
    }

    /**
     * The guest's counter is to read as the host's, for the vDSO does the host's arithmetic. Refused by hosts whose
     * guests read the host's counter anyway.
     */
    private void setTimeOffset(int fd) {
        HostMemory.clear(scratch, 40);
        HostMemory.putInt(scratch + 4, KVM_VCPU_TSC_CTRL);
        HostMemory.putLong(scratch + 8, KVM_VCPU_TSC_OFFSET);
        HostMemory.putLong(scratch + 16, scratch + 32);
        HostCall.ioctl(fd, Kvm.SET_DEVICE_ATTR, scratch);
    }

    private void setSignalMask(int fd) {
        HostMemory.putInt(scratch, 8);
        HostMemory.putLong(scratch + 4, KickSignal.maskInGuest());
        check(HostCall.ioctl(fd, Kvm.SET_SIGNAL_MASK, scratch), "set a signal mask");
    }

    private static long check(long result, String what) {
        if (result < 0) throw new HostFailure("KVM does not " + what, -result);
        return result;
    }
}
