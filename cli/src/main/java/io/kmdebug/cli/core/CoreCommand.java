package io.kmdebug.cli.core;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.cli.html.Evidence;
import io.kmdebug.cli.html.HtmlReport;
import io.kmdebug.cli.report.Cores;
import io.kmdebug.cli.report.ReportJson;
import io.kmdebug.cli.report.ReportOptions;
import io.kmdebug.cli.report.ReportText;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.Session;
import java.io.IOException;
import java.nio.file.Files;
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

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Writes the report as one page for browsers and paper, which needs nothing but itself.")
    private @Nullable Path page;

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
        Cores cores = new Cores(context, program, sysroot, options);
        CrashReport report = page == null ? cores.readNamed(named) : readAndDraw(cores, named, page);
        Terminal terminal = context.terminal();
        if (json) {
            terminal.out().println(ReportJson.write(report, !options.noSource));
        } else if (page == null) {
            new ReportText(terminal.out(), terminal.inkOut(), options).print(report);
        }
        return ExitCode.OK;
    }

    private CrashReport readAndDraw(Cores cores, Path core, Path file) {
        try (Session session = cores.openNamed(core)) {
            CrashReport report = cores.report(session);
            String text = HtmlReport.of(Evidence.of(report, session), !options.noSource, options.allThreads);
            Files.writeString(file, text);
            return report;
        } catch (IOException e) {
            throw new BadInput("the page cannot be written: " + e, e);
        }
    }
}
