package io.kmdebug.cli.report;

import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.StopReason;
import java.io.PrintStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** For a core that is asked and never run: nothing happens that could be told, but for downloads as they begin. */
public final class ReportListener implements SessionListener {
    private final PrintStream out;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    public ReportListener(PrintStream out) {
        this.out = out;
    }

    @Override
    public void downloading(String title, long done, long total) {
        if (told.add(title)) {
            out.println("kmdebug: downloading " + title + (total < 0 ? "" : " (" + (total + 1023) / 1024 + " KiB)"));
        }
    }

    @Override
    public void stopped(StopReason reason, long threadId) {}

    @Override
    public void continued() {}

    @Override
    public void threadStarted(long threadId) {}

    @Override
    public void threadExited(long threadId) {}

    @Override
    public void breakpointChanged(BreakpointStatus status) {}

    @Override
    public void output(OutputKind kind, String text) {}

    @Override
    public void exited(@Nullable Integer exitCode) {}

    @Override
    public void coreWritten(String path) {}

    @Override
    public void terminated() {}
}
