package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** References and boxes; those to slices, to text and to {@code dyn} are two words. */
final class RustPointers {
    static final Type CHARACTER = new BaseType("u8", 1, BaseType.Encoding.UNSIGNED_CHAR);
    private static final long MAX_BYTES = 1L << 40;

    private RustPointers() {}

    /** A thin reference or box; null for a raw pointer, which is an address. */
    static @Nullable Presentation thin(Part part) {
        String name = part.type().name();
        boolean seen = name.startsWith("&") || name.startsWith("alloc::boxed::Box<");
        if (!seen
                || !(part.type() instanceof PointerType pointer)
                || pointer.target().byteSize() == 0) return null;
        return new RustWrapper(part.pointed().value());
    }

    /** A pointer of two words. */
    static Presentation fat(Part part, ProgramView program) {
        if (!RustParts.isSlice(part.type())) return dynamic(part, program);
        Part pointer = part.at("data_ptr");
        Type target = ((PointerType) pointer.type()).target().stripped();
        return slice(
                target,
                RustName.target(part.type().name()),
                pointer.address(),
                part.at("length").number());
    }

    /**
     * What an address and a length refer to.
     *
     * @param target of the pointer: the element, or a structure that ends with elements
     * @param name of what is referred to: {@code str}, {@code [i32]}, {@code std::path::Path}
     */
    private static Presentation slice(Type target, String name, long address, long count) {
        if (isText(name)) {
            if (address == 0) throw new NotInitialised("null pointer");
            return text(address, name.endsWith("CStr") ? count - 1 : count);
        }
        return RustList.at(target, address, count);
    }

    static boolean isText(String name) {
        return name.equals("str") || name.endsWith("::OsStr") || name.endsWith("::Path") || name.endsWith("::CStr");
    }

    static Presentation text(long address, long bytes) {
        if (bytes < 0 || bytes > MAX_BYTES)
            throw new NotInitialised("it would hold " + Long.toUnsignedString(bytes) + " bytes");
        return RustLine.of(out -> out.string(address, bytes, CHARACTER));
    }

    /** A {@code dyn}: the object by the type whose virtual table it has. */
    private static Presentation dynamic(Part part, ProgramView program) {
        long address = part.at("pointer").address();
        long table = part.at("vtable").address();
        Optional<Type> owner = program.virtualTableOwner(table);
        if (owner.isEmpty()) {
            String text = String.format("0x%x (virtual table 0x%x)", address, table);
            return RustLine.of(out -> out.text(text));
        }
        return new RustWrapper(Value.inMemory(owner.get(), address));
    }

    /**
     * What an {@code Rc} or {@code Arc} owns, behind its counts.
     *
     * @param box the pointer to counts and value
     */
    static Presentation shared(Part box, String name, ProgramView program) {
        if (RustParts.isSlice(box.type())) {
            Part pointer = box.at("data_ptr");
            Part counts = pointer.pointed();
            Part first = RustParts.either(counts, "value", "data");
            long address = first.value().address().orElseThrow(() -> new NotInitialised("no address"));
            return slice(
                    first.type(),
                    RustName.target(name),
                    address,
                    box.at("length").number());
        }
        if (RustParts.isFat(box.type())) return sharedDynamic(box, program);
        return new RustWrapper(RustParts.either(box.pointed(), "value", "data").value());
    }

    /** The value lies behind the two counts, as far as its alignment wants. */
    private static Presentation sharedDynamic(Part box, ProgramView program) {
        long table = box.at("vtable").address();
        Type owner = program.virtualTableOwner(table).orElse(null);
        long address = box.at("pointer").address();
        if (owner == null) {
            String text = String.format("0x%x (virtual table 0x%x)", address, table);
            return RustLine.of(out -> out.text(text));
        }
        // a virtual table starts with drop, size and alignment
        long align = Math.max(
                1,
                box.in(new BaseType("usize", 8, BaseType.Encoding.UNSIGNED), table + 16)
                        .number());
        long offset = (16 + align - 1) / align * align;
        return new RustWrapper(Value.inMemory(owner, address + offset));
    }

    static boolean isReference(Type type) {
        return type instanceof PointerType || (type instanceof CompositeType && RustParts.isFat(type));
    }
}
