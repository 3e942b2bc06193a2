package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.Storage;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.StaticMember;
import io.kmdebug.symbols.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where values are, in words; and where their members are. */
final class Places {
    private static final int MEMBER_DEPTH = 32;
    private static final int MAX_NAMES = 2000;

    private Places() {}

    static String whyNoAddress(Value value) {
        if (value.bitSize() > 0) return "a bit field has no address";
        Storage storage = value.storage();
        if (storage instanceof Storage.InRegister r) {
            return "it is in register " + r.register().gdbName() + " and has no address";
        }
        if (storage instanceof Storage.Scattered) return "it is in several places and has no address";
        if (storage instanceof Storage.Missing m) return "it has no address: " + m.reason();
        return "it has no address in the payload";
    }

    /**
     * A member and the class in which it was found.
     *
     * @param shared the member itself where it is a static one; else null
     */
    private record Found(
            Value value, CompositeType owner, @Nullable StaticMember shared) {
        boolean isSame(Found other) {
            return shared == null ? value.equals(other.value) : Objects.equals(shared, other.shared);
        }
    }

    /**
     * A member, static or not, also of an anonymous member or a base class; {@code Base::x} is that of the base.
     *
     * @throws DebuggerException when several bases have one and none hides the others. C++17 §13.2
     */
    static Optional<Value> member(Value value, CompositeType type, String name, EvaluationScope scope) {
        int separator = ScopePath.lastSeparator(name);
        if (separator > 0) {
            Value base = base(value, type, name.substring(0, separator), scope.memory());
            return base != null && base.type().stripped() instanceof CompositeType c
                    ? member(base, c, name.substring(separator + 2), scope)
                    : Optional.empty();
        }
        List<Found> found = new ArrayList<>();
        collect(value, type, name, found, scope, 0);
        if (found.isEmpty()) return Optional.empty();
        Found first = found.get(0);
        for (Found other : found) {
            if (first.isSame(other)) continue;
            String one = first.owner().tag();
            throw new DebuggerException("\"" + name + "\" is ambiguous in \"" + type.name() + "\"; write " + one + "::"
                    + name + " or " + other.owner().tag() + "::" + name);
        }
        return Optional.of(first.value());
    }

    /** A member of the class itself hides those of its bases. */
    private static void collect(
            Value value, CompositeType type, String name, List<Found> found, EvaluationScope scope, int depth) {
        int before = found.size();
        Found own = own(value, type, name, scope);
        if (own != null) {
            found.add(own);
            return;
        }
        if (depth >= MEMBER_DEPTH) return;
        List<CompositeType.Member> members = type.members();
        for (CompositeType.Member member : members) {
            if (member.base() || member.name() != null) continue;
            if (!(member.type().stripped() instanceof CompositeType c)) continue;
            collect(value.member(member, scope.memory()), c, name, found, scope, depth + 1);
            if (found.size() > before) return;
        }
        for (CompositeType.Member member : members) {
            if (!member.base() || !(member.type().stripped() instanceof CompositeType c)) continue;
            collect(value.member(member, scope.memory()), c, name, found, scope, depth + 1);
        }
    }

    private static @Nullable Found own(Value value, CompositeType type, String name, EvaluationScope scope) {
        for (CompositeType.Member member : type.members()) {
            if (name.equals(member.name()) && !member.base()) {
                return new Found(value.member(member, scope.memory()), type, null);
            }
        }
        for (StaticMember member : type.staticMembers()) {
            if (!name.equals(member.name())) continue;
            return scope.staticMember(member)
                    .map(v -> new Found(v, type, member))
                    .orElse(null);
        }
        return null;
    }

    /** The base class of this name within {@code value}, or {@code value} itself; null for none. */
    static @Nullable Value base(Value value, CompositeType type, String name, MemoryReader memory) {
        return base(value, type, name, memory, 0);
    }

    private static @Nullable Value base(Value value, CompositeType type, String name, MemoryReader memory, int depth) {
        if (isNamed(type, name)) return value;
        if (depth >= MEMBER_DEPTH) return null;
        for (CompositeType.Member member : type.members()) {
            if (!member.base() || !(member.type().stripped() instanceof CompositeType c)) continue;
            Value found = base(value.member(member, memory), c, name, memory, depth + 1);
            if (found != null) return found;
        }
        return null;
    }

    /** Whether {@code name} calls the class, with or without the namespaces around it. */
    private static boolean isNamed(CompositeType type, String name) {
        String tag = type.tag();
        if (tag == null) return false;
        String wanted = name.startsWith("::") ? name.substring(2) : name;
        return tag.equals(wanted) || (tag.length() > wanted.length() && ("::" + tag).endsWith("::" + wanted));
    }

    /** Names of the members, those of bases too. */
    static List<String> memberNames(Type type) {
        List<String> names = new ArrayList<>();
        if (type.stripped() instanceof CompositeType c) addNames(c, names, 0);
        return names;
    }

    private static void addNames(CompositeType type, List<String> names, int depth) {
        if (depth >= MEMBER_DEPTH) return;
        for (CompositeType.Member member : type.members()) {
            if (names.size() >= MAX_NAMES) return;
            boolean transparent = member.base() || member.name() == null;
            if (!transparent) names.add(member.name());
            else if (member.type().stripped() instanceof CompositeType c) addNames(c, names, depth + 1);
        }
        for (StaticMember member : type.staticMembers()) names.add(member.name());
    }
}
