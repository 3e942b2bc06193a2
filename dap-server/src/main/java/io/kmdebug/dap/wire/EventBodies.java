package io.kmdebug.dap.wire;

import org.eclipse.lsp4j.debug.ContinuedEventArguments;
import org.eclipse.lsp4j.debug.ExitedEventArguments;
import org.eclipse.lsp4j.debug.OutputEventArguments;
import org.eclipse.lsp4j.debug.ProcessEventArguments;
import org.eclipse.lsp4j.debug.StoppedEventArguments;
import org.eclipse.lsp4j.debug.ThreadEventArguments;

/** The events of every session. */
final class EventBodies {
    private EventBodies() {}

    /** @return false, with nothing written, when {@code body} is none of them */
    static boolean write(Object body, JsonText out) {
        if (body instanceof StoppedEventArguments stopped) write(stopped, out);
        else if (body instanceof ContinuedEventArguments continued) write(continued, out);
        else if (body instanceof ThreadEventArguments thread) write(thread, out);
        else if (body instanceof OutputEventArguments output) write(output, out);
        else if (body instanceof ProcessEventArguments process) write(process, out);
        else if (body instanceof ExitedEventArguments exited) write(exited, out);
        else return false;
        return true;
    }

    private static void write(StoppedEventArguments event, JsonText out) {
        out.beginObject().member("reason", event.getReason()).member("description", event.getDescription());
        out.member("threadId", event.getThreadId()).member("preserveFocusHint", event.getPreserveFocusHint());
        out.member("text", event.getText()).member("allThreadsStopped", event.getAllThreadsStopped());
        out.member("hitBreakpointIds", event.getHitBreakpointIds()).endObject();
    }

    private static void write(ContinuedEventArguments event, JsonText out) {
        out.beginObject().member("threadId", event.getThreadId());
        out.member("allThreadsContinued", event.getAllThreadsContinued()).endObject();
    }

    private static void write(ThreadEventArguments event, JsonText out) {
        out.beginObject().member("reason", event.getReason()).member("threadId", event.getThreadId());
        out.endObject();
    }

    private static void write(OutputEventArguments event, JsonText out) {
        out.beginObject().member("category", event.getCategory()).member("output", event.getOutput());
        out.member("group", event.getGroup()).member("variablesReference", event.getVariablesReference());
        if (event.getSource() != null) FrequentAnswers.write(event.getSource(), out.name("source"));
        out.member("line", event.getLine()).member("column", event.getColumn()).member("data", event.getData());
        out.member("locationReference", event.getLocationReference()).endObject();
    }

    private static void write(ProcessEventArguments event, JsonText out) {
        out.beginObject().member("name", event.getName()).member("systemProcessId", event.getSystemProcessId());
        out.member("isLocalProcess", event.getIsLocalProcess()).member("startMethod", event.getStartMethod());
        out.member("pointerSize", event.getPointerSize()).endObject();
    }

    private static void write(ExitedEventArguments event, JsonText out) {
        out.beginObject().member("exitCode", event.getExitCode()).endObject();
    }
}
