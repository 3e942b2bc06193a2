package io.kmdebug.dap.request;

import io.kmdebug.debugger.StepKind;
import org.eclipse.lsp4j.debug.StepOutArguments;
import org.jspecify.annotations.Nullable;

/** {@code stepOut}: runs until the thread's frame has returned. */
final class StepOutHandler implements RequestHandler<StepOutArguments, Void> {
    @Override
    public String command() {
        return "stepOut";
    }

    @Override
    public Class<StepOutArguments> argumentType() {
        return StepOutArguments.class;
    }

    @Override
    public @Nullable Void handle(StepOutArguments arguments, Conversation conversation) {
        StepKind kind = StepKind.OUT;
        conversation.resuming().step(arguments.getThreadId(), kind);
        return null;
    }
}
