package io.kmdebug.cli;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.Session;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kmdebug core}: explains a core. */
@Command(
        name = "core",
        description = "Explains a core: the signal, every thread's stack with arguments and locals, registers, source.")
final class CoreCommand implements Callable<Integer> {
    private final Kmdebug.Context context;

    @Parameters(index = "0", paramLabel = "CORE", description = "A core written by km or by Linux.")
    private @Nullable Path core;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PROGRAM",
            description = "The executable; found from what the core names when left out.")
    private @Nullable Path program;

    @Option(
            names = "--sysroot",
            paramLabel = "FOLDER",
            description = "Looks for the core's program and libraries under this folder first, as if it were /.")
    private @Nullable Path sysroot;

    @Option(names = "--json", description = "Prints the report as JSON (docs/headless.md has the schema).")
    private boolean json;

    @Mixin
    private ReportOptions options = new ReportOptions();

    CoreCommand(Kmdebug.Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        options.check();
        Path named = core;
        if (named == null) {
            throw new BadInput("name the core: kmdebug core CORE [PROGRAM]");
        }
        CrashReport report = read(context, named, program, sysroot, options);
        Terminal terminal = context.terminal();
        if (json) {
            terminal.out().println(ReportJson.write(report, !options.noSource));
        } else {
            new ReportText(terminal.out(), terminal.inkOut(), options).print(report);
        }
        return ExitCode.OK;
    }

    /** @throws BadInput when the core cannot be opened */
    static CrashReport read(
            Kmdebug.Context context, Path core, @Nullable Path program, @Nullable Path sysroot, ReportOptions options) {
        Session session;
        try {
            session = context.sessions()
                    .openCore(
                            new CoreOptions(core, program, options.sourceMap, options.downloads(), sysroot),
                            new ReportListener(context.terminal().err()));
        } catch (DebuggerException e) {
            throw new BadInput(String.valueOf(e.getMessage()), e);
        }
        try (session) {
            Questions questions = new Questions(options.expressions, options.function);
            return questions.answered(session.report(options.frames), session);
        }
    }
}
