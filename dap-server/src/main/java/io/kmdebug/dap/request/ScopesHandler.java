package io.kmdebug.dap.request;

import io.kmdebug.debugger.ScopeInfo;
import java.util.List;
import org.eclipse.lsp4j.debug.Scope;
import org.eclipse.lsp4j.debug.ScopesArguments;
import org.eclipse.lsp4j.debug.ScopesResponse;

/** {@code scopes}: the groups of variables of a frame. */
final class ScopesHandler implements RequestHandler<ScopesArguments, ScopesResponse> {
    @Override
    public String command() {
        return "scopes";
    }

    @Override
    public Class<ScopesArguments> argumentType() {
        return ScopesArguments.class;
    }

    @Override
    public ScopesResponse handle(ScopesArguments arguments, Conversation conversation) {
        // 0 is the label behind a stack that ends early: no frame, no variables.
        List<ScopeInfo> infos =
                arguments.getFrameId() == 0 ? List.of() : conversation.session().scopes(arguments.getFrameId());
        ScopesResponse response = new ScopesResponse();
        Scope[] scopes = new Scope[infos.size()];
        for (int i = 0; i < scopes.length; i++) {
            scopes[i] = conversation.variables().scope(infos.get(i));
        }
        response.setScopes(scopes);
        return response;
    }

    @Override
    public String notes() {
        return "Arguments, locals, globals (expensive), registers (expensive). A frame id is void once the payload has run";
    }
}
