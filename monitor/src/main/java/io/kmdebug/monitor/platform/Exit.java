package io.kmdebug.monitor.platform;

/** Why a virtual CPU stopped running the payload. The registers are the payload's own, never the stubs'. */
public sealed interface Exit {
    Exit SYSCALL = new Syscall();
    Exit BREAKPOINT = new Breakpoint();
    Exit STEP = new Step();
    Exit KICKED = new Kicked();
    /** A host fault somewhere. */
    Exit HOST_FAULT = new HostFault(-1);

    /** A SYSCALL instruction: rip is behind it, rax the number. */
    record Syscall() implements Exit {}

    /** An int3 instruction; rip is behind it. */
    record Breakpoint() implements Exit {}

    /** The trap flag was set and one instruction is done (processor vector 1). */
    record Step() implements Exit {}

    /** A kick, or nothing at all: look at the requests. */
    record Kicked() implements Exit {}

    /**
     * The host could not provide a page that the guest's page tables promise, such as one behind the end of a mapped
     * file; or the page tables are being changed at this moment.
     *
     * @param address what was accessed, or -1 when that is not known
     */
    record HostFault(long address) implements Exit {}

    /**
     * A processor exception.
     *
     * @param vector 0 to 31
     * @param errorCode as the processor pushed it; 0 for vectors that have none
     * @param address CR2 of a page fault, else 0
     */
    record Fault(int vector, long errorCode, long address) implements Exit {}

    /** The virtual machine cannot go on. */
    record Shutdown(String reason) implements Exit {}
}
