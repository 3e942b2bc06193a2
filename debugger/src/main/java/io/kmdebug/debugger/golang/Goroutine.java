package io.kmdebug.debugger.golang;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;

/**
 * A goroutine as the run-time system describes it.
 *
 * @param address of its {@code runtime.g}
 * @param id as Go's own traces print it
 * @param state "running", "runnable", "chan receive", …: as Go's own traces say it
 * @param thread the tid of the thread that has it; 0 when it is parked
 * @param pc with {@code sp} and {@code bp}: where it goes on when it is parked
 * @param function the one it was started with, for people; "" when that is not known
 * @param system whether it belongs to the run-time system
 * @param locked whether it is wired to a thread
 */
public record Goroutine(
        long address,
        long id,
        String state,
        long thread,
        long pc,
        long sp,
        long bp,
        String function,
        boolean system,
        boolean locked) {
    public boolean parked() {
        return thread == 0;
    }

    /** {@code goroutine 18 [chan receive] main.(*Server).Handle}. */
    public String title() {
        StringBuilder title =
                new StringBuilder("goroutine ").append(id).append(" [").append(state);
        if (thread != 0) title.append(" on thread ").append(thread);
        if (locked) title.append(", locked to thread");
        if (system) title.append(", system");
        title.append(']');
        if (!function.isEmpty()) title.append(' ').append(function);
        return title.toString();
    }

    /** What is known of the registers of a parked one: where it goes on. */
    public Registers registers() {
        Registers registers = new Registers();
        registers.set(AmdRegister.RIP, pc);
        registers.set(AmdRegister.RSP, sp);
        if (bp != 0) registers.set(AmdRegister.RBP, bp);
        registers.set(AmdRegister.R14, address);
        return registers;
    }
}
