package io.kmdebug.cli.html;

import io.kmdebug.cli.report.ThreadGroup;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.FrameReport;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.VariableInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The threads with their frames, source and values. */
final class ThreadsPart {
    private static final String OUTERMOST = "outermost frame";

    private final Markup page;
    private final CrashReport report;
    private final boolean source;
    private final boolean allThreads;

    ThreadsPart(Markup page, CrashReport report, boolean source, boolean allThreads) {
        this.page = page;
        this.report = report;
        this.source = source;
        this.allThreads = allThreads;
    }

    void write() {
        page.open("section", "id", "threads").element("h2", "Threads").line();
        for (ThreadGroup group : ThreadGroup.of(report, allThreads)) thread(group);
        page.close().line();
    }

    private void thread(ThreadGroup group) {
        if (group.faulting()) page.open("details", "class", "thread fault", "open", "");
        else page.open("details", "class", "thread");
        page.open("summary").element("span", group.title(), "class", "find");
        if (group.faulting() && report.signal() != null) {
            page.text(" ").element("strong", "stopped by " + report.signal().name());
        }
        String doing = group.doing(report.analysis());
        if (!doing.isEmpty()) page.text(" ").element("em", doing, "class", "find");
        page.close().line();
        if (group.differ(report.analysis())) {
            page.element(
                    "p",
                    "What differs is that of thread " + group.shown().thread().id() + ".",
                    "class",
                    "note");
        }
        List<FrameReport> frames = group.shown().frames();
        int open = group.faulting() ? firstWithSource(frames) : -1;
        for (int level = 0; level < frames.size(); level++) frame(level, frames.get(level), level == open);
        if (group.shown().error() != null) {
            page.element("p", "no stack: " + group.shown().error(), "class", "note find");
        }
        page.close().line();
    }

    /** What the C library does to end a process has none. */
    private static int firstWithSource(List<FrameReport> frames) {
        for (int i = 0; i < frames.size(); i++) if (!frames.get(i).sourceLines().isEmpty()) return i;
        return 0;
    }

    private void frame(int level, FrameReport report, boolean open) {
        FrameInfo frame = report.frame();
        if (open) page.open("details", "class", "frame", "open", "");
        else page.open("details", "class", "frame");
        page.open("summary", "class", "find")
                .element("span", "#" + level, "class", "level")
                .text(" ");
        page.element("b", frame.function()).text(" " + place(frame));
        marks(frame);
        page.close().line();
        values("arguments", frame.arguments());
        values("locals", report.locals());
        if (source) lines(report, frame.location());
        String end = frame.endReason();
        if (end != null && !end.startsWith(OUTERMOST)) {
            page.element("p", "The stack ends here: " + end, "class", "note find");
        }
        page.close().line();
    }

    private static String place(FrameInfo frame) {
        SourceLocation location = frame.location();
        if (location != null) return "at " + location.path() + ":" + location.line();
        return "at " + PageFrame.hex(frame.pc()) + (frame.image() == null ? "" : " in " + frame.image());
    }

    private void marks(FrameInfo frame) {
        if (frame.inlined()) page.text(" ").element("i", "inlined");
        if (frame.tailCall()) page.text(" ").element("i", "tail call");
        if (frame.guess() != null) page.text(" ").element("i", "found " + frame.guess());
    }

    private void values(String what, List<VariableInfo> values) {
        if (values.isEmpty()) return;
        page.open("table", "class", "values").element("caption", what).open("tbody");
        for (VariableInfo value : values) {
            page.open("tr", "class", value.available() ? "find" : "find missing");
            page.element("th", value.name(), "scope", "row");
            page.element("td", value.type() == null ? "" : value.type(), "class", "type");
            page.open("td").element("code", value.value()).close().close().line();
        }
        page.close().close().line();
    }

    private void lines(FrameReport report, @Nullable SourceLocation location) {
        if (location == null || report.sourceLines().isEmpty()) return;
        page.open("pre", "class", "source");
        report.sourceLines()
                .forEach((number, text) -> page.element(
                                "span",
                                String.format("%6d  %s", number, text),
                                "class",
                                number == location.line() ? "here find" : "find")
                        .line());
        page.close().line();
    }
}
