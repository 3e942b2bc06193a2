package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.CppNames;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Pointers and references to classes with virtual functions: the virtual table says what the object really is. */
public final class CppObjects implements Recipe.Book {
    private static final String TABLE = "vtable for ";
    private static final int MAX_BASES = 32;

    @Override
    public @Nullable Recipe recipe(Type type) {
        if (!(type instanceof PointerType pointer)) return null;
        if (!(pointer.target().stripped() instanceof CompositeType target)) return null;
        if (target.language() != Language.CPP || !isPolymorphic(target, 0)) return null;
        return (value, program) -> present(value, pointer, target, program);
    }

    /** Whether the first word of an object points to a virtual table. */
    private static boolean isPolymorphic(CompositeType type, int depth) {
        if (depth > MAX_BASES || type.isDeclaration()) return false;
        for (CompositeType.Member member : type.members()) {
            if (member.virtualSlot() != 0) return true;
            if (member.bitOffset() != 0) continue;
            String name = member.name();
            if (!member.base()) {
                if (name != null && name.startsWith("_vptr")) return true;
            } else if (member.type().stripped() instanceof CompositeType base && isPolymorphic(base, depth + 1)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable DynamicObject present(
            Value value, PointerType pointer, CompositeType declared, ProgramView program) {
        if (!(value.read(program.memory()) instanceof Value.Available bytes)) return null;
        long address = Scalars.integer(bytes.bytes(), false).longValue();
        OptionalLong table = address == 0 ? OptionalLong.empty() : word(address, program);
        if (table.isEmpty()) return null;
        String symbol = program.symbol(table.getAsLong()).orElse("");
        int distance = symbol.lastIndexOf('+');
        if (!symbol.startsWith(TABLE) || distance < 0) return null;
        String name = symbol.substring(TABLE.length(), distance);
        boolean same = CppNames.readable(name).equals(CppNames.readable(String.valueOf(declared.tag())));
        // Itanium C++ ABI §2.5.2: how far the whole object's start is from this part of it
        OptionalLong toTop = word(table.getAsLong() - 16, program);
        if (same || toTop.isEmpty() || Math.abs(toTop.getAsLong()) > 1L << 32) return null;
        boolean reference = pointer.kind() != PointerType.Kind.POINTER;
        return new DynamicObject(address, address + toTop.getAsLong(), name, reference, program);
    }

    private static OptionalLong word(long address, ProgramView program) {
        byte[] bytes = new byte[8];
        if (program.memory().read(address, bytes, 0, 8) < 8) return OptionalLong.empty();
        return OptionalLong.of(Scalars.integer(bytes, true).longValue());
    }
}
