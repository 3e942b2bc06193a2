package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import io.kmdebug.symbols.demangle.Demangler;
import java.util.Optional;

/** The virtual functions that classes of C++ declare, by their place in the virtual table. DWARF 5 §5.7.8. */
final class VirtualFunctions {
    private static final int DW_OP_CONST1U = 0x08;
    private static final int DW_OP_CONSTU = 0x10;
    private static final int DW_OP_LIT0 = 0x30;

    private VirtualFunctions() {}

    /**
     * See {@link CompositeType#virtualFunction}.
     *
     * @param type its entry, moved to its children
     */
    static Optional<String> at(long slot, Die type) {
        for (boolean more = type.toFirstChild(); more; more = type.toSibling()) {
            int index = type.tag() == Tag.SUBPROGRAM ? type.indexOf(Attribute.VTABLE_ELEM_LOCATION) : -1;
            if (index >= 0 && type.isBlock(index) && constant(type.block(index)) == slot) return name(type);
        }
        return Optional.empty();
    }

    private static Optional<String> name(Die function) {
        String linkage = function.string(Attribute.LINKAGE_NAME);
        if (linkage != null) return Optional.of(CppNames.readable(Demangler.readable(linkage)));
        String name = function.string(Attribute.NAME);
        return name == null ? Optional.empty() : Optional.of(CppNames.readable(Ancestors.qualify(function, name)));
    }

    /** What an expression of one constant gives; -1 for any other. */
    private static long constant(Bytes expression) {
        Cursor in = new Cursor(expression);
        long operation = in.atEnd() ? -1 : in.u1("operation");
        long value = -1;
        if (operation >= DW_OP_LIT0 && operation < DW_OP_LIT0 + 32) value = operation - DW_OP_LIT0;
        else if (operation == DW_OP_CONSTU) value = in.uleb("constant");
        else if (operation == DW_OP_CONST1U) value = in.u1("constant");
        return in.atEnd() ? value : -1;
    }
}
