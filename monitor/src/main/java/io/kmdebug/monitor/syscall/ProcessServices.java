package io.kmdebug.monitor.syscall;

/** What serves a payload's calls and belongs to the whole process. */
public record ProcessServices(
        World world, FdTable descriptors, ResourceLimits limits, StandardCalls calls, SemaphoreUndo semaphores) {}
