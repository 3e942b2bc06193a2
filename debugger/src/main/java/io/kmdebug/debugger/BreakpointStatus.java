package io.kmdebug.debugger;

import org.jspecify.annotations.Nullable;

/**
 * What became of a {@link BreakpointRequest}.
 *
 * @param id unique in the session
 * @param location where it is now (moved to the next line with code where its own has none), or null
 * @param address run-time address of its first place; 0 when not verified
 * @param message why it is not verified, or that it was moved; null when there is nothing to say
 */
public record BreakpointStatus(
        int id,
        boolean verified,
        @Nullable SourceLocation location,
        long address,
        @Nullable String message) {}
