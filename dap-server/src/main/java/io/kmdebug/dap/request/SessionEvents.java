package io.kmdebug.dap.request;

import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.StopReason;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.lsp4j.debug.BreakpointEventArguments;
import org.eclipse.lsp4j.debug.BreakpointEventArgumentsReason;
import org.eclipse.lsp4j.debug.ContinuedEventArguments;
import org.eclipse.lsp4j.debug.ExitedEventArguments;
import org.eclipse.lsp4j.debug.OutputEventArguments;
import org.eclipse.lsp4j.debug.OutputEventArgumentsCategory;
import org.eclipse.lsp4j.debug.StoppedEventArguments;
import org.eclipse.lsp4j.debug.StoppedEventArgumentsReason;
import org.eclipse.lsp4j.debug.ThreadEventArguments;
import org.eclipse.lsp4j.debug.ThreadEventArgumentsReason;
import org.jspecify.annotations.Nullable;

/** Tells the client what happens in its session. Called on the session's thread. */
final class SessionEvents implements SessionListener {
    private final Conversation conversation;
    private final AtomicBoolean terminated = new AtomicBoolean();
    /** The last thread that stopped: {@code continued} must name one. */
    private volatile long lastThread;

    private final DownloadEvents downloads;

    SessionEvents(Conversation conversation, Outlet outlet) {
        this.conversation = conversation;
        this.downloads = new DownloadEvents(outlet);
    }

    void progressEvents(boolean supported) {
        downloads.progressEvents(supported);
    }

    @Override
    public void downloading(String title, long done, long total) {
        downloads.downloading(title, done, total);
    }

    @Override
    public void downloaded(String title, long bytes) {
        downloads.downloaded(title, bytes);
    }

    @Override
    public void stopped(StopReason reason, long threadId) {
        lastThread = threadId;
        conversation.variables().forget();
        if (reason instanceof StopReason.Signal signal && unwanted(signal)) {
            conversation.outlet().later(() -> passOn(threadId));
            return;
        }
        StoppedEventArguments event = new StoppedEventArguments();
        event.setThreadId(Math.toIntExact(threadId));
        event.setAllThreadsStopped(true);
        describe(reason, event);
        conversation.outlet().event("stopped", event);
    }

    /** The session stops at every fatal signal; the user may have said that these should just end the payload. */
    private boolean unwanted(StopReason.Signal signal) {
        SignalChoice choice = conversation.signals();
        Session session = conversation.sessionOrNull();
        return !choice.fatal() && !choice.numbers().contains(signal.signal()) && session != null && !session.isCore();
    }

    private void passOn(long threadId) {
        Session session = conversation.sessionOrNull();
        if (session != null && session.isStopped()) {
            session.resume(threadId);
        }
    }

    private void describe(StopReason reason, StoppedEventArguments event) {
        if (reason instanceof StopReason.Breakpoint hit) {
            List<Integer> ids = hit.breakpointIds();
            boolean function =
                    !ids.isEmpty() && conversation.functionBreakpoints().containsAll(ids);
            event.setReason(
                    function
                            ? StoppedEventArgumentsReason.FUNCTION_BREAKPOINT
                            : StoppedEventArgumentsReason.BREAKPOINT);
            event.setHitBreakpointIds(ids.toArray(Integer[]::new));
        } else if (reason instanceof StopReason.Step) {
            event.setReason(StoppedEventArgumentsReason.STEP);
        } else if (reason instanceof StopReason.Pause) {
            event.setReason(StoppedEventArgumentsReason.PAUSE);
        } else if (reason instanceof StopReason.Entry) {
            event.setReason(StoppedEventArgumentsReason.ENTRY);
        } else if (reason instanceof StopReason.Signal signal) {
            event.setReason(StoppedEventArgumentsReason.EXCEPTION);
            event.setDescription("Stopped by " + signal.name());
            event.setText(signal.description());
        }
    }

    @Override
    public void continued() {
        ContinuedEventArguments event = new ContinuedEventArguments();
        event.setThreadId(Math.toIntExact(lastThread));
        event.setAllThreadsContinued(true);
        conversation.outlet().event("continued", event);
    }

    @Override
    public void threadStarted(long threadId) {
        thread(threadId, ThreadEventArgumentsReason.STARTED);
    }

    @Override
    public void threadExited(long threadId) {
        thread(threadId, ThreadEventArgumentsReason.EXITED);
    }

    private void thread(long threadId, String reason) {
        ThreadEventArguments event = new ThreadEventArguments();
        event.setThreadId(Math.toIntExact(threadId));
        event.setReason(reason);
        conversation.outlet().event("thread", event);
    }

    @Override
    public void breakpointChanged(BreakpointStatus status) {
        BreakpointEventArguments event = new BreakpointEventArguments();
        event.setReason(BreakpointEventArgumentsReason.CHANGED);
        event.setBreakpoint(BreakpointViews.breakpoint(status, 0, conversation.sources()));
        conversation.outlet().event("breakpoint", event);
    }

    @Override
    public void output(OutputKind kind, String text) {
        String category = switch (kind) {
            case STDOUT -> OutputEventArgumentsCategory.STDOUT;
            case STDERR -> OutputEventArgumentsCategory.STDERR;
            case CONSOLE -> OutputEventArgumentsCategory.CONSOLE;
            case IMPORTANT -> OutputEventArgumentsCategory.IMPORTANT;
        };
        conversation.outlet().eventAtOnce("output", output(category, text));
    }

    static OutputEventArguments output(String category, String text) {
        OutputEventArguments event = new OutputEventArguments();
        event.setCategory(category);
        event.setOutput(text);
        return event;
    }

    @Override
    public void coreWritten(String path) {
        conversation
                .outlet()
                .event("output", output(OutputEventArgumentsCategory.IMPORTANT, "core written to " + path + "\n"));
    }

    @Override
    public void exited(@Nullable Integer exitCode) {
        if (exitCode != null) {
            ExitedEventArguments event = new ExitedEventArguments();
            event.setExitCode(exitCode);
            conversation.outlet().event("exited", event);
        }
    }

    @Override
    public void terminated() {
        if (terminated.compareAndSet(false, true)) {
            conversation.outlet().event("terminated", null);
        }
    }
}
