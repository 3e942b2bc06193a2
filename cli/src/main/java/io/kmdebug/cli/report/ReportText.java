package io.kmdebug.cli.report;

import io.kmdebug.cli.command.Ink;
import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.FrameReport;
import io.kmdebug.debugger.CrashReport.ThreadReport;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.VariableInfo;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A crash report for people. What happened comes first, then the faulting thread; threads that stand at the same places
 * are shown once, unless all are asked for.
 */
public final class ReportText {
    private static final String OUTERMOST = "outermost frame";
    private static final int REGISTERS_IN_A_LINE = 3;
    private static final int NAMES_IN_A_TITLE = 8;

    private final PrintStream out;
    private final Ink ink;
    private final boolean source;
    private final boolean allThreads;

    public ReportText(PrintStream out, Ink ink, ReportOptions options) {
        this.out = out;
        this.ink = ink;
        this.source = !options.noSource;
        this.allThreads = options.allThreads;
    }

    public void print(CrashReport report) {
        out.println(ink.bold("What happened:") + " " + report.analysis().summary());
        header(report);
        for (ThreadReport thread : report.threads()) {
            if (thread.thread().id() == report.faultingThread()) {
                out.println();
                thread(faulting(report, thread), report, true);
                registers(report);
            }
        }
        for (List<ThreadReport> alike : others(report)) {
            out.println();
            thread(alike, report, false);
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
                report.threads().stream().filter(ReportText::isGoroutine).count();
        field("crash id", report.analysis().signature());
        field("threads", String.valueOf(report.threads().size() - goroutines));
        if (goroutines > 0) field("goroutines", String.valueOf(goroutines));
    }

    private void field(String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            out.println(ink.bold(String.format("%-8s", name)) + " " + value);
        }
    }

    /**
     * All but the faulting one; threads at the same places together, goroutines only where their values are equal too.
     */
    private List<List<ThreadReport>> others(CrashReport report) {
        Map<Object, List<ThreadReport>> groups = new LinkedHashMap<>();
        for (ThreadReport thread : report.threads()) {
            boolean shown = thread.thread().id() == report.faultingThread() || runs(thread, report.faultingThread());
            if (!shown)
                groups.computeIfAbsent(key(thread), k -> new ArrayList<>()).add(thread);
        }
        return List.copyOf(groups.values());
    }

    private Object key(ThreadReport thread) {
        if (isGoroutine(thread)) return contents(thread);
        if (allThreads) return thread.thread().id();
        List<String> places = thread.frames().stream()
                .map(f -> f.frame().pc() + " " + f.frame().function())
                .toList();
        return List.of(places, String.valueOf(thread.error()));
    }

    private static Object contents(ThreadReport thread) {
        List<String> frames = thread.frames().stream().map(ReportText::content).toList();
        return List.of(frames, String.valueOf(thread.error()));
    }

    /** The faulting thread and the goroutine that it runs. */
    private static List<ThreadReport> faulting(CrashReport report, ThreadReport faulting) {
        List<ThreadReport> both = new ArrayList<>(List.of(faulting));
        for (ThreadReport thread : report.threads())
            if (runs(thread, faulting.thread().id())) both.add(thread);
        return both;
    }

    private static boolean runs(ThreadReport goroutine, long thread) {
        return goroutine.thread().carrier() == thread;
    }

    /** What is shown of a frame. Its id and the references of its values differ from thread to thread. */
    private static String content(FrameReport report) {
        return report.frame().function()
                + report.frame().pc()
                + values(report.frame().arguments())
                + values(report.locals());
    }

    private static String values(List<VariableInfo> variables) {
        return variables.stream().map(v -> v.name() + "=" + v.value()).collect(Collectors.joining(", ", "(", ")"));
    }

    private void thread(List<ThreadReport> alike, CrashReport report, boolean faulting) {
        StopReason.Signal signal = report.signal();
        out.println(
                ink.bold(title(alike)) + (faulting && signal != null ? ink.red(" stopped by " + signal.name()) : ""));
        String doing = doing(alike.get(0).thread().id(), report.analysis());
        if (!doing.isEmpty()) out.println("  " + doing);
        if (differ(alike, report.analysis())) {
            out.println(ink.dim("  what differs is that of thread "
                    + alike.get(0).thread().id() + "; --all-threads shows the others"));
        }
        ThreadReport shown = alike.get(0);
        int level = 0;
        for (FrameReport frame : shown.frames()) {
            frame(level++, frame, faulting);
        }
        if (shown.error() != null) {
            out.println("  " + ink.yellow("no stack: " + shown.error()));
        }
    }

    private static boolean differ(List<ThreadReport> alike, CrashAnalysis analysis) {
        return alike.stream()
                        .filter(t -> !isGoroutine(t))
                        .map(t -> List.of(contents(t), doing(t.thread().id(), analysis)))
                        .distinct()
                        .count()
                > 1;
    }

    /** What a thread waits for, or the system call that it is in; empty for neither. */
    private static String doing(long thread, CrashAnalysis analysis) {
        CrashAnalysis.SystemCall call = analysis.calls().get(thread);
        return analysis.waits().stream()
                .filter(w -> w.thread() == thread)
                .findFirst()
                .map(ReportText::waiting)
                .orElse(call == null ? "" : "in the system call " + call.text());
    }

    private static String waiting(CrashAnalysis.Wait wait) {
        Long owner = wait.owner();
        if (wait.kind().equals("thread")) {
            return "waits for the end of " + (owner == null ? "a thread" : "thread " + owner);
        }
        return "waits for " + wait.object() + (owner == null ? "" : ", which thread " + owner + " holds");
    }

    /** Goroutines go by what their names say, threads by their ids too. */
    private static String title(List<ThreadReport> alike) {
        String names = alike.stream()
                .limit(NAMES_IN_A_TITLE)
                .map(t -> isGoroutine(t)
                        ? t.thread().name()
                        : t.thread().id() + " \"" + t.thread().name() + "\"")
                .collect(Collectors.joining(", "));
        if (alike.size() > NAMES_IN_A_TITLE) names += " and " + (alike.size() - NAMES_IN_A_TITLE) + " more";
        if (isGoroutine(alike.get(0))) return "G" + names.substring(1);
        long threads = alike.stream().filter(t -> !isGoroutine(t)).count();
        return (threads == 1 ? "Thread " : "Threads ") + names;
    }

    private static boolean isGoroutine(ThreadReport thread) {
        return thread.thread().isGoroutine();
    }

    private void frame(int level, FrameReport report, boolean faulting) {
        FrameInfo frame = report.frame();
        StringBuilder line = new StringBuilder(String.format("  #%-2d ", level));
        line.append(ink.cyan(frame.function())).append(' ').append(values(frame.arguments()));
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
