package io.kmdebug.dap.wire;

import org.eclipse.lsp4j.debug.ContinueArguments;
import org.eclipse.lsp4j.debug.NextArguments;
import org.eclipse.lsp4j.debug.PauseArguments;
import org.eclipse.lsp4j.debug.StepInArguments;
import org.eclipse.lsp4j.debug.StepOutArguments;
import org.eclipse.lsp4j.debug.SteppingGranularity;

/** Of the requests that resume and stop threads. */
final class MotionArguments {
    private MotionArguments() {}

    static ContinueArguments resume(Fields fields) {
        ContinueArguments arguments = new ContinueArguments();
        arguments.setThreadId(fields.integer("threadId"));
        arguments.setSingleThread(fields.optionalBoolean("singleThread"));
        return arguments;
    }

    static NextArguments next(Fields fields) {
        NextArguments arguments = new NextArguments();
        arguments.setThreadId(fields.integer("threadId"));
        arguments.setSingleThread(fields.optionalBoolean("singleThread"));
        arguments.setGranularity(fields.optionalWord("granularity", SteppingGranularity.class));
        return arguments;
    }

    static StepInArguments stepIn(Fields fields) {
        StepInArguments arguments = new StepInArguments();
        arguments.setThreadId(fields.integer("threadId"));
        arguments.setSingleThread(fields.optionalBoolean("singleThread"));
        arguments.setTargetId(fields.optionalInteger("targetId"));
        arguments.setGranularity(fields.optionalWord("granularity", SteppingGranularity.class));
        return arguments;
    }

    static StepOutArguments stepOut(Fields fields) {
        StepOutArguments arguments = new StepOutArguments();
        arguments.setThreadId(fields.integer("threadId"));
        arguments.setSingleThread(fields.optionalBoolean("singleThread"));
        arguments.setGranularity(fields.optionalWord("granularity", SteppingGranularity.class));
        return arguments;
    }

    static PauseArguments pause(Fields fields) {
        PauseArguments arguments = new PauseArguments();
        arguments.setThreadId(fields.integer("threadId"));
        return arguments;
    }
}
