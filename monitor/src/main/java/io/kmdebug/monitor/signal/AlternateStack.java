package io.kmdebug.monitor.signal;

/**
 * {@code stack_t}: where handlers with SA_ONSTACK run. sigaltstack(2).
 *
 * @param flags SS_AUTODISARM or 0
 * @param size bytes; 0 when there is none
 */
public record AlternateStack(long address, int flags, long size) {
    public static final AlternateStack NONE = new AlternateStack(0, 0, 0);
    public static final int SS_ONSTACK = 1;
    public static final int SS_DISABLE = 2;
    public static final int SS_AUTODISARM = 1 << 31;

    /** Whether {@code sp} is on it. */
    public boolean contains(long sp) {
        if ((flags & SS_AUTODISARM) != 0) return false;
        return Long.compareUnsigned(sp, address) > 0 && Long.compareUnsigned(sp - address, size) <= 0;
    }

    /** The flags that sigaltstack(2) reports while the stack pointer is {@code sp}. */
    public int state(long sp) {
        if (size == 0) return SS_DISABLE;
        return (contains(sp) ? SS_ONSTACK : 0) | flags;
    }

    long top() {
        return address + size;
    }
}
