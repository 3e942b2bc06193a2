package io.kmdebug.dap.request;

import io.kmdebug.debugger.StepKind;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.NextArguments;
import org.eclipse.lsp4j.debug.SteppingGranularity;
import org.jspecify.annotations.Nullable;

/** {@code next}: runs to the next line of the thread's frame, over calls. */
final class NextHandler implements RequestHandler<NextArguments, Void> {
    @Override
    public String command() {
        return "next";
    }

    @Override
    public Class<NextArguments> argumentType() {
        return NextArguments.class;
    }

    @Override
    public @Nullable Void handle(NextArguments arguments, Conversation conversation) {
        StepKind kind = arguments.getGranularity() == SteppingGranularity.INSTRUCTION
                ? StepKind.INSTRUCTION_OVER
                : StepKind.OVER;
        conversation.resuming().step(arguments.getThreadId(), kind);
        return null;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsSteppingGranularity(true);
    }

    @Override
    public String notes() {
        return "`granularity`: `instruction` steps one instruction; `statement` and `line` step a line";
    }
}
