package io.kmdebug.dap.request;

import io.kmdebug.debugger.Session;
import org.eclipse.lsp4j.debug.ContinueArguments;
import org.eclipse.lsp4j.debug.ContinueResponse;

/** {@code continue}: lets all threads run. */
final class ContinueHandler implements RequestHandler<ContinueArguments, ContinueResponse> {
    @Override
    public String command() {
        return "continue";
    }

    @Override
    public Class<ContinueArguments> argumentType() {
        return ContinueArguments.class;
    }

    @Override
    public ContinueResponse handle(ContinueArguments arguments, Conversation conversation) {
        Session session = conversation.resuming();
        session.resume(arguments.getThreadId());
        ContinueResponse response = new ContinueResponse();
        response.setAllThreadsContinued(true);
        return response;
    }

    @Override
    public String notes() {
        return "All threads run. In a core this fails with a message that says it is post-mortem, as do the steps";
    }
}
