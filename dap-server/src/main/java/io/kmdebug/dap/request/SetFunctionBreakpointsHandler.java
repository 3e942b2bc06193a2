package io.kmdebug.dap.request;

import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.FunctionBreakpoint;
import org.eclipse.lsp4j.debug.SetFunctionBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetFunctionBreakpointsResponse;

/** {@code setFunctionBreakpoints}: replaces all breakpoints on functions. */
final class SetFunctionBreakpointsHandler
        implements RequestHandler<SetFunctionBreakpointsArguments, SetFunctionBreakpointsResponse> {
    @Override
    public String command() {
        return "setFunctionBreakpoints";
    }

    @Override
    public Class<SetFunctionBreakpointsArguments> argumentType() {
        return SetFunctionBreakpointsArguments.class;
    }

    @Override
    public SetFunctionBreakpointsResponse handle(SetFunctionBreakpointsArguments arguments, Conversation conversation) {
        List<BreakpointRequest> requests = new ArrayList<>();
        for (FunctionBreakpoint asked : arguments.getBreakpoints()) {
            requests.add(new BreakpointRequest(
                    0,
                    0,
                    asked.getName(),
                    Texts.orNull(asked.getCondition()),
                    Texts.orNull(asked.getHitCondition()),
                    null));
        }
        List<BreakpointStatus> statuses = conversation.session().setFunctionBreakpoints(requests);
        conversation.functionBreakpoints().clear();
        statuses.forEach(status -> conversation.functionBreakpoints().add(status.id()));
        SetFunctionBreakpointsResponse response = new SetFunctionBreakpointsResponse();
        response.setBreakpoints(BreakpointViews.breakpoints(statuses, new int[0], conversation.sources()));
        return response;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsFunctionBreakpoints(true);
    }
}
