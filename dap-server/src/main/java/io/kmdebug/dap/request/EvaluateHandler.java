package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.console.Console;
import java.util.Optional;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.EvaluateArguments;
import org.eclipse.lsp4j.debug.EvaluateArgumentsContext;
import org.eclipse.lsp4j.debug.EvaluateResponse;
import org.jspecify.annotations.Nullable;

/** {@code evaluate}: an expression in a frame. Only the console may change the payload. */
final class EvaluateHandler implements RequestHandler<EvaluateArguments, EvaluateResponse> {
    @Override
    public String command() {
        return "evaluate";
    }

    @Override
    public Class<EvaluateArguments> argumentType() {
        return EvaluateArguments.class;
    }

    @Override
    public EvaluateResponse handle(EvaluateArguments arguments, Conversation conversation) {
        if (arguments.getExpression().isBlank()) {
            throw new BadArgument("expression", "is empty; give a C expression such as x->count + 1");
        }
        int frame = arguments.getFrameId() == null ? 0 : arguments.getFrameId();
        Session session = conversation.session();
        EvaluationContext context = context(arguments.getContext());
        if (context == EvaluationContext.REPL) {
            Optional<String> said = Console.answer(arguments.getExpression(), frame, session);
            if (said.isPresent()) return text(said.get());
        }
        return conversation
                .variables()
                .evaluated(session.evaluate(
                        arguments.getExpression(), frame, context, VariablesHandler.hex(arguments.getFormat())));
    }

    private static EvaluateResponse text(String said) {
        EvaluateResponse response = new EvaluateResponse();
        response.setResult(said);
        return response;
    }

    /** An unknown context may only look. */
    private static EvaluationContext context(@Nullable String context) {
        return switch (context == null ? "" : context) {
            case EvaluateArgumentsContext.REPL -> EvaluationContext.REPL;
            case EvaluateArgumentsContext.HOVER -> EvaluationContext.HOVER;
            case EvaluateArgumentsContext.CLIPBOARD -> EvaluationContext.CLIPBOARD;
            case EvaluateArgumentsContext.VARIABLES -> EvaluationContext.VARIABLES;
            default -> EvaluationContext.WATCH;
        };
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsEvaluateForHovers(true);
        capabilities.setSupportsClipboardContext(true);
    }

    @Override
    public String notes() {
        return "Contexts `watch`, `hover`, `variables`, `clipboard` and any other only look; `repl` may assign, and takes commands: `help` lists them";
    }
}
