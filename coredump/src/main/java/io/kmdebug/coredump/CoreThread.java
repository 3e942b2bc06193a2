package io.kmdebug.coredump;

import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import org.jspecify.annotations.Nullable;

/**
 * A thread in a core: NT_PRSTATUS with the register notes behind it.
 *
 * @param tid thread id
 * @param signal pr_cursig; 0 for none
 * @param registers general registers, and x87, SSE and AVX as far as the core has notes for them
 * @param signalInfo NT_SIGINFO, or null
 */
public record CoreThread(
        int tid, int signal, Registers registers, @Nullable SignalInfo signalInfo) {}
