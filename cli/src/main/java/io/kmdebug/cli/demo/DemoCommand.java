package io.kmdebug.cli.demo;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.cli.command.Monitor;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.cli.host.Doctor;
import io.kmdebug.dap.request.SessionFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kmdebug demo}: a whole session, from boot to the crash explained, driven as an editor drives it. */
@Command(
        name = "demo",
        description =
                "Shows a whole session on a sample with threads: boot, breakpoint, stacks, steps, crash, core, report.")
public final class DemoCommand implements Callable<Integer> {
    private static final String SAMPLE = "crew";

    private final Context context;

    @Option(names = "--quiet", description = "Says nothing unless something fails, and leaves no core behind.")
    private boolean quiet;

    @Option(
            names = "--keep",
            paramLabel = "FOLDER",
            description = "Where the core goes (default: a new folder in /tmp).")
    private @Nullable Path keep;

    public DemoCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path program = Doctor.sample(SAMPLE);
        Path home = Monitor.home();
        if (program == null || home == null) {
            throw new BadInput("the sample " + SAMPLE + " is not in this installation;"
                    + " start kmdebug from a whole distribution, samples included");
        }
        Path folder = keep == null
                ? Files.createTempDirectory("kmdebug-demo-")
                : Files.createDirectories(keep.toAbsolutePath());
        Path core = folder.resolve("kmcore");
        Terminal terminal = quiet ? silent() : context.terminal();
        SessionFactory sessions = context.sessions();
        new Demo(
                        terminal,
                        program,
                        program.resolveSibling(SAMPLE + ".c"),
                        core,
                        onOutput -> DebugClient.start(home.resolve("bin/kmdebug"), onOutput),
                        System.getenv("KMDEBUG_RECORD") != null
                                ? null
                                : onOutput -> DebugClient.inProcess(sessions, onOutput),
                        context)
                .play();
        if (quiet) {
            Files.deleteIfExists(core);
            if (keep == null) {
                Files.deleteIfExists(folder);
            }
        }
        return ExitCode.OK;
    }

    private Terminal silent() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Terminal(nowhere, context.terminal().err(), false, false);
    }
}
