package io.kmdebug.dap.request;

import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.SourceLocation;
import java.util.List;
import org.eclipse.lsp4j.debug.Breakpoint;
import org.eclipse.lsp4j.debug.BreakpointNotVerifiedReason;

/** Breakpoints in DAP's words. */
final class BreakpointViews {
    private BreakpointViews() {}

    /** @param asked the line asked for, from 1; 0 when none was */
    static Breakpoint breakpoint(BreakpointStatus status, int asked, Sources sources) {
        Breakpoint breakpoint = new Breakpoint();
        breakpoint.setId(status.id());
        breakpoint.setVerified(status.verified());
        breakpoint.setMessage(status.message());
        SourceLocation location = status.location();
        if (location != null) {
            breakpoint.setSource(sources.source(location));
            breakpoint.setLine(sources.clientLine(location.line()));
            breakpoint.setColumn(sources.clientColumn(location.column()));
            if (asked != 0 && location.line() != asked && status.message() == null) {
                breakpoint.setMessage("line " + asked + " has no code; moved to line " + location.line());
            }
        } else if (asked != 0) {
            breakpoint.setLine(sources.clientLine(asked));
        }
        if (status.verified()) {
            breakpoint.setInstructionReference(Addresses.format(status.address()));
        } else {
            breakpoint.setReason(BreakpointNotVerifiedReason.FAILED);
            if (status.message() == null) {
                breakpoint.setMessage("no code was found for this breakpoint");
            }
        }
        return breakpoint;
    }

    static Breakpoint[] breakpoints(List<BreakpointStatus> statuses, int[] asked, Sources sources) {
        Breakpoint[] breakpoints = new Breakpoint[statuses.size()];
        for (int i = 0; i < breakpoints.length; i++) {
            breakpoints[i] = breakpoint(statuses.get(i), i < asked.length ? asked[i] : 0, sources);
        }
        return breakpoints;
    }

    static Breakpoint unverified(String message) {
        Breakpoint breakpoint = new Breakpoint();
        breakpoint.setVerified(false);
        breakpoint.setMessage(message);
        breakpoint.setReason(BreakpointNotVerifiedReason.FAILED);
        return breakpoint;
    }
}
