package io.kmdebug.dap.request;

import org.eclipse.lsp4j.debug.CancelArguments;
import org.eclipse.lsp4j.debug.Capabilities;
import org.jspecify.annotations.Nullable;

/** {@code cancel}: takes back a request that waits for its turn. */
final class CancelHandler implements RequestHandler<CancelArguments, Void> {
    @Override
    public String command() {
        return "cancel";
    }

    @Override
    public Class<CancelArguments> argumentType() {
        return CancelArguments.class;
    }

    @Override
    public @Nullable Void handle(CancelArguments arguments, Conversation conversation) {
        if (arguments.getRequestId() != null) {
            conversation.outlet().cancel(arguments.getRequestId());
        }
        return null;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsCancelRequest(true);
    }

    @Override
    public Turn turn() {
        return Turn.AT_ONCE;
    }

    @Override
    public String notes() {
        return "A request that has not begun is taken back and answered with `cancelled`; one that runs is left to end";
    }
}
