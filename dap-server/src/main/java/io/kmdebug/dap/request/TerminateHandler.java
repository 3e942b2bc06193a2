package io.kmdebug.dap.request;

import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.TerminateArguments;
import org.jspecify.annotations.Nullable;

/** {@code terminate}: ends the payload; the conversation goes on until disconnect. */
final class TerminateHandler implements RequestHandler<TerminateArguments, Void> {
    @Override
    public String command() {
        return "terminate";
    }

    @Override
    public Class<TerminateArguments> argumentType() {
        return TerminateArguments.class;
    }

    @Override
    public @Nullable Void handle(TerminateArguments arguments, Conversation conversation) {
        conversation.session().terminate();
        return null;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsTerminateRequest(true);
    }

    @Override
    public Turn turn() {
        return Turn.ENDS;
    }
}
