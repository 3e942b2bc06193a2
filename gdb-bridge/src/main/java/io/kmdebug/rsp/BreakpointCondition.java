package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import org.jspecify.annotations.Nullable;

/** What must be so for a breakpoint to be a stop. */
@FunctionalInterface
public interface BreakpointCondition {
    /** The thread that stands at the breakpoint. */
    interface Circumstances {
        /** A register's bytes; null when it has none. */
        byte @Nullable [] register(AmdRegister register);

        MemoryReader memory();
    }

    /** Whether it is to stop; also when the condition makes no sense there. */
    boolean holds(Circumstances at);
}
