package io.kmdebug.monitor.syscall;

/** What a handler is going to do with a guest range. */
public enum Access {
    READ,
    WRITE
}
