package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.VariableTree;
import io.kmdebug.symbols.CompositeType;
import java.util.ArrayList;
import java.util.List;

/**
 * Fields of a structure, a tuple or a form of an enumeration: {@code Point { x: 1, y: 2 }}, {@code (1, "two")},
 * {@code Some(5)}.
 *
 * @param name in front of the fields; empty for a tuple
 */
record RustStruct(String name, Part part) implements Presentation {
    private List<CompositeType.Member> fields() {
        List<CompositeType.Member> fields = new ArrayList<>();
        for (CompositeType.Member member : ((CompositeType) part.type()).members()) {
            if (member.name() != null) fields.add(member);
        }
        return fields;
    }

    private boolean isTuple() {
        for (CompositeType.Member member : fields()) {
            String name = name(member);
            if (position(name).equals(name)) return false;
        }
        return true;
    }

    private static String name(CompositeType.Member field) {
        String name = field.name();
        return name == null ? "" : name;
    }

    /** {@code 0} for the field that rustc calls {@code __0}. */
    static String position(String name) {
        boolean numbered = name.length() > 2 && name.startsWith("__") && Character.isDigit(name.charAt(2));
        return numbered ? name.substring(2) : name;
    }

    private Value value(CompositeType.Member member) {
        return RustParts.member(part, member).value();
    }

    @Override
    public void summarize(Summary out) {
        List<CompositeType.Member> fields = fields();
        boolean tuple = isTuple();
        out.text(name);
        if (fields.isEmpty()) {
            if (name.isEmpty()) out.text("()");
            return;
        }
        out.text(tuple ? "(" : name.isEmpty() ? "{ " : " { ");
        String separator = "";
        for (CompositeType.Member field : fields) {
            out.text(separator);
            separator = ", ";
            if (out.full()) {
                out.text("...");
                break;
            }
            if (!tuple) out.text(name(field) + ": ");
            out.value(value(field));
        }
        out.text(tuple ? name.isEmpty() && fields.size() == 1 ? ",)" : ")" : " }");
    }

    @Override
    public Children children() {
        List<CompositeType.Member> fields = fields();
        return Children.listed(() -> {
            List<VariableTree.Entry> entries = new ArrayList<>();
            for (CompositeType.Member field : fields) {
                String name = position(name(field));
                entries.add(new VariableTree.Variable(name, () -> value(field), "." + name));
            }
            return entries;
        });
    }

    @Override
    public boolean hidesMembers() {
        return false;
    }
}
