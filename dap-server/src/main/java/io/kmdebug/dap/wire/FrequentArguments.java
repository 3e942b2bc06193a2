package io.kmdebug.dap.wire;

import java.util.Map;
import java.util.function.Function;
import org.eclipse.lsp4j.debug.ContinueArguments;
import org.eclipse.lsp4j.debug.DisconnectArguments;
import org.eclipse.lsp4j.debug.EvaluateArguments;
import org.eclipse.lsp4j.debug.ExceptionInfoArguments;
import org.eclipse.lsp4j.debug.InitializeRequestArguments;
import org.eclipse.lsp4j.debug.NextArguments;
import org.eclipse.lsp4j.debug.PauseArguments;
import org.eclipse.lsp4j.debug.ScopesArguments;
import org.eclipse.lsp4j.debug.SetBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetExceptionBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetFunctionBreakpointsArguments;
import org.eclipse.lsp4j.debug.StackFrameFormat;
import org.eclipse.lsp4j.debug.StackTraceArguments;
import org.eclipse.lsp4j.debug.StepInArguments;
import org.eclipse.lsp4j.debug.StepOutArguments;
import org.eclipse.lsp4j.debug.TerminateArguments;
import org.eclipse.lsp4j.debug.ValueFormat;
import org.eclipse.lsp4j.debug.VariablesArguments;
import org.eclipse.lsp4j.debug.VariablesArgumentsFilter;
import org.jspecify.annotations.Nullable;

/**
 * The arguments that every session sends, read field by field in the order of their declarations: the first use of
 * gson's reflection costs a cold JVM more than all of them.
 */
final class FrequentArguments {
    private static final Map<Class<?>, Function<Fields, Object>> READERS = Map.ofEntries(
            Map.entry(InitializeRequestArguments.class, SessionArguments::initialize),
            Map.entry(DisconnectArguments.class, SessionArguments::disconnect),
            Map.entry(TerminateArguments.class, SessionArguments::terminate),
            Map.entry(SetBreakpointsArguments.class, BreakpointArguments::ofSource),
            Map.entry(SetFunctionBreakpointsArguments.class, BreakpointArguments::ofFunctions),
            Map.entry(SetExceptionBreakpointsArguments.class, BreakpointArguments::ofExceptions),
            Map.entry(ContinueArguments.class, MotionArguments::resume),
            Map.entry(NextArguments.class, MotionArguments::next),
            Map.entry(StepInArguments.class, MotionArguments::stepIn),
            Map.entry(StepOutArguments.class, MotionArguments::stepOut),
            Map.entry(PauseArguments.class, MotionArguments::pause),
            Map.entry(ExceptionInfoArguments.class, FrequentArguments::exceptionInfo),
            Map.entry(StackTraceArguments.class, FrequentArguments::stackTrace),
            Map.entry(ScopesArguments.class, FrequentArguments::scopes),
            Map.entry(VariablesArguments.class, FrequentArguments::variables),
            Map.entry(EvaluateArguments.class, FrequentArguments::evaluate));

    private FrequentArguments() {}

    /** @return null when {@code type} is none of them */
    static <A> @Nullable A read(Fields fields, Class<A> type) {
        Function<Fields, Object> reader = READERS.get(type);
        return reader == null ? null : type.cast(reader.apply(fields));
    }

    private static ExceptionInfoArguments exceptionInfo(Fields fields) {
        ExceptionInfoArguments arguments = new ExceptionInfoArguments();
        arguments.setThreadId(fields.integer("threadId"));
        return arguments;
    }

    private static EvaluateArguments evaluate(Fields fields) {
        EvaluateArguments arguments = new EvaluateArguments();
        arguments.setExpression(fields.string("expression"));
        arguments.setFrameId(fields.optionalInteger("frameId"));
        arguments.setLine(fields.optionalInteger("line"));
        arguments.setColumn(fields.optionalInteger("column"));
        Fields source = fields.optionalObject("source");
        if (source != null) arguments.setSource(BreakpointArguments.source(source));
        arguments.setContext(fields.optionalString("context"));
        Fields format = fields.optionalObject("format");
        if (format != null) arguments.setFormat(valueFormat(format, new ValueFormat()));
        return arguments;
    }

    private static VariablesArguments variables(Fields fields) {
        VariablesArguments arguments = new VariablesArguments();
        arguments.setVariablesReference(fields.integer("variablesReference"));
        arguments.setFilter(fields.optionalWord("filter", VariablesArgumentsFilter.class));
        arguments.setStart(fields.optionalInteger("start"));
        arguments.setCount(fields.optionalInteger("count"));
        Fields format = fields.optionalObject("format");
        if (format != null) arguments.setFormat(valueFormat(format, new ValueFormat()));
        return arguments;
    }

    private static ScopesArguments scopes(Fields fields) {
        ScopesArguments arguments = new ScopesArguments();
        arguments.setFrameId(fields.integer("frameId"));
        return arguments;
    }

    private static StackTraceArguments stackTrace(Fields fields) {
        StackTraceArguments arguments = new StackTraceArguments();
        arguments.setThreadId(fields.integer("threadId"));
        arguments.setStartFrame(fields.optionalInteger("startFrame"));
        arguments.setLevels(fields.optionalInteger("levels"));
        Fields format = fields.optionalObject("format");
        if (format != null) arguments.setFormat(frameFormat(format));
        return arguments;
    }

    private static StackFrameFormat frameFormat(Fields fields) {
        StackFrameFormat format = new StackFrameFormat();
        format.setParameters(fields.optionalBoolean("parameters"));
        format.setParameterTypes(fields.optionalBoolean("parameterTypes"));
        format.setParameterNames(fields.optionalBoolean("parameterNames"));
        format.setParameterValues(fields.optionalBoolean("parameterValues"));
        format.setLine(fields.optionalBoolean("line"));
        format.setModule(fields.optionalBoolean("module"));
        format.setIncludeAll(fields.optionalBoolean("includeAll"));
        return valueFormat(fields, format);
    }

    private static <F extends ValueFormat> F valueFormat(Fields fields, F format) {
        format.setHex(fields.optionalBoolean("hex"));
        return format;
    }
}
