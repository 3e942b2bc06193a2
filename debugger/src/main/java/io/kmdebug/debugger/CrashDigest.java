package io.kmdebug.debugger;

import org.jspecify.annotations.Nullable;

/**
 * What tells one crash from another, without the threads and values of a whole report.
 *
 * @param program the executable's path; null where it is not known
 * @param signal null when nothing says which
 * @param summary what happened, in one line
 * @param top the innermost frame that counts: without those by which the C library ends a process; null where there is none
 * @param signature as {@link CrashAnalysis#signature}
 */
public record CrashDigest(
        @Nullable String program,
        StopReason.@Nullable Signal signal,
        String summary,
        CrashAnalysis.Cause cause,
        @Nullable FrameInfo top,
        @Nullable String signature) {}
