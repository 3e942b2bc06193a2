package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.presentation.Wrapping;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.CppNames;
import io.kmdebug.symbols.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code optional}, {@code variant}, {@code any}, {@code tuple}, and container adaptors. */
final class Wrappers {
    private static final int MAX_ELEMENTS = 1000;

    private Wrappers() {}

    static @Nullable Recipe of(String name, boolean llvm, CompositeType type) {
        return switch (name) {
            case "optional" -> llvm ? Wrappers::llvmOptional : Wrappers::gnuOptional;
            case "variant" -> (value, program) -> variant(value, program, type, llvm);
            case "any" -> llvm ? Wrappers::llvmAny : Wrappers::gnuAny;
            case "tuple" -> (value, program) -> new TuplePresentation(tuple(value, llvm));
            case "stack", "queue", "priority_queue" -> Wrappers::adaptor;
            default -> null;
        };
    }

    private static Wrapping optional(boolean engaged, Value value) {
        return engaged ? new Wrapping("", value, "value", true) : new Wrapping("nullopt", null, "value", true);
    }

    private static Presentation gnuOptional(Value value, ProgramView program) {
        Part payload = new Part(value, program.memory()).at("_M_payload");
        return optional(
                truth(payload.at("_M_engaged")),
                payload.at("_M_payload", "_M_value").value());
    }

    private static Presentation llvmOptional(Value value, ProgramView program) {
        Part optional = new Part(value, program.memory());
        return optional(truth(optional.at("__engaged_")), optional.at("__val_").value());
    }

    private static boolean truth(Part flag) {
        long number = flag.number();
        if (number != 0 && number != 1) throw new NotInitialised("its flag is " + number);
        return number == 1;
    }

    /** All alternatives begin where the storage does. */
    private static Presentation variant(Value value, ProgramView program, CompositeType type, boolean llvm) {
        Part variant = new Part(value, program.memory());
        Part implementation = llvm ? variant.find("__impl").orElseGet(() -> variant.at("__impl_")) : variant;
        Part index = llvm ? either(implementation, "__index", "__index_") : variant.at("_M_index");
        Part storage = llvm ? either(implementation, "__data", "__data_") : variant.at("_M_u");
        int bits = (int) index.type().byteSize() * 8;
        long mask = bits >= 64 ? -1L : (1L << bits) - 1;
        long number = index.number() & mask;
        if (number == mask) return new Wrapping("valueless", null, "value", false);
        List<CompositeType.TemplateArgument> alternatives = type.templateArguments();
        if (number >= alternatives.size()) throw new NotInitialised("its index is " + number);
        Type alternative = alternatives.get((int) number).type();
        return new Wrapping("index=" + number + " ", storage.value().as(alternative), "value", false);
    }

    private static Part either(Part part, String first, String second) {
        return part.find(first).orElseGet(() -> part.at(second));
    }

    private static Presentation gnuAny(Value value, ProgramView program) {
        Part any = new Part(value, program.memory());
        long address = any.at("_M_manager").address();
        return any(address, any.at("_M_storage", "_M_ptr"), any.at("_M_storage", "_M_buffer"), program);
    }

    private static Presentation llvmAny(Value value, ProgramView program) {
        Part any = new Part(value, program.memory());
        long address = either(any, "__h", "__h_").address();
        Part storage = either(any, "__s", "__s_");
        return any(address, either(storage, "__ptr", "__ptr_"), either(storage, "__buf", "__buf_"), program);
    }

    /** The function that manages the value is an instance for its type: its symbol says which. */
    private static Presentation any(long manager, Part outside, Part inside, ProgramView program) {
        if (manager == 0) return new Wrapping("empty", null, "value", false);
        Optional<String> symbol = program.symbol(manager);
        String typeName = symbol.map(s -> SymbolText.templateArgument(s, 0)).orElse("");
        if (typeName.isEmpty())
            throw new NotInitialised(String.format("no function manages its value at 0x%x", manager));
        boolean external =
                symbol.get().contains("_Manager_external") || symbol.get().contains("_LargeHandler");
        Optional<Type> type = NamedTypes.find(typeName, program);
        if (type.isEmpty()) return new Wrapping("(" + CppNames.readable(typeName) + ") ...", null, "value", false);
        Value held = external
                ? Value.inMemory(type.get(), outside.address())
                : inside.value().as(type.get());
        return new Wrapping("(" + CppNames.readable(typeName) + ") ", held, "value", false);
    }

    private static Presentation adaptor(Value value, ProgramView program) {
        Part container = new Part(value, program.memory()).at("c");
        Presentation inner = presentation(container.value(), program);
        return inner == null ? new Wrapping("", container.value(), "c", false) : inner;
    }

    /** A library's object within another, shown in its place. */
    static @Nullable Presentation presentation(Value value, ProgramView program) {
        Type type = value.type().stripped();
        Recipe recipe = new CppLibrary().recipe(type);
        return recipe == null ? null : recipe.present(value.as(type), program);
    }

    // tuples

    static List<Value> tuple(Value value, boolean llvm) {
        return llvm ? leaves(value) : heads(value);
    }

    /** libstdc++: {@code _Tuple_impl<0, A, B>} has the bases {@code _Tuple_impl<1, B>} and {@code _Head_base<0, A>}. */
    private static List<Value> heads(Value tuple) {
        List<Value> elements = new ArrayList<>();
        Optional<Value> implementation = base(tuple, "_Tuple_impl");
        while (implementation.isPresent() && elements.size() < MAX_ELEMENTS) {
            Value here = implementation.get();
            base(here, "_Head_base").map(Wrappers::firstMember).ifPresent(elements::add);
            implementation = base(here, "_Tuple_impl");
        }
        return elements;
    }

    /** libc++: the only member has a base {@code __tuple_leaf<i, T>} for each element. */
    private static List<Value> leaves(Value tuple) {
        if (!(tuple.type().stripped() instanceof CompositeType type)
                || type.members().isEmpty()) return List.of();
        CompositeType.Member implementation = type.members().get(0);
        Value inner = tuple.part(implementation.type(), implementation.bitOffset(), 0);
        if (!(inner.type().stripped() instanceof CompositeType leaves)) return List.of();
        return leaves.members().stream()
                .filter(CompositeType.Member::base)
                .map(m -> firstMember(inner.part(m.type(), m.bitOffset(), 0)))
                .toList();
    }

    /** The value itself; an empty class is not a member but a base. */
    private static Value firstMember(Value holder) {
        if (!(holder.type().stripped() instanceof CompositeType type)
                || type.members().isEmpty()) return holder;
        CompositeType.Member member = type.members().get(0);
        return holder.part(member.type(), member.bitOffset(), member.bitSize());
    }

    private static Optional<Value> base(Value value, String name) {
        if (!(value.type().stripped() instanceof CompositeType type)) return Optional.empty();
        for (CompositeType.Member member : type.members()) {
            String tag = member.type().stripped() instanceof CompositeType c ? c.tag() : null;
            boolean named = tag != null && tag.startsWith("std::" + name);
            if (member.base() && named) return Optional.of(value.part(member.type(), member.bitOffset(), 0));
        }
        return Optional.empty();
    }
}
