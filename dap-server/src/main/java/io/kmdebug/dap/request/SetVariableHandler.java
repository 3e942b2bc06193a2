package io.kmdebug.dap.request;

import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.SetVariableArguments;
import org.eclipse.lsp4j.debug.SetVariableResponse;

/** {@code setVariable}: changes a child of a scope or value, and answers what is there then. */
final class SetVariableHandler implements RequestHandler<SetVariableArguments, SetVariableResponse> {
    @Override
    public String command() {
        return "setVariable";
    }

    @Override
    public Class<SetVariableArguments> argumentType() {
        return SetVariableArguments.class;
    }

    @Override
    public SetVariableResponse handle(SetVariableArguments arguments, Conversation conversation) {
        return conversation
                .variables()
                .set(conversation
                        .session()
                        .setVariable(arguments.getVariablesReference(), arguments.getName(), arguments.getValue()));
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsSetVariable(true);
    }

    @Override
    public String notes() {
        return "`value` is an expression; the answer is the value read back";
    }
}
