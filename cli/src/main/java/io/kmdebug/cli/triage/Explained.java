package io.kmdebug.cli.triage;

import io.kmdebug.debugger.CrashReport;
import org.jspecify.annotations.Nullable;

/**
 * The whole report on the newest core of a crash.
 *
 * @param page the report as a page, where one was asked for
 * @param error why there is none; null where there is one
 */
record Explained(
        Bucket bucket,
        @Nullable CrashReport report,
        @Nullable String page,
        @Nullable String error) {}
