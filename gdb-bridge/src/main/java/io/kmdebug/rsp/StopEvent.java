package io.kmdebug.rsp;

import io.kmdebug.machine.Registers;
import java.util.List;

/**
 * The payload has stopped, or is gone.
 *
 * @param tid the thread that is the cause; 0 when the process is gone ({@link StubTarget.StopReason.Exited} and
 *     {@link StubTarget.StopReason.Killed})
 * @param registers those that came along with the stop reply: with this project's stub all general ones, rip and
 *     eflags; with others at least rip and rsp as a rule; ask {@link Registers#has}
 * @param threads the live threads, where the stop reply lists them (this project's stub, up to 256); else empty
 * @param memory what came along: with this project's stub the top of the thread's stack
 */
public record StopEvent(
        int tid,
        StubTarget.StopReason reason,
        Registers registers,
        List<Integer> threads,
        List<ExpeditedMemory> memory) {
    /** A stop whose reply has no more than registers. */
    public StopEvent(int tid, StubTarget.StopReason reason, Registers registers) {
        this(tid, reason, registers, List.of(), List.of());
    }

    /** Whether the process is gone. */
    public boolean isExit() {
        return reason instanceof StubTarget.StopReason.Exited || reason instanceof StubTarget.StopReason.Killed;
    }
}
