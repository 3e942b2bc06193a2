package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.Exit;
import io.kmdebug.monitor.platform.GuestLayout;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VdsoPages;
import io.kmdebug.monitor.platform.VirtualCpu;
import java.util.ArrayDeque;

/** One virtual machine: its slots, its page tables, the monitor's tables in it, and a pool of virtual CPUs. */
public final class KvmPlatform implements Platform {
    private static final int O_RDWR_CLOEXEC = 0x80002;
    /** rt_sigreturn, which the restorer calls. */
    private static final int RESTORER_CALL = 15;

    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int ENXIO = 6;

    private final int vm;
    private final SystemMemory system;
    private final PageTables tables;
    private final long vdso;
    private final KvmCpuSetup setup;
    private final StubAnswers answers;
    private final ArrayDeque<KvmVcpu> idle = new ArrayDeque<>();
    private int nextCpu;

    private KvmPlatform(int kvm, int vm, long windowHost, ProcessorView view) {
        this.vm = vm;
        MemorySlots slots = new MemorySlots(vm, windowHost);
        this.system = new SystemMemory(slots);
        this.tables = new PageTables(system, slots);
        long stub = SystemPages.install(system, tables);
        this.answers = new StubAnswers(system, tables, stub);
        this.vdso = mapVdso(slots, tables);
        this.setup = new KvmCpuSetup(kvm, tables.root(), view);
    }

    /**
     * @param windowHost host address of guest address 0; {@link GuestLayout#PAYLOAD_END} bytes from there on are the
     *     payload's
     * @param view what CPUID tells the payload, where KVM can decide that
     * @throws HostFailure with a sentence for the user when there is no usable KVM
     */
    public static KvmPlatform open(String device, long windowHost, ProcessorView view) {
        int kvm = HostCall.open(device, O_RDWR_CLOEXEC);
        if (kvm < 0) throw unavailable(device, -kvm);
        int vm = (int) HostCall.ioctl(kvm, Kvm.CREATE_VM, 0);
        if (vm < 0) throw new HostFailure("KVM cannot create a virtual machine", -vm);
        long all = Kvm.SYNC_REGS | Kvm.SYNC_SREGS | Kvm.SYNC_EVENTS;
        if ((HostCall.ioctl(vm, Kvm.CHECK_EXTENSION, Kvm.CAP_SYNC_REGS) & all) != all) {
            throw new HostFailure("this kernel's KVM is too old: it lacks KVM_CAP_SYNC_REGS (Linux 4.17)");
        }
        // Needed by Intel processors without unrestricted guest only; others ignore or refuse it.
        long identity = HostMemory.allocate(8);
        HostMemory.putLong(identity, KvmLayout.PHYSICAL_IDENTITY_MAP);
        HostCall.ioctl(vm, Kvm.SET_IDENTITY_MAP_ADDR, identity);
        HostCall.ioctl(vm, Kvm.SET_TSS_ADDR, KvmLayout.PHYSICAL_TSS);
        HostMemory.free(identity);
        return new KvmPlatform(kvm, vm, windowHost, view);
    }

    /**
     * Lets a virtual CPU make one system call from user mode, and keeps it for the payload.
     *
     * @throws HostFailure when that does not come out
     */
    public void test() {
        VirtualCpu cpu = acquireCpu();
        cpu.set(Kvm.RIP, GuestLayout.RESTORER);
        Exit exit = cpu.run();
        if (exit instanceof Exit.Shutdown shutdown) throw new HostFailure("KVM does not work: " + shutdown.reason());
        if (exit != Exit.SYSCALL || cpu.get(Kvm.RAX) != RESTORER_CALL) {
            throw new HostFailure("KVM does not run user code as it should");
        }
        releaseCpu(cpu);
    }

    /** Guest address of the vDSO's ELF header, or 0 when the host has none. */
    private static long mapVdso(MemorySlots slots, PageTables tables) {
        VdsoPages.Place host = VdsoPages.own();
        if (host == null) return 0;
        long bytes = host.end() - host.start();
        slots.add(KvmLayout.PHYSICAL_VDSO, bytes, host.start(), Kvm.MEM_READONLY);
        for (long offset = 0; offset < bytes; offset += PAGE) {
            boolean executable = host.start() + offset >= host.code();
            long guest = GuestLayout.VDSO + offset;
            tables.mapSystem(guest, KvmLayout.PHYSICAL_VDSO + offset, true, false, executable);
        }
        return GuestLayout.VDSO + (host.code() - host.start());
    }

    private static HostFailure unavailable(String device, long errno) {
        if (errno == ENOENT || errno == ENXIO) {
            return new HostFailure(
                    device + " is missing: load KVM (modprobe kvm_intel or kvm_amd), or switch on nested virtualisation"
                            + " when this host is itself a virtual machine; in a container pass --device " + device);
        }
        if (errno == EACCES) {
            return new HostFailure(
                    device + " may not be opened by this user: join the group that owns it (sudo usermod -aG kvm $USER)"
                            + " and log in again");
        }
        return new HostFailure("cannot open " + device, errno);
    }

    @Override
    public VirtualCpu acquireCpu() {
        KvmVcpu cpu;
        synchronized (idle) {
            cpu = idle.poll();
        }
        if (cpu == null) return makeCpu();
        cpu.clear();
        return cpu;
    }

    /** Takes long, so nobody waits for it who finds an idle one. */
    private synchronized KvmVcpu makeCpu() {
        int id = nextCpu++;
        if (Trace.on(Trace.KVM)) Trace.line(Trace.KVM, "virtual CPU " + id + " is made");
        long page = system.allocatePage();
        SystemPages.installCpu(system, tables, id, page);
        return setup.create(vm, id, system.host(page), answers);
    }

    @Override
    public void prepare() {
        releaseCpu(acquireCpu());
    }

    @Override
    public void reserveCpus(int count) {
        while (idleCpus() < count) releaseCpu(makeCpu());
    }

    private int idleCpus() {
        synchronized (idle) {
            return idle.size();
        }
    }

    @Override
    public void releaseCpu(VirtualCpu cpu) {
        synchronized (idle) {
            idle.push((KvmVcpu) cpu);
        }
    }

    @Override
    public void map(long guest, long length, int protection) {
        if (tables.wantsReclaim()) tables.reclaim();
        tables.map(guest, length, protection);
    }

    @Override
    public void mapLarge(long guest, long length, int protection) {
        if (tables.wantsReclaim()) tables.reclaim();
        tables.mapLarge(guest, length, protection);
    }

    @Override
    public void protect(long guest, long length, int protection) {
        tables.protect(guest, length, protection);
    }

    @Override
    public void unmap(long guest, long length) {
        tables.protect(guest, length, 0);
    }

    @Override
    public int protection(long guest) {
        return tables.protection(guest);
    }

    @Override
    public long tableBytes() {
        return system.usedBytes();
    }

    @Override
    public void answer(int number, int value) {
        answers.answer(number, value);
    }

    @Override
    public void unanswer(int number) {
        answers.forget(number);
    }

    @Override
    public long xfeatures() {
        return setup.xcr0();
    }

    @Override
    public long vdso() {
        return vdso;
    }

    @Override
    public long restorer() {
        return GuestLayout.RESTORER;
    }
}
