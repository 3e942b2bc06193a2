package io.kmdebug.debugger;

import org.jspecify.annotations.Nullable;

/**
 * A program or library in the payload's memory; addresses are run-time.
 *
 * @param id tells two loads of one file apart
 * @param symbolStatus such as "DWARF 5" or why there are none
 */
public record ModuleInfo(
        String id,
        String name,
        String path,
        @Nullable String buildId,
        long loadBias,
        long low,
        long high,
        String symbolStatus) {}
