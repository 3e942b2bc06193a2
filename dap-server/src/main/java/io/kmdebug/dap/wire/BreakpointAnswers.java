package io.kmdebug.dap.wire;

import org.eclipse.lsp4j.debug.Breakpoint;
import org.eclipse.lsp4j.debug.BreakpointEventArguments;
import org.eclipse.lsp4j.debug.SetBreakpointsResponse;
import org.eclipse.lsp4j.debug.SetExceptionBreakpointsResponse;
import org.eclipse.lsp4j.debug.SetFunctionBreakpointsResponse;
import org.jspecify.annotations.Nullable;

/** What is said of breakpoints. */
final class BreakpointAnswers {
    private BreakpointAnswers() {}

    /** @return false, with nothing written, when {@code body} is none of them */
    static boolean write(Object body, JsonText out) {
        if (body instanceof SetBreakpointsResponse set) list(set.getBreakpoints(), out);
        else if (body instanceof SetFunctionBreakpointsResponse set) list(set.getBreakpoints(), out);
        else if (body instanceof SetExceptionBreakpointsResponse set) list(set.getBreakpoints(), out);
        else if (body instanceof BreakpointEventArguments event) write(event, out);
        else return false;
        return true;
    }

    private static void list(Breakpoint @Nullable [] breakpoints, JsonText out) {
        out.beginObject();
        if (breakpoints != null) {
            out.name("breakpoints").beginArray();
            for (Breakpoint breakpoint : breakpoints) write(breakpoint, out);
            out.endArray();
        }
        out.endObject();
    }

    private static void write(BreakpointEventArguments event, JsonText out) {
        out.beginObject().member("reason", event.getReason());
        if (event.getBreakpoint() != null) write(event.getBreakpoint(), out.name("breakpoint"));
        out.endObject();
    }

    private static void write(Breakpoint breakpoint, JsonText out) {
        out.beginObject().member("id", breakpoint.getId()).member("verified", breakpoint.isVerified());
        out.member("message", breakpoint.getMessage());
        if (breakpoint.getSource() != null) FrequentAnswers.write(breakpoint.getSource(), out.name("source"));
        out.member("line", breakpoint.getLine()).member("column", breakpoint.getColumn());
        out.member("endLine", breakpoint.getEndLine()).member("endColumn", breakpoint.getEndColumn());
        out.member("instructionReference", breakpoint.getInstructionReference());
        out.member("offset", breakpoint.getOffset())
                .member("reason", breakpoint.getReason())
                .endObject();
    }
}
