package io.kmdebug.debugger;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to start a payload.
 *
 * @param program the executable
 * @param arguments argv from 1 on
 * @param workingDirectory null for the debugger's own
 * @param environment null for the debugger's own; otherwise the whole environment
 * @param stopOnEntry stop at the first instruction
 * @param stopAtMain stop at the first line of main
 * @param monitorArguments further options for km, before the program
 * @param coreFile where km writes a core; null for km's default in the working directory
 * @param monitor the km launcher; null: beside the running distribution, else found on PATH
 * @param sourceMap prefixes of paths in the debug information to prefixes on this machine
 * @param downloads of what is not on this machine
 */
public record LaunchOptions(
        Path program,
        List<String> arguments,
        @Nullable Path workingDirectory,
        @Nullable Map<String, String> environment,
        boolean stopOnEntry,
        boolean stopAtMain,
        List<String> monitorArguments,
        @Nullable Path coreFile,
        @Nullable Path monitor,
        Map<String, String> sourceMap,
        DownloadOptions downloads) {
    /** Downloads nothing. */
    public LaunchOptions(
            Path program,
            List<String> arguments,
            @Nullable Path workingDirectory,
            @Nullable Map<String, String> environment,
            boolean stopOnEntry,
            boolean stopAtMain,
            List<String> monitorArguments,
            @Nullable Path coreFile,
            @Nullable Path monitor,
            Map<String, String> sourceMap) {
        this(
                program,
                arguments,
                workingDirectory,
                environment,
                stopOnEntry,
                stopAtMain,
                monitorArguments,
                coreFile,
                monitor,
                sourceMap,
                DownloadOptions.OFF);
    }
}
