package io.kmdebug.debugger.engine;

import io.kmdebug.machine.Registers;
import org.jspecify.annotations.Nullable;

/**
 * A temporary breakpoint for one thread at one place of its stack: deeper activations of the same code, and other
 * threads, go over it.
 */
final class ReturnTrap {
    private final PlantedBreakpoints planted;
    private @Nullable Armed armed;

    /** @param lowestSp the stack pointer is at least this in the activation that is waited for */
    private record Armed(long address, long lowestSp) {}

    ReturnTrap(PlantedBreakpoints planted) {
        this.planted = planted;
    }

    /** Returns whether the stub could plant it. */
    boolean arm(long address, long lowestSp) {
        disarm();
        if (!planted.insert(address)) return false;
        armed = new Armed(address, lowestSp);
        return true;
    }

    boolean isArmed() {
        return armed != null;
    }

    /** Whether a thread with these registers has come to the place that is waited for. */
    boolean isReached(Registers registers) {
        Armed now = armed;
        return now != null
                && registers.pc() == now.address()
                && Long.compareUnsigned(registers.sp(), now.lowestSp()) >= 0;
    }

    boolean isAt(long pc) {
        return armed != null && armed.address() == pc;
    }

    /** The stack that is waited on lies {@code bytes} higher than before. */
    void move(long bytes) {
        Armed now = armed;
        if (now != null) armed = new Armed(now.address(), now.lowestSp() + bytes);
    }

    void disarm() {
        Armed now = armed;
        armed = null;
        if (now != null) planted.remove(now.address());
    }
}
