package io.kmdebug.dap.request;

import io.kmdebug.debugger.EvaluationContext;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.SetExpressionArguments;
import org.eclipse.lsp4j.debug.SetExpressionResponse;

/** {@code setExpression}: assigns to an expression, as the console would. */
final class SetExpressionHandler implements RequestHandler<SetExpressionArguments, SetExpressionResponse> {
    @Override
    public String command() {
        return "setExpression";
    }

    @Override
    public Class<SetExpressionArguments> argumentType() {
        return SetExpressionArguments.class;
    }

    @Override
    public SetExpressionResponse handle(SetExpressionArguments arguments, Conversation conversation) {
        int frame = arguments.getFrameId() == null ? 0 : arguments.getFrameId();
        String assignment = "(" + arguments.getExpression() + ") = (" + arguments.getValue() + ")";
        return conversation
                .variables()
                .setExpression(conversation
                        .session()
                        .evaluate(
                                assignment,
                                frame,
                                EvaluationContext.REPL,
                                VariablesHandler.hex(arguments.getFormat())));
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsSetExpression(true);
    }
}
