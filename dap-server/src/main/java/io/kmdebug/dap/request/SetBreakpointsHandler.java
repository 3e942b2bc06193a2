package io.kmdebug.dap.request;

import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.SetBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetBreakpointsResponse;
import org.eclipse.lsp4j.debug.SourceBreakpoint;

/** {@code setBreakpoints}: replaces all breakpoints of one source file. */
final class SetBreakpointsHandler implements RequestHandler<SetBreakpointsArguments, SetBreakpointsResponse> {
    @Override
    public String command() {
        return "setBreakpoints";
    }

    @Override
    public Class<SetBreakpointsArguments> argumentType() {
        return SetBreakpointsArguments.class;
    }

    @Override
    public SetBreakpointsResponse handle(SetBreakpointsArguments arguments, Conversation conversation) {
        Sources sources = conversation.sources();
        String path = sources.path(arguments.getSource(), 0, "source");
        List<BreakpointRequest> requests = requests(arguments, sources);
        List<BreakpointStatus> statuses = conversation.session().setSourceBreakpoints(path, requests);
        int[] lines = requests.stream().mapToInt(BreakpointRequest::line).toArray();
        SetBreakpointsResponse response = new SetBreakpointsResponse();
        response.setBreakpoints(BreakpointViews.breakpoints(statuses, lines, sources));
        return response;
    }

    private static List<BreakpointRequest> requests(SetBreakpointsArguments arguments, Sources sources) {
        List<BreakpointRequest> requests = new ArrayList<>();
        SourceBreakpoint[] breakpoints = arguments.getBreakpoints();
        if (breakpoints != null) {
            for (SourceBreakpoint asked : breakpoints) {
                requests.add(new BreakpointRequest(
                        sources.line(asked.getLine()),
                        sources.column(asked.getColumn()),
                        null,
                        Texts.orNull(asked.getCondition()),
                        Texts.orNull(asked.getHitCondition()),
                        Texts.orNull(asked.getLogMessage())));
            }
        } else if (arguments.getLines() != null) {
            for (int line : arguments.getLines()) {
                requests.add(BreakpointRequest.line(sources.line(line)));
            }
        }
        return requests;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsConditionalBreakpoints(true);
        capabilities.setSupportsHitConditionalBreakpoints(true);
        capabilities.setSupportsLogPoints(true);
    }

    @Override
    public String notes() {
        return "A line without code moves to the next with code, and the answer says so; an unverified breakpoint says why";
    }
}
