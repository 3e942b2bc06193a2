package io.kmdebug.debugger;

/**
 * A thread, or a goroutine of a program written in Go.
 *
 * @param id the tid; of a goroutine its own id with a minus sign in front
 * @param name as the payload set it, else the program's name; of a goroutine what it does:
 *     {@code goroutine 18 [chan receive] main.work}
 * @param carrier the tid of the thread that runs a goroutine; 0 for threads, and for goroutines that none runs
 */
public record ThreadInfo(long id, String name, long carrier) {
    /** A thread. */
    public ThreadInfo(long id, String name) {
        this(id, name, 0);
    }

    public boolean isGoroutine() {
        return id < 0;
    }
}
