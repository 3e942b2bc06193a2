package io.kmdebug.debugger;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A core explained, or a stopped session: what every face prints or draws.
 *
 * @param commandLine as the core has it, or null
 * @param signal null when nothing says which
 * @param notices what is missing or odd, for the user
 * @param analysis what the stop means
 * @param openFiles the program's descriptors, by number; null when the core does not say
 */
public record CrashReport(
        String core,
        @Nullable String program,
        @Nullable String commandLine,
        @Nullable Integer pid,
        StopReason.@Nullable Signal signal,
        long faultingThread,
        List<ThreadReport> threads,
        Map<String, String> registers,
        List<String> notices,
        CrashAnalysis analysis,
        @Nullable List<OpenFile> openFiles) {
    /** The same with other threads. */
    public CrashReport with(List<ThreadReport> others) {
        return new CrashReport(
                core,
                program,
                commandLine,
                pid,
                signal,
                faultingThread,
                others,
                registers,
                notices,
                analysis,
                openFiles);
    }

    /**
     * A thread with its stack.
     *
     * @param error why the stack could not be walked at all; null when it could
     */
    public record ThreadReport(
            ThreadInfo thread,
            List<FrameReport> frames,
            @Nullable String error) {}

    /**
     * A frame with what can be seen in it.
     *
     * @param sourceLines lines around the location, by number; empty when the source is not found
     */
    public record FrameReport(FrameInfo frame, List<VariableInfo> locals, Map<Integer, String> sourceLines) {}
}
