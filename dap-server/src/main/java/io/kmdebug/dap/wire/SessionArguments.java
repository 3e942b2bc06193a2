package io.kmdebug.dap.wire;

import org.eclipse.lsp4j.debug.DisconnectArguments;
import org.eclipse.lsp4j.debug.InitializeRequestArguments;
import org.eclipse.lsp4j.debug.TerminateArguments;

/** Of the requests that begin and end a session. */
final class SessionArguments {
    private SessionArguments() {}

    static InitializeRequestArguments initialize(Fields fields) {
        InitializeRequestArguments arguments = new InitializeRequestArguments();
        arguments.setClientID(fields.optionalString("clientID"));
        arguments.setClientName(fields.optionalString("clientName"));
        arguments.setAdapterID(fields.string("adapterID"));
        arguments.setLocale(fields.optionalString("locale"));
        arguments.setLinesStartAt1(fields.optionalBoolean("linesStartAt1"));
        arguments.setColumnsStartAt1(fields.optionalBoolean("columnsStartAt1"));
        arguments.setPathFormat(fields.optionalString("pathFormat"));
        arguments.setSupportsVariableType(fields.optionalBoolean("supportsVariableType"));
        arguments.setSupportsVariablePaging(fields.optionalBoolean("supportsVariablePaging"));
        arguments.setSupportsRunInTerminalRequest(fields.optionalBoolean("supportsRunInTerminalRequest"));
        arguments.setSupportsMemoryReferences(fields.optionalBoolean("supportsMemoryReferences"));
        arguments.setSupportsProgressReporting(fields.optionalBoolean("supportsProgressReporting"));
        arguments.setSupportsInvalidatedEvent(fields.optionalBoolean("supportsInvalidatedEvent"));
        arguments.setSupportsMemoryEvent(fields.optionalBoolean("supportsMemoryEvent"));
        arguments.setSupportsArgsCanBeInterpretedByShell(fields.optionalBoolean("supportsArgsCanBeInterpretedByShell"));
        arguments.setSupportsStartDebuggingRequest(fields.optionalBoolean("supportsStartDebuggingRequest"));
        arguments.setSupportsANSIStyling(fields.optionalBoolean("supportsANSIStyling"));
        return arguments;
    }

    static DisconnectArguments disconnect(Fields fields) {
        DisconnectArguments arguments = new DisconnectArguments();
        arguments.setRestart(fields.optionalBoolean("restart"));
        arguments.setTerminateDebuggee(fields.optionalBoolean("terminateDebuggee"));
        arguments.setSuspendDebuggee(fields.optionalBoolean("suspendDebuggee"));
        return arguments;
    }

    static TerminateArguments terminate(Fields fields) {
        TerminateArguments arguments = new TerminateArguments();
        arguments.setRestart(fields.optionalBoolean("restart"));
        return arguments;
    }
}
