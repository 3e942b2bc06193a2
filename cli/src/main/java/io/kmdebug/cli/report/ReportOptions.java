package io.kmdebug.cli.report;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.debugger.DownloadOptions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a report looks. */
public final class ReportOptions {
    @Option(names = "--frames", paramLabel = "N", description = "Frames for each thread (default: ${DEFAULT-VALUE}).")
    public int frames = 64;

    @Option(names = "--no-source", description = "Leaves the source lines out.")
    public boolean noSource;

    @Option(
            names = "--all-threads",
            description = "Shows every thread by itself, also those that stand at the same places.")
    public boolean allThreads;

    @Option(
            names = "--source-map",
            paramLabel = "FROM=TO",
            description = "Looks for sources under FROM in the debug information under TO on this machine.")
    public Map<String, String> sourceMap = Map.of();

    @Option(
            names = "--debuginfod",
            description =
                    "Asks the servers in DEBUGINFOD_URLS for debug information, programs and sources that are not here.")
    public boolean debuginfod;

    @Option(
            names = "--eval",
            paramLabel = "EXPRESSION",
            description = "Shows what the expression gives in every thread, behind the locals; may be repeated.")
    public List<String> expressions = List.of();

    @Option(
            names = "--in",
            paramLabel = "FUNCTION",
            description = "The frame that --eval looks from: the innermost of this function, not that of the thread.")
    @Nullable
    public String function;

    public DownloadOptions downloads() {
        return debuginfod ? DownloadOptions.of(System.getenv()) : DownloadOptions.OFF;
    }

    public void check() {
        if (frames < 1) {
            throw new BadInput("--frames takes a number from 1 on, not " + frames);
        }
    }
}
