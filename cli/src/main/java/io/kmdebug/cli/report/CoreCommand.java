package io.kmdebug.cli.report;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.cli.command.Terminal;
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
public final class CoreCommand implements Callable<Integer> {
    private final Context context;

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

    public CoreCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        options.check();
        Path named = core;
        if (named == null) {
            throw new BadInput("name the core: kmdebug core CORE [PROGRAM]");
        }
        CrashReport report = read(new Cores(context, program, sysroot, options), named);
        Terminal terminal = context.terminal();
        if (json) {
            terminal.out().println(ReportJson.write(report, !options.noSource));
        } else {
            new ReportText(terminal.out(), terminal.inkOut(), options).print(report);
        }
        return ExitCode.OK;
    }

    /** @throws BadInput when the core cannot be opened */
    public static CrashReport read(Cores cores, Path core) {
        Session session;
        try {
            session = cores.open(core);
        } catch (DebuggerException e) {
            throw new BadInput(String.valueOf(e.getMessage()), e);
        }
        try (session) {
            return cores.report(session);
        }
    }
}
