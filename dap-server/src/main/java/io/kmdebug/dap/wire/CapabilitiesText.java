package io.kmdebug.dap.wire;

import org.eclipse.lsp4j.debug.BreakpointMode;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.ColumnDescriptor;
import org.eclipse.lsp4j.debug.ExceptionBreakpointsFilter;
import org.jspecify.annotations.Nullable;

/** The first answer of a session. */
final class CapabilitiesText {
    private CapabilitiesText() {}

    static void write(Capabilities capabilities, JsonText out) {
        out.beginObject();
        first(capabilities, out);
        rest(capabilities, out);
        out.endObject();
    }

    private static void first(Capabilities c, JsonText out) {
        out.member("supportsConfigurationDoneRequest", c.getSupportsConfigurationDoneRequest());
        out.member("supportsFunctionBreakpoints", c.getSupportsFunctionBreakpoints());
        out.member("supportsConditionalBreakpoints", c.getSupportsConditionalBreakpoints());
        out.member("supportsHitConditionalBreakpoints", c.getSupportsHitConditionalBreakpoints());
        out.member("supportsEvaluateForHovers", c.getSupportsEvaluateForHovers());
        filters(c.getExceptionBreakpointFilters(), out);
        out.member("supportsStepBack", c.getSupportsStepBack());
        out.member("supportsSetVariable", c.getSupportsSetVariable());
        out.member("supportsRestartFrame", c.getSupportsRestartFrame());
        out.member("supportsGotoTargetsRequest", c.getSupportsGotoTargetsRequest());
        out.member("supportsStepInTargetsRequest", c.getSupportsStepInTargetsRequest());
        out.member("supportsCompletionsRequest", c.getSupportsCompletionsRequest());
        out.member("completionTriggerCharacters", c.getCompletionTriggerCharacters());
        out.member("supportsModulesRequest", c.getSupportsModulesRequest());
        columns(c.getAdditionalModuleColumns(), out);
        out.member("supportedChecksumAlgorithms", c.getSupportedChecksumAlgorithms());
        out.member("supportsRestartRequest", c.getSupportsRestartRequest());
        out.member("supportsExceptionOptions", c.getSupportsExceptionOptions());
        out.member("supportsValueFormattingOptions", c.getSupportsValueFormattingOptions());
        out.member("supportsExceptionInfoRequest", c.getSupportsExceptionInfoRequest());
        out.member("supportTerminateDebuggee", c.getSupportTerminateDebuggee());
    }

    private static void rest(Capabilities c, JsonText out) {
        out.member("supportSuspendDebuggee", c.getSupportSuspendDebuggee());
        out.member("supportsDelayedStackTraceLoading", c.getSupportsDelayedStackTraceLoading());
        out.member("supportsLoadedSourcesRequest", c.getSupportsLoadedSourcesRequest());
        out.member("supportsLogPoints", c.getSupportsLogPoints());
        out.member("supportsTerminateThreadsRequest", c.getSupportsTerminateThreadsRequest());
        out.member("supportsSetExpression", c.getSupportsSetExpression());
        out.member("supportsTerminateRequest", c.getSupportsTerminateRequest());
        out.member("supportsDataBreakpoints", c.getSupportsDataBreakpoints());
        out.member("supportsReadMemoryRequest", c.getSupportsReadMemoryRequest());
        out.member("supportsWriteMemoryRequest", c.getSupportsWriteMemoryRequest());
        out.member("supportsDisassembleRequest", c.getSupportsDisassembleRequest());
        out.member("supportsCancelRequest", c.getSupportsCancelRequest());
        out.member("supportsBreakpointLocationsRequest", c.getSupportsBreakpointLocationsRequest());
        out.member("supportsClipboardContext", c.getSupportsClipboardContext());
        out.member("supportsSteppingGranularity", c.getSupportsSteppingGranularity());
        out.member("supportsInstructionBreakpoints", c.getSupportsInstructionBreakpoints());
        out.member("supportsExceptionFilterOptions", c.getSupportsExceptionFilterOptions());
        out.member("supportsSingleThreadExecutionRequests", c.getSupportsSingleThreadExecutionRequests());
        out.member("supportsDataBreakpointBytes", c.getSupportsDataBreakpointBytes());
        modes(c.getBreakpointModes(), out);
        out.member("supportsANSIStyling", c.getSupportsANSIStyling());
    }

    private static void filters(ExceptionBreakpointsFilter @Nullable [] filters, JsonText out) {
        if (filters == null) return;
        out.name("exceptionBreakpointFilters").beginArray();
        for (ExceptionBreakpointsFilter each : filters) {
            out.beginObject().member("filter", each.getFilter()).member("label", each.getLabel());
            out.member("description", each.getDescription()).member("default", each.getDefault_());
            out.member("supportsCondition", each.getSupportsCondition());
            out.member("conditionDescription", each.getConditionDescription()).endObject();
        }
        out.endArray();
    }

    private static void columns(ColumnDescriptor @Nullable [] columns, JsonText out) {
        if (columns == null) return;
        out.name("additionalModuleColumns").beginArray();
        for (ColumnDescriptor each : columns) {
            out.beginObject().member("attributeName", each.getAttributeName()).member("label", each.getLabel());
            out.member("format", each.getFormat())
                    .member("type", each.getType())
                    .member("width", each.getWidth());
            out.endObject();
        }
        out.endArray();
    }

    private static void modes(BreakpointMode @Nullable [] modes, JsonText out) {
        if (modes == null) return;
        out.name("breakpointModes").beginArray();
        for (BreakpointMode each : modes) {
            out.beginObject().member("mode", each.getMode()).member("label", each.getLabel());
            out.member("description", each.getDescription()).member("appliesTo", each.getAppliesTo());
            out.endObject();
        }
        out.endArray();
    }
}
