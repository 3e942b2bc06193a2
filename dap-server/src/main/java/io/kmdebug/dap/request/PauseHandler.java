package io.kmdebug.dap.request;

import io.kmdebug.debugger.Session;
import org.eclipse.lsp4j.debug.PauseArguments;
import org.jspecify.annotations.Nullable;

/** {@code pause}: stops the payload wherever it is, a running step included. */
final class PauseHandler implements RequestHandler<PauseArguments, Void> {
    @Override
    public String command() {
        return "pause";
    }

    @Override
    public Class<PauseArguments> argumentType() {
        return PauseArguments.class;
    }

    @Override
    public @Nullable Void handle(PauseArguments arguments, Conversation conversation) {
        Session session = conversation.session();
        if (!session.isStopped()) {
            session.pause();
        }
        return null;
    }

    @Override
    public Turn turn() {
        return Turn.INTERRUPTS;
    }

    @Override
    public String notes() {
        return "All threads stop; does nothing when they stand";
    }
}
