package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;
import java.util.List;

/** The arguments of a library's template. */
final class TemplateArguments {
    private TemplateArguments() {}

    /** Where the compiler describes no arguments, the name has them. */
    static Type type(Type type, int index, ProgramView program) {
        if (!(type.stripped() instanceof CompositeType composite)) {
            throw new DebuggerException(type.name() + " is no class");
        }
        List<CompositeType.TemplateArgument> arguments = composite.templateArguments();
        if (index < arguments.size()) return arguments.get(index).type();
        String name = written(composite, index);
        return NamedTypes.find(name, program)
                .orElseThrow(() -> new DebuggerException("the debug information has no type \"" + name + "\""));
    }

    /** A number that is an argument; -1 where neither the arguments nor the name have it. */
    static long value(CompositeType type, int index) {
        List<CompositeType.TemplateArgument> arguments = type.templateArguments();
        Long value = index < arguments.size() ? arguments.get(index).value() : null;
        if (value != null) return value;
        String digits = written(type, index).replaceAll("[uUlL]+$", "");
        return digits.matches("-?[0-9]{1,18}") ? Long.parseLong(digits) : -1;
    }

    private static String written(CompositeType type, int index) {
        return type.tag() == null ? "" : SymbolText.templateArgument(type.tag(), index);
    }
}
