package io.kmdebug.debugger.value;

import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.MemberPointerType;
import io.kmdebug.symbols.QualifiedType;
import io.kmdebug.symbols.Type;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a pointer to a member points to: {@code &Animal::weight}, {@code 0x401136 <Animal::eat(int)>}, {@code &virtual
 * Animal::legs() const}. Itanium C++ ABI §2.3.
 */
final class MemberPointerText {
    private static final int MAX_DEPTH = 32;

    private MemberPointerText() {}

    static String of(MemberPointerType type, byte[] raw, LongFunction<Optional<String>> symbols) {
        CompositeType owner = type.owner().stripped() instanceof CompositeType c ? c : null;
        long first = word(raw, 0);
        if (!type.isFunction()) return first == -1 ? "nullptr" : member(owner, type, first);
        if (first == 0) return "nullptr";
        long adjustment = word(raw, 8);
        String suffix = adjustment == 0 ? "" : ", this adjustment " + adjustment;
        if ((first & 1) == 0) {
            String symbol = symbols.apply(first).map(s -> " <" + s + ">").orElse("");
            return String.format("0x%x%s%s", first, symbol, suffix);
        }
        long slot = (first - 1) / 8;
        CompositeType part = owner == null ? null : partAt(owner, adjustment, 0);
        Optional<String> name = part == null ? Optional.empty() : virtualFunction(part, slot, 0);
        return name.map(n -> "&virtual " + n).orElse("virtual at slot " + slot + suffix);
    }

    private static long word(byte[] raw, int from) {
        return Scalars.integer(Arrays.copyOfRange(raw, from, from + 8), true).longValue();
    }

    private static String member(@Nullable CompositeType owner, MemberPointerType type, long offset) {
        String found =
                owner == null ? null : memberAt(owner, bare(type.target()).name(), offset * 8, 0);
        return found != null
                ? "&" + found
                : "offset " + offset + " in " + type.owner().name();
    }

    /** The member of the wanted type at an offset, with the class that it is of; null for none. */
    private static @Nullable String memberAt(CompositeType type, String wanted, long bitOffset, int depth) {
        if (depth > MAX_DEPTH) return null;
        for (CompositeType.Member member : type.members()) {
            long within = bitOffset - member.bitOffset();
            if (within < 0 || member.virtualSlot() != 0) continue;
            boolean transparent = member.base() || member.name() == null;
            if (transparent && member.type().stripped() instanceof CompositeType inner) {
                String found = within < inner.byteSize() * 8 ? memberAt(inner, wanted, within, depth + 1) : null;
                if (found != null && member.base()) return found;
                // what is in an anonymous union or structure is a member of the class around it
                if (found != null) return type.name() + found.substring(found.lastIndexOf("::"));
            } else if (within == 0 && !transparent && bare(member.type()).name().equals(wanted)) {
                return type.name() + "::" + member.name();
            }
        }
        return null;
    }

    private static Type bare(Type type) {
        Type at = type;
        for (int i = 0; i < MAX_DEPTH && at instanceof QualifiedType q; i++) at = q.target();
        return at;
    }

    /** The class or base class whose part of an object begins at an offset; null for none. */
    private static @Nullable CompositeType partAt(CompositeType type, long offset, int depth) {
        if (offset == 0) return type;
        if (depth > MAX_DEPTH) return null;
        for (CompositeType.Member member : type.members()) {
            if (!member.base() || member.virtualSlot() != 0) continue;
            long within = offset - member.byteOffset();
            if (within < 0 || !(member.type().stripped() instanceof CompositeType base)) continue;
            CompositeType found = partAt(base, within, depth + 1);
            if (found != null) return found;
        }
        return null;
    }

    /** A class shares its virtual table with the base that its objects begin with. */
    private static Optional<String> virtualFunction(CompositeType type, long slot, int depth) {
        Optional<String> own = type.virtualFunction(slot);
        if (own.isPresent() || depth > MAX_DEPTH) return own;
        for (CompositeType.Member member : type.members()) {
            boolean primary = member.base() && member.bitOffset() == 0 && member.virtualSlot() == 0;
            if (!primary || !(member.type().stripped() instanceof CompositeType base)) continue;
            Optional<String> found = virtualFunction(base, slot, depth + 1);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }
}
