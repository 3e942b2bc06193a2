package io.kmdebug.symbols;

import java.lang.reflect.Method;

/** What one input may cost: the same while fuzzing and when kept inputs are replayed. */
final class FuzzLimits {
    /** All that is allocated for the many questions about one input of at most 64 KiB, be it garbage by then or not. */
    private static final long ALLOCATED_BYTES = 1L << 30;

    private FuzzLimits() {}

    static void within(Runnable work) {
        long before = Allocation.bytes();
        work.run();
        long allocated = Allocation.bytes() - before;
        if (allocated > ALLOCATED_BYTES) {
            throw new AssertionError("this input made the reader allocate " + (allocated >> 20) + " MiB");
        }
    }

    /** By name, as the module under test does not read the one that counts. */
    private static final class Allocation {
        private static final Object THREADS;
        private static final Method BYTES;

        static {
            try {
                THREADS = Class.forName("java.lang.management.ManagementFactory")
                        .getMethod("getThreadMXBean")
                        .invoke(null);
                BYTES = Class.forName("com.sun.management.ThreadMXBean")
                        .getMethod("getThreadAllocatedBytes", long.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        static long bytes() {
            try {
                return (long) BYTES.invoke(THREADS, Thread.currentThread().getId());
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
    }
}
