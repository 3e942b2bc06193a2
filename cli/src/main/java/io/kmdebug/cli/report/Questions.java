package io.kmdebug.cli.report;

import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.FrameReport;
import io.kmdebug.debugger.CrashReport.ThreadReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.VariableInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Expressions that a report answers in every thread.
 *
 * @param function whose innermost frame they look from; null for the thread's innermost
 */
public record Questions(List<String> expressions, @Nullable String function) {
    /** The report with the answers behind the locals of their frames. */
    public CrashReport answered(CrashReport report, Session session) {
        if (expressions.isEmpty()) return report;
        List<ThreadReport> threads = new ArrayList<>();
        for (ThreadReport thread : report.threads()) {
            List<FrameReport> frames = new ArrayList<>(thread.frames());
            int at = frame(frames);
            if (at >= 0) frames.set(at, answered(frames.get(at), session));
            threads.add(new ThreadReport(thread.thread(), frames, thread.error()));
        }
        return report.with(threads);
    }

    /** Index of the frame to look from; -1 when the thread has none. */
    private int frame(List<FrameReport> frames) {
        if (function == null) return frames.isEmpty() ? -1 : 0;
        for (int i = 0; i < frames.size(); i++) {
            if (frames.get(i).frame().isOf(function)) return i;
        }
        return -1;
    }

    private FrameReport answered(FrameReport frame, Session session) {
        List<VariableInfo> values = new ArrayList<>(frame.locals());
        for (String expression : expressions) {
            values.add(answer(expression, frame.frame().id(), session));
        }
        return new FrameReport(frame.frame(), values, frame.sourceLines());
    }

    private static VariableInfo answer(String expression, int frame, Session session) {
        try {
            return session.evaluate(expression, frame, EvaluationContext.WATCH, false);
        } catch (DebuggerException e) {
            return new VariableInfo(expression, "<" + e.getMessage() + ">", null, false, 0, 0, 0, null, null);
        }
    }
}
