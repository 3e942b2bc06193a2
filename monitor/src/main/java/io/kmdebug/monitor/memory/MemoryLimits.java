package io.kmdebug.monitor.memory;

/** The payload's limits on its memory, getrlimit(2): bytes, unsigned, so that -1 is no limit. */
public interface MemoryLimits {
    /** RLIMIT_AS. */
    long addressSpace();

    /** RLIMIT_DATA. */
    long data();

    /** RLIMIT_STACK. */
    long stack();

    /** RLIMIT_MEMLOCK; no limit for who has CAP_IPC_LOCK. */
    long locked();

    /** Before the payload runs. */
    final class None implements MemoryLimits {
        @Override
        public long addressSpace() {
            return -1;
        }

        @Override
        public long data() {
            return -1;
        }

        @Override
        public long stack() {
            return -1;
        }

        @Override
        public long locked() {
            return -1;
        }
    }
}
