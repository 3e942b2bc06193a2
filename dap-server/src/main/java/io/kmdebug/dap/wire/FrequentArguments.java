package io.kmdebug.dap.wire;

import org.eclipse.lsp4j.debug.ScopesArguments;
import org.eclipse.lsp4j.debug.StackFrameFormat;
import org.eclipse.lsp4j.debug.StackTraceArguments;
import org.eclipse.lsp4j.debug.ValueFormat;
import org.eclipse.lsp4j.debug.VariablesArguments;
import org.eclipse.lsp4j.debug.VariablesArgumentsFilter;
import org.jspecify.annotations.Nullable;

/** What {@link FrequentAnswers} answer, read field by field in the order of their declarations. */
final class FrequentArguments {
    private FrequentArguments() {}

    /** @return null when {@code type} is none of them */
    static <A> @Nullable A read(Fields fields, Class<A> type) {
        if (type == VariablesArguments.class) return type.cast(variables(fields));
        if (type == ScopesArguments.class) return type.cast(scopes(fields));
        if (type == StackTraceArguments.class) return type.cast(stackTrace(fields));
        return null;
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
