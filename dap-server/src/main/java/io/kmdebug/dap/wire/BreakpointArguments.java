package io.kmdebug.dap.wire;

import java.util.List;
import org.eclipse.lsp4j.debug.ExceptionFilterOptions;
import org.eclipse.lsp4j.debug.FunctionBreakpoint;
import org.eclipse.lsp4j.debug.SetBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetExceptionBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetFunctionBreakpointsArguments;
import org.eclipse.lsp4j.debug.Source;
import org.eclipse.lsp4j.debug.SourceBreakpoint;
import org.eclipse.lsp4j.debug.SourcePresentationHint;

/** Of the requests that set breakpoints. */
final class BreakpointArguments {
    private BreakpointArguments() {}

    static SetBreakpointsArguments ofSource(Fields fields) {
        SetBreakpointsArguments arguments = new SetBreakpointsArguments();
        arguments.setSource(source(fields.object("source")));
        List<Fields> breakpoints = fields.optionalObjects("breakpoints");
        if (breakpoints != null) {
            arguments.setBreakpoints(
                    breakpoints.stream().map(BreakpointArguments::inSource).toArray(SourceBreakpoint[]::new));
        }
        arguments.setLines(fields.optionalIntegers("lines"));
        arguments.setSourceModified(fields.optionalBoolean("sourceModified"));
        return arguments;
    }

    private static SourceBreakpoint inSource(Fields fields) {
        SourceBreakpoint breakpoint = new SourceBreakpoint();
        breakpoint.setLine(fields.integer("line"));
        breakpoint.setColumn(fields.optionalInteger("column"));
        breakpoint.setCondition(fields.optionalString("condition"));
        breakpoint.setHitCondition(fields.optionalString("hitCondition"));
        breakpoint.setLogMessage(fields.optionalString("logMessage"));
        breakpoint.setMode(fields.optionalString("mode"));
        return breakpoint;
    }

    static Source source(Fields fields) {
        if (fields.has("sources") || fields.has("adapterData") || fields.has("checksums")) {
            return fields.bind(Source.class);
        }
        Source source = new Source();
        source.setName(fields.optionalString("name"));
        source.setPath(fields.optionalString("path"));
        source.setSourceReference(fields.optionalInteger("sourceReference"));
        source.setPresentationHint(fields.optionalWord("presentationHint", SourcePresentationHint.class));
        source.setOrigin(fields.optionalString("origin"));
        return source;
    }

    static SetFunctionBreakpointsArguments ofFunctions(Fields fields) {
        SetFunctionBreakpointsArguments arguments = new SetFunctionBreakpointsArguments();
        List<Fields> breakpoints = fields.optionalObjects("breakpoints");
        if (breakpoints == null) {
            throw ArgumentReader.missing(fields.path() + "breakpoints", FunctionBreakpoint[].class);
        }
        arguments.setBreakpoints(
                breakpoints.stream().map(BreakpointArguments::atFunction).toArray(FunctionBreakpoint[]::new));
        return arguments;
    }

    private static FunctionBreakpoint atFunction(Fields fields) {
        FunctionBreakpoint breakpoint = new FunctionBreakpoint();
        breakpoint.setName(fields.string("name"));
        breakpoint.setCondition(fields.optionalString("condition"));
        breakpoint.setHitCondition(fields.optionalString("hitCondition"));
        return breakpoint;
    }

    static SetExceptionBreakpointsArguments ofExceptions(Fields fields) {
        if (fields.has("exceptionOptions")) {
            return fields.bind(SetExceptionBreakpointsArguments.class);
        }
        SetExceptionBreakpointsArguments arguments = new SetExceptionBreakpointsArguments();
        arguments.setFilters(fields.strings("filters"));
        List<Fields> options = fields.optionalObjects("filterOptions");
        if (options != null) {
            arguments.setFilterOptions(
                    options.stream().map(BreakpointArguments::filter).toArray(ExceptionFilterOptions[]::new));
        }
        return arguments;
    }

    private static ExceptionFilterOptions filter(Fields fields) {
        ExceptionFilterOptions options = new ExceptionFilterOptions();
        options.setFilterId(fields.string("filterId"));
        options.setCondition(fields.optionalString("condition"));
        options.setMode(fields.optionalString("mode"));
        return options;
    }
}
