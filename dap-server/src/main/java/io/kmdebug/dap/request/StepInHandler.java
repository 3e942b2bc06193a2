package io.kmdebug.dap.request;

import io.kmdebug.debugger.StepKind;
import org.eclipse.lsp4j.debug.StepInArguments;
import org.eclipse.lsp4j.debug.SteppingGranularity;
import org.jspecify.annotations.Nullable;

/** {@code stepIn}: runs to the next line, into functions that have lines. */
final class StepInHandler implements RequestHandler<StepInArguments, Void> {
    @Override
    public String command() {
        return "stepIn";
    }

    @Override
    public Class<StepInArguments> argumentType() {
        return StepInArguments.class;
    }

    @Override
    public @Nullable Void handle(StepInArguments arguments, Conversation conversation) {
        StepKind kind =
                arguments.getGranularity() == SteppingGranularity.INSTRUCTION ? StepKind.INSTRUCTION : StepKind.INTO;
        conversation.resuming().step(arguments.getThreadId(), kind);
        return null;
    }

    @Override
    public String notes() {
        return "`granularity`: `instruction` steps one instruction; `statement` and `line` step a line";
    }
}
