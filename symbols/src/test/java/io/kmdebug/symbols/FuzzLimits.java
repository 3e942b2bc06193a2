package io.kmdebug.symbols;

import java.lang.reflect.Method;

/** What one input may cost: the same while fuzzing and when kept inputs are replayed. */
final class FuzzLimits {
    /** All that is allocated for the many questions about one input of at most 64 KiB, be it garbage by then or not. */
    private static final long ALLOCATED_BYTES = 1L << 30;

    /** Of the processor, so that a machine with other work makes no difference. */
    private static final long SECONDS = 10;

    private FuzzLimits() {}

    static void within(Runnable work) {
        long before = Cost.bytes();
        long start = Cost.nanoseconds();
        work.run();
        long allocated = Cost.bytes() - before;
        long took = Cost.nanoseconds() - start;
        if (allocated > ALLOCATED_BYTES) {
            throw new AssertionError("this input made the reader allocate " + (allocated >> 20) + " MiB");
        }
        if (took > SECONDS * 1_000_000_000) {
            throw new AssertionError("this input took the reader " + took / 1_000_000 + " ms");
        }
    }

    /** By name, as the module under test does not read the one that counts. */
    private static final class Cost {
        private static final Object THREADS;
        private static final Method BYTES;
        private static final Method TIME;

        static {
            try {
                THREADS = Class.forName("java.lang.management.ManagementFactory")
                        .getMethod("getThreadMXBean")
                        .invoke(null);
                BYTES = Class.forName("com.sun.management.ThreadMXBean")
                        .getMethod("getThreadAllocatedBytes", long.class);
                TIME = Class.forName("java.lang.management.ThreadMXBean").getMethod("getCurrentThreadCpuTime");
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        static long bytes() {
            return count(BYTES, Thread.currentThread().getId());
        }

        static long nanoseconds() {
            return count(TIME);
        }

        private static long count(Method method, Object... arguments) {
            try {
                return (long) method.invoke(THREADS, arguments);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
    }
}
