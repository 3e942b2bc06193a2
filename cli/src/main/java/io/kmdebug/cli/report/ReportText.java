package io.kmdebug.cli.report;

import io.kmdebug.cli.command.Ink;
import io.kmdebug.cli.command.SafeOutput;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.FrameReport;
import io.kmdebug.debugger.CrashReport.ThreadReport;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.VariableInfo;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A crash report for people. What happened comes first, then the faulting thread; threads that stand at the same places
 * are shown once, unless all are asked for.
 */
public final class ReportText {
    private static final String OUTERMOST = "outermost frame";
    private static final int REGISTERS_IN_A_LINE = 3;

    private final PrintStream out;
    private final Ink ink;
    private final boolean source;
    private final boolean allThreads;

    public ReportText(PrintStream out, Ink ink, ReportOptions options) {
        this.out = new SafeOutput(out, ink.colours());
        this.ink = ink;
        this.source = !options.noSource;
        this.allThreads = options.allThreads;
    }

    public void print(CrashReport report) {
        out.println(ink.bold("What happened:") + " " + report.analysis().summary());
        header(report);
        for (ThreadGroup group : ThreadGroup.of(report, allThreads)) {
            out.println();
            thread(group, report);
            if (group.faulting()) registers(report);
        }
        files(report.openFiles());
        notices(report.notices());
    }

    private void files(@Nullable List<OpenFile> files) {
        if (files == null || files.isEmpty()) return;
        out.println();
        out.println(ink.bold("Open files"));
        for (OpenFile file : files) out.println(String.format("  %2d  %s", file.number(), file.text()));
    }

    private void header(CrashReport report) {
        field("core", report.core());
        field("program", report.program() == null ? "not known" : report.program());
        field("command", report.commandLine());
        field("process", report.pid() == null ? null : String.valueOf(report.pid()));
        StopReason.Signal signal = report.signal();
        field(
                "signal",
                signal == null ? "not known" : signal.name() + " (" + signal.signal() + "): " + signal.description());
        if (signal != null && signal.faultAddress() != null) {
            field("address", "0x" + Long.toHexString(signal.faultAddress()));
        }
        long goroutines =
                report.threads().stream().filter(t -> t.thread().isGoroutine()).count();
        field("crash id", report.analysis().signature());
        field("threads", String.valueOf(report.threads().size() - goroutines));
        if (goroutines > 0) field("goroutines", String.valueOf(goroutines));
    }

    private void field(String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            out.println(ink.bold(String.format("%-8s", name)) + " " + value);
        }
    }

    private void thread(ThreadGroup group, CrashReport report) {
        StopReason.Signal signal = report.signal();
        String stopped = group.faulting() && signal != null ? ink.red(" stopped by " + signal.name()) : "";
        out.println(ink.bold(group.title()) + stopped);
        String doing = group.doing(report.analysis());
        if (!doing.isEmpty()) out.println("  " + doing);
        ThreadReport shown = group.shown();
        if (group.differ(report.analysis())) {
            out.println(ink.dim(
                    "  what differs is that of thread " + shown.thread().id() + "; --all-threads shows the others"));
        }
        int level = 0;
        for (FrameReport frame : shown.frames()) {
            frame(level++, frame, group.faulting());
        }
        if (shown.error() != null) {
            out.println("  " + ink.yellow("no stack: " + shown.error()));
        }
    }

    private void frame(int level, FrameReport report, boolean faulting) {
        FrameInfo frame = report.frame();
        StringBuilder line = new StringBuilder(String.format("  #%-2d ", level));
        line.append(ink.cyan(frame.function())).append(' ').append(ThreadGroup.values(frame.arguments()));
        SourceLocation location = frame.location();
        if (location != null) {
            line.append(" at ").append(location.path()).append(':').append(location.line());
        } else {
            line.append(" at 0x").append(Long.toHexString(frame.pc()));
            if (frame.image() != null) {
                line.append(" in ").append(frame.image());
            }
        }
        if (frame.inlined()) {
            line.append(ink.dim(" [inlined]"));
        }
        if (frame.tailCall()) {
            line.append(ink.dim(" [tail call]"));
        }
        if (frame.guess() != null) {
            line.append(ink.yellow(" [found " + frame.guess() + "]"));
        }
        out.println(line);
        if (source && location != null) {
            lines(report.sourceLines(), location.line(), faulting);
        }
        for (VariableInfo local : report.locals()) {
            String type = local.type() == null ? "" : ink.dim(local.type()) + " ";
            String value = local.available() ? local.value() : ink.dim(local.value());
            out.println("        " + type + local.name() + " = " + value);
        }
        String end = frame.endReason();
        if (end != null && !end.startsWith(OUTERMOST)) {
            out.println("  " + ink.yellow("the stack ends here: " + end));
        }
    }

    /** Around the place in the faulting thread; in the others the line itself is enough. */
    private void lines(Map<Integer, String> lines, int here, boolean around) {
        lines.forEach((number, text) -> {
            if (number == here) {
                out.println(ink.green(String.format("     -> %4d  %s", number, text)));
            } else if (around) {
                out.println(String.format("        %4d  %s", number, text).stripTrailing());
            }
        });
    }

    private void registers(CrashReport report) {
        if (report.registers().isEmpty()) {
            return;
        }
        out.println("  registers of thread " + report.faultingThread());
        StringBuilder line = new StringBuilder();
        int column = 0;
        for (Map.Entry<String, String> register : report.registers().entrySet()) {
            line.append(String.format("%-8s%-20s", register.getKey(), register.getValue()));
            if (++column % REGISTERS_IN_A_LINE == 0) {
                out.println("    " + line.toString().stripTrailing());
                line.setLength(0);
            }
        }
        if (!line.isEmpty()) {
            out.println("    " + line.toString().stripTrailing());
        }
    }

    private void notices(List<String> notices) {
        if (!notices.isEmpty()) {
            out.println();
            notices.forEach(notice -> out.println(ink.yellow("note: ") + notice));
        }
    }
}
