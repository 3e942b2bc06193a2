package io.kmdebug.cli.html;

import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.StopReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A crash report as one page: it asks nobody for anything, and nothing in it can make it do so. */
public final class HtmlReport {
    private final Evidence evidence;
    private final CrashReport report;
    private final boolean source;
    private final boolean allThreads;
    private final Markup page = new Markup();

    private HtmlReport(Evidence evidence, boolean source, boolean allThreads) {
        this.evidence = evidence;
        this.report = evidence.report();
        this.source = source;
        this.allThreads = allThreads;
    }

    /**
     * The whole page.
     *
     * @param source whether source lines are shown
     * @param allThreads whether threads at the same places are shown one by one
     */
    public static String of(Evidence evidence, boolean source, boolean allThreads) {
        return new HtmlReport(evidence, source, allThreads).write();
    }

    private String write() {
        page.open("html", "lang", "en").line();
        PageFrame.head(page, "Crash: " + report.analysis().summary());
        page.open("body").line();
        header();
        page.open("main").line();
        notices();
        new StackTree(page, report).write();
        new ThreadsPart(page, report, source, allThreads).write();
        new CodePart(page, evidence).write();
        registers();
        files();
        new MemoryPart(page, evidence).write();
        modules();
        page.close().line();
        PageFrame.script(page);
        return page.close().close().page();
    }

    private void header() {
        page.open("header").element("h1", "What happened");
        page.element("p", report.analysis().summary(), "class", "summary find").line();
        page.open("dl");
        fact("core", report.core());
        fact("program", report.program() == null ? "not known" : report.program());
        fact("command", report.commandLine());
        fact("process", report.pid() == null ? null : String.valueOf(report.pid()));
        StopReason.Signal signal = report.signal();
        fact(
                "signal",
                signal == null ? "not known" : signal.name() + " (" + signal.signal() + "): " + signal.description());
        if (signal != null && signal.faultAddress() != null) fact("address", PageFrame.hex(signal.faultAddress()));
        fact("crash id", report.analysis().signature());
        long goroutines =
                report.threads().stream().filter(t -> t.thread().isGoroutine()).count();
        fact("threads", String.valueOf(report.threads().size() - goroutines));
        if (goroutines > 0) fact("goroutines", String.valueOf(goroutines));
        page.close().line();
        page.open("nav");
        for (String part : List.of("stacks", "threads", "code", "registers", "memory", "modules"))
            page.element("a", part, "href", "#" + part).text(" ");
        page.open("label", "for", "search").text("search ").close();
        page.single("input", "id", "search", "type", "search", "autocomplete", "off", "spellcheck", "false");
        page.element("output", "", "id", "found", "for", "search");
        page.close().close().line();
    }

    private void fact(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) return;
        page.element("dt", name).element("dd", value, "class", "find").line();
    }

    private void notices() {
        if (report.notices().isEmpty()) return;
        page.open("section", "class", "notices").element("h2", "Notes").open("ul");
        for (String notice : report.notices())
            page.element("li", notice, "class", "find").line();
        page.close().close().line();
    }

    private void registers() {
        page.open("section", "id", "registers").element("h2", "Registers of thread " + report.faultingThread());
        page.open("div", "class", "registers");
        report.registers()
                .forEach((name, value) -> page.open("span", "class", "find")
                        .element("b", name)
                        .text(" ")
                        .element("code", value)
                        .close()
                        .line());
        page.close().close().line();
    }

    private void files() {
        List<OpenFile> files = report.openFiles();
        if (files == null || files.isEmpty()) return;
        page.open("section", "id", "files").element("h2", "Open files");
        page.open("table").open("tbody").line();
        for (OpenFile file : files) {
            page.open("tr", "class", "find")
                    .element("td", String.valueOf(file.number()), "class", "number")
                    .element("td", file.text())
                    .close()
                    .line();
        }
        page.close().close().close().line();
    }

    private void modules() {
        page.open("section", "id", "modules").element("h2", "Programs and libraries");
        page.open("table").open("thead").open("tr");
        for (String title : List.of("from", "to", "path", "symbols", "build id"))
            page.element("th", title, "scope", "col");
        page.close().close().open("tbody").line();
        evidence.modules()
                .forEach(module -> page.open("tr", "class", "find")
                        .element("td", PageFrame.hex(module.low()), "class", "number")
                        .element("td", PageFrame.hex(module.high()), "class", "number")
                        .element("td", module.path())
                        .element("td", module.symbolStatus())
                        .element("td", module.buildId() == null ? "none" : module.buildId(), "class", "id")
                        .close()
                        .line());
        page.close().close().close().line();
    }
}
