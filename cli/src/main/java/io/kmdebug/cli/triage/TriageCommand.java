package io.kmdebug.cli.triage;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.cli.html.Evidence;
import io.kmdebug.cli.html.HtmlReport;
import io.kmdebug.cli.report.Cores;
import io.kmdebug.cli.report.ReportOptions;
import io.kmdebug.cli.report.ReportText;
import io.kmdebug.debugger.CoreFolder;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kmdebug triage}: sorts the cores below a folder by what happened. */
@Command(
        name = "triage",
        description = "Sorts the cores below a folder by what happened: how many, the newest, a report of it.")
public final class TriageCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "FOLDER", description = "Where the cores are, packed ones included.")
    private @Nullable Path folder;

    @Option(
            names = "--program",
            paramLabel = "PROGRAM",
            description = "The executable of all cores; found from what each core names when left out.")
    private @Nullable Path program;

    @Option(
            names = "--sysroot",
            paramLabel = "FOLDER",
            description = "Looks for the cores' programs and libraries under this folder first, as if it were /.")
    private @Nullable Path sysroot;

    @Option(names = "--reports", description = "Shows the report on the newest core of each crash, too.")
    private boolean reports;

    @Option(names = "--json", description = "Prints all as JSON, with a report each (docs/headless.md has the schema).")
    private boolean json;

    @Option(
            names = "--html",
            paramLabel = "FOLDER",
            description = "Writes the list and a report each as pages: index.html in this folder.")
    private @Nullable Path pages;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Cores that are read at a time (default: one for each processor).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Mixin
    private ReportOptions options = new ReportOptions();

    public TriageCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        Path named = folder;
        if (named == null) throw new BadInput("name the folder: kmdebug triage FOLDER");
        if (jobs < 1) throw new BadInput("--jobs takes a number from 1 on, not " + jobs);
        CoreFolder found = found(named);
        Cores cores = new Cores(context, program, sysroot, options);
        Lanes lanes = new Lanes(jobs);
        Triage triage = new Triage(cores::open, lanes, found.unreadable());
        triage.sort(found.cores());
        Function<Evidence, String> drawer = e -> HtmlReport.of(e, !options.noSource, options.allThreads);
        Explaining explaining = new Explaining(cores, lanes, pages == null ? null : drawer);
        TriageHtml html = pages == null ? null : folder(pages);
        if (json) json(triage, found.others(), explaining, html);
        else text(triage, found.others(), explaining, html);
        if (html != null) end(html, triage, found.others());
        return ExitCode.OK;
    }

    private static CoreFolder found(Path folder) {
        try {
            return CoreFolder.of(folder);
        } catch (DebuggerException e) {
            throw new BadInput(String.valueOf(e.getMessage()), e);
        }
    }

    private static TriageHtml folder(Path folder) {
        try {
            return new TriageHtml(folder);
        } catch (IOException e) {
            throw new BadInput("the pages cannot be written: " + e, e);
        }
    }

    private static void end(TriageHtml html, Triage triage, int others) {
        try {
            html.end(triage, others);
        } catch (IOException e) {
            throw new BadInput("the pages cannot be written: " + e, e);
        }
    }

    private static void draw(@Nullable TriageHtml html, Explained explained) {
        try {
            if (html != null) html.crash(explained);
        } catch (IOException e) {
            throw new BadInput("the pages cannot be written: " + e, e);
        }
    }

    private void text(Triage triage, int others, Explaining explaining, @Nullable TriageHtml html)
            throws InterruptedException {
        Terminal terminal = context.terminal();
        new TriageText(terminal.out(), terminal.inkOut()).print(triage, others);
        if (!reports && html == null) return;
        explaining.each(triage.buckets(), explained -> {
            draw(html, explained);
            if (!reports) return;
            terminal.out().println();
            terminal.out().println(terminal.inkOut().bold("==== " + title(explained.bucket()) + " ===="));
            CrashReport report = explained.report();
            if (report == null) terminal.out().println("no report: " + explained.error());
            else new ReportText(terminal.out(), terminal.inkOut(), options).print(report);
        });
    }

    private static String title(Bucket bucket) {
        String id = bucket.signature() == null ? "without crash id" : bucket.signature();
        return id + ", newest of " + bucket.count();
    }

    private void json(Triage triage, int others, Explaining explaining, @Nullable TriageHtml html)
            throws InterruptedException {
        Writer out = new OutputStreamWriter(context.terminal().out(), StandardCharsets.UTF_8);
        try {
            TriageJson writer = new TriageJson(out, !options.noSource);
            writer.begin(triage, others);
            explaining.each(triage.buckets(), explained -> {
                draw(html, explained);
                write(writer, explained);
            });
            writer.end();
            context.terminal().out().println();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(TriageJson writer, Explained explained) {
        try {
            writer.crash(explained);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
