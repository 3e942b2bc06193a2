package io.kmdebug.dap.request;

import io.kmdebug.debugger.Session;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.DisconnectArguments;
import org.jspecify.annotations.Nullable;

/** {@code disconnect}: ends the conversation; a launched payload ends with it, an attached one goes on. */
final class DisconnectHandler implements RequestHandler<DisconnectArguments, Void> {
    @Override
    public String command() {
        return "disconnect";
    }

    @Override
    public Class<DisconnectArguments> argumentType() {
        return DisconnectArguments.class;
    }

    @Override
    public @Nullable Void handle(DisconnectArguments arguments, Conversation conversation) {
        conversation.outlet().end();
        Session session = conversation.sessionOrNull();
        if (session == null) {
            return null;
        }
        Boolean asked = arguments.getTerminateDebuggee();
        if (asked == null ? conversation.launched() : asked) {
            session.terminate();
        } else {
            session.disconnect();
        }
        return null;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportTerminateDebuggee(true);
    }

    @Override
    public Turn turn() {
        return Turn.ENDS;
    }

    @Override
    public String notes() {
        return "`terminateDebuggee`: true after launch, false after attach when left out. Works in every state; a request "
                + "that still runs is cut off";
    }
}
