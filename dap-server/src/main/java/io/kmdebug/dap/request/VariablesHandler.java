package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.debugger.VariableInfo;
import java.util.List;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.ValueFormat;
import org.eclipse.lsp4j.debug.Variable;
import org.eclipse.lsp4j.debug.VariablesArguments;
import org.eclipse.lsp4j.debug.VariablesArgumentsFilter;
import org.eclipse.lsp4j.debug.VariablesResponse;
import org.jspecify.annotations.Nullable;

/** {@code variables}: the children of a scope or value, by page. */
final class VariablesHandler implements RequestHandler<VariablesArguments, VariablesResponse> {
    @Override
    public String command() {
        return "variables";
    }

    @Override
    public Class<VariablesArguments> argumentType() {
        return VariablesArguments.class;
    }

    @Override
    public VariablesResponse handle(VariablesArguments arguments, Conversation conversation) {
        int start = atLeastZero(arguments.getStart(), "start");
        int count = atLeastZero(arguments.getCount(), "count");
        List<VariableInfo> infos = children(arguments, start, count, conversation);
        VariablesResponse response = new VariablesResponse();
        Variable[] variables = new Variable[infos.size()];
        for (int i = 0; i < variables.length; i++) {
            variables[i] = conversation.variables().variable(infos.get(i));
        }
        response.setVariables(variables);
        return response;
    }

    /** Elements stand before what has a name among the children, so that a filter is a window over them. */
    private static List<VariableInfo> children(
            VariablesArguments arguments, int start, int count, Conversation conversation) {
        int reference = arguments.getVariablesReference();
        boolean hex = hex(arguments.getFormat());
        VariablesArgumentsFilter filter = arguments.getFilter();
        VariableViews.Counts counts = conversation.variables().counts(reference);
        if (filter == null || counts == null) {
            return conversation.session().variables(reference, start, count, hex);
        }
        boolean indexed = filter == VariablesArgumentsFilter.INDEXED;
        int size = indexed ? counts.indexed() : counts.named();
        int left = size - start;
        if (left <= 0) {
            return List.of();
        }
        int first = indexed ? start : counts.indexed() + start;
        return conversation.session().variables(reference, first, count == 0 ? left : Math.min(count, left), hex);
    }

    static boolean hex(@Nullable ValueFormat format) {
        return format != null && Boolean.TRUE.equals(format.getHex());
    }

    private static int atLeastZero(@Nullable Integer number, String field) {
        if (number != null && number < 0) {
            throw new BadArgument(field, "must be 0 or more, not " + number);
        }
        return number == null ? 0 : number;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsValueFormattingOptions(true);
    }

    @Override
    public String notes() {
        return "Paged by `start` and `count`, filtered by `filter`; `format.hex` holds for this answer only. "
                + "A variable without a value says why in angle brackets";
    }
}
