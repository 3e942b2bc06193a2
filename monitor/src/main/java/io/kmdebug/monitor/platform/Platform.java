package io.kmdebug.monitor.platform;

import io.kmdebug.monitor.host.HostFailure;

/** A machine for one payload: its page tables and its virtual CPUs. */
public interface Platform {
    /** Protection bits of {@link #map}, as mmap(2) has them. */
    int READ = 1;

    int WRITE = 2;
    int EXECUTE = 4;

    /** Bytes of a page. */
    int PAGE = 4096;

    /** Bytes of a large page. */
    long LARGE_PAGE = 2L << 20;

    /** A virtual CPU that nobody uses. Its general registers are zero; its extended state is a predecessor's. */
    VirtualCpu acquireCpu();

    /** Does now what the first {@link #acquireCpu} would take time for. */
    default void prepare() {}

    /**
     * So many {@link #acquireCpu} need not wait until one is made. Called by a thread of the monitor's beside the
     * payload.
     *
     * @throws HostFailure when the host has no more virtual CPUs
     */
    default void reserveCpus(int count) {}

    /** Whether the monitor traces processes, which are its children or look like them to wait(2). */
    default boolean tracesProcesses() {
        return false;
    }

    /** Gives a virtual CPU back. */
    void releaseCpu(VirtualCpu cpu);

    /**
     * Makes pages accessible as {@code protection} says (0: not at all) whether they were before or not. Host memory
     * must permit as much already. Takes effect on running CPUs when the host mapping changes, or at their next fault.
     *
     * @param guest page aligned
     * @param length bytes, a multiple of {@link #PAGE}
     * @throws OutOfTables when there is no memory left to describe it; part of it may be mapped then
     */
    void map(long guest, long length, int protection);

    /**
     * Like {@link #map}, with large pages where the platform has any and nothing smaller was there before.
     *
     * @param guest and {@code length}: multiples of {@link #LARGE_PAGE}
     */
    default void mapLarge(long guest, long length, int protection) {
        map(guest, length, protection);
    }

    /** Like {@link #map} for the pages that are mapped at this moment; the others stay unmapped. */
    void protect(long guest, long length, int protection);

    void unmap(long guest, long length);

    /** Protection bits of the page, or 0 when it is not mapped. */
    int protection(long guest);

    /** Bytes of the page tables that describe the payload's memory. */
    default long tableBytes() {
        return 0;
    }

    /**
     * The process that runs the payload's instructions, when that is another one than this: its threads are traced, so
     * their stops must not be signalled (SA_NOCLDSTOP), and a wait for any child would take them away. Else 0.
     */
    default int tracedProcess() {
        return 0;
    }

    /** The monitor is about to end: what the host does not clean up behind a process is to go now. No CPU runs again. */
    default void close() {}

    /** XCR0 of the virtual CPUs. */
    long xfeatures();

    /** Guest address of the vDSO's ELF header, or 0 when there is none. */
    long vdso();

    /** Guest address of {@code mov $15,%eax; syscall} for signal handlers without a restorer. */
    long restorer();

    /**
     * From now on threads may get this result of a system call without an exit, if the platform can: of sched_yield,
     * getpid, getuid, getgid, geteuid, getegid. Whoever needs to see such calls does not ask for it.
     */
    default void answer(int number, int value) {}

    /** Ends {@link #answer}: the call is made as any other. */
    default void unanswer(int number) {}
}
