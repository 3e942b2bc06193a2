package io.kmdebug.symbols;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the entries around an entry. Entries do not name their parent, so this walks down from the unit's own. */
final class Ancestors {
    private static final int MAX_SPECIFICATIONS = 16;
    private static final int MAX_DEPTH = 256;

    private Ancestors() {}

    /** From the parent outwards to the unit's own entry. */
    static List<Die> of(Die die) {
        Deque<Die> path = new ArrayDeque<>();
        long target = die.offset();
        Die at = die.unit().rootDie();
        while (at.offset() != target) {
            path.push(at.copy());
            if (path.size() > MAX_DEPTH || !stepTowards(at, target)) return List.of();
        }
        return new ArrayList<>(path);
    }

    /** Moves {@code at} to its child that is, or holds, the entry at {@code target}. */
    private static boolean stepTowards(Die at, long target) {
        boolean more = at.toFirstChild();
        while (more && at.offset() <= target) {
            if (at.offset() == target) return true;
            long end = at.subtreeEnd();
            if (target < end) return true;
            more = at.seek(end);
        }
        return false;
    }

    /**
     * {@code name} behind the names of the namespaces and classes around {@code die}, as C++ writes it. A type that is
     * local to a function is in none of those around the function.
     */
    static String qualify(Die die, String name) {
        StringBuilder qualified = new StringBuilder(name);
        // a definition stands outside the class or namespace in which its declaration does
        Die place = die;
        for (int hop = 0; hop < MAX_SPECIFICATIONS; hop++) {
            Die declaration = place.reference(Attribute.SPECIFICATION);
            if (declaration == null) break;
            place = declaration;
        }
        boolean type = place.tag() != Tag.SUBPROGRAM && place.tag() != Tag.VARIABLE;
        for (Die ancestor : of(place)) {
            if (type && ancestor.tag() == Tag.SUBPROGRAM) break;
            switch (ancestor.tag()) {
                case Tag.NAMESPACE, Tag.MODULE -> prepend(qualified, ancestor.name(), "(anonymous namespace)");
                case Tag.STRUCTURE_TYPE, Tag.CLASS_TYPE, Tag.UNION_TYPE, Tag.ENUMERATION_TYPE, Tag.INTERFACE_TYPE ->
                    prepend(qualified, className(ancestor), "(anonymous)");
                default -> {}
            }
        }
        return qualified.toString();
    }

    /** A class of a type unit may only be referred to where its functions are. DWARF 5 §5.7.1. */
    private static @Nullable String className(Die die) {
        String name = die.name();
        if (name != null) return name;
        Die definition = die.reference(Attribute.SIGNATURE);
        return definition == null ? null : definition.name();
    }

    private static void prepend(StringBuilder qualified, @Nullable String name, String anonymous) {
        qualified.insert(0, (name == null ? anonymous : name) + "::");
    }
}
