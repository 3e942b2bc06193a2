package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.presentation.Pointing;
import io.kmdebug.debugger.value.Alignment;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Smart pointers, {@code reference_wrapper}, and iterators. */
final class Pointers {
    private Pointers() {}

    static @Nullable Recipe gnu(String name, CompositeType type) {
        return switch (name) {
            case "unique_ptr" -> (value, program) -> unique(gnuUnique(value, program), program);
            case "shared_ptr", "__shared_ptr", "weak_ptr", "__weak_ptr" ->
                (value, program) ->
                        shared(value, program, "_M_ptr", "_M_refcount", "_M_pi", "_M_use_count", "_M_weak_count", 0);
            case "reference_wrapper" -> (value, program) -> plain(value, program, "_M_data");
            case "__gnu_cxx::__normal_iterator" -> (value, program) -> plain(value, program, "_M_current");
            case "_Deque_iterator" -> (value, program) -> plain(value, program, "_M_cur");
            case "_List_iterator", "_List_const_iterator" ->
                (value, program) -> node(value, program, "_M_node", 16, type);
            case "_Fwd_list_iterator", "_Fwd_list_const_iterator" ->
                (value, program) -> node(value, program, "_M_node", 8, type);
            case "_Rb_tree_iterator", "_Rb_tree_const_iterator" -> Pointers::gnuTreeIterator;
            case "__detail::_Node_iterator", "__detail::_Node_const_iterator" ->
                (value, program) -> node(value, program, "_M_cur", 8, type);
            case "_Bit_reference" -> (value, program) -> bit(value, program, "_M_p", "_M_mask");
            default -> null;
        };
    }

    static @Nullable Recipe llvm(String name, CompositeType type) {
        return switch (name) {
            case "unique_ptr" ->
                (value, program) -> unique(Sequences.unpaired(new Part(value, program.memory()).at("__ptr_")), program);
            case "shared_ptr", "weak_ptr" ->
                (value, program) -> shared(
                        value, program, "__ptr_", "__cntrl_", "", "__shared_owners_", "__shared_weak_owners_", 1);
            case "reference_wrapper" -> (value, program) -> plain(value, program, "__f_");
            case "__wrap_iter" -> (value, program) -> plain(value, program, "__i", "__i_");
            case "__deque_iterator" -> (value, program) -> plain(value, program, "__ptr_");
            case "__list_iterator", "__list_const_iterator" ->
                (value, program) -> node(value, program, "__ptr_", 16, type);
            case "__tree_iterator", "__tree_const_iterator" ->
                (value, program) -> llvmTreeIterator(value, program, type);
            case "__hash_iterator", "__hash_const_iterator" ->
                (value, program) -> {
                    Part pointer = new Part(value, program.memory()).at("__node_");
                    Type node = TemplateArguments.type(type, 0, program);
                    return llvmNode(pointer, node, program);
                };
            case "__map_iterator", "__map_const_iterator", "__hash_map_iterator", "__hash_map_const_iterator" ->
                (value, program) -> {
                    Part inner = new Part(value, program.memory()).at("__i_");
                    return Wrappers.presentation(inner.value(), program);
                };
            default -> null;
        };
    }

    private static Part gnuUnique(Value value, ProgramView program) {
        Part data = new Part(value, program.memory()).at("_M_t");
        // before gcc 6 the tuple is the pointer's own member
        Part tuple = data.find("_M_t").orElse(data);
        List<Value> elements = Wrappers.tuple(tuple.value(), false);
        if (elements.isEmpty()) throw new NotInitialised("its pointer is not found");
        return new Part(elements.get(0), program.memory());
    }

    private static Presentation unique(Part pointer, ProgramView program) {
        return pointing(pointer, "", program);
    }

    private static Pointing pointing(Part pointer, String notes, ProgramView program) {
        long address = pointer.address();
        if (!(pointer.type() instanceof PointerType p))
            throw new NotInitialised(pointer.type().name() + " is no pointer");
        return pointing(p.target(), address, notes, program);
    }

    private static Pointing pointing(Type target, long address, String notes, ProgramView program) {
        Type bare = target.stripped();
        boolean values = !(bare instanceof FunctionType) && !(bare instanceof UnspecifiedType);
        boolean known =
                values && !(bare instanceof CompositeType c && c.isDeclaration()) && !(bare instanceof ArrayType);
        if (address != 0 && known && program.memory().read(address, new byte[1], 0, 1) < 1) {
            throw new NotInitialised(String.format("cannot read memory at 0x%x", address));
        }
        return new Pointing(address, "nullptr", known ? Value.inMemory(target, address) : null, notes);
    }

    /** @param offByOne what the library's count of owners is less than their number */
    private static Presentation shared(
            Value value,
            ProgramView program,
            String pointerName,
            String countName,
            String innerName,
            String usesName,
            String weakName,
            long offByOne) {
        Part shared = new Part(value, program.memory());
        Part pointer = shared.at(pointerName);
        Part counts = shared.at(countName);
        if (!innerName.isEmpty()) counts = counts.at(innerName);
        if (counts.address() == 0) return pointing(pointer, "", program);
        Part block = counts.pointed();
        long uses = block.at(usesName).number() + offByOne;
        long weak = block.at(weakName).number() + offByOne - (uses > 0 ? 1 : 0);
        boolean sane = uses >= 0 && uses <= Integer.MAX_VALUE && weak >= 0 && weak <= Integer.MAX_VALUE;
        if (!sane) throw new NotInitialised("it would be used by " + uses);
        String notes = " (use=" + uses + ", weak=" + weak + ")";
        if (uses == 0) return new Pointing(0, "expired", null, notes);
        return pointing(pointer, notes, program);
    }

    private static Presentation plain(Value value, ProgramView program, String... names) {
        Part holder = new Part(value, program.memory());
        for (String name : names) {
            var pointer = holder.find(name);
            if (pointer.isPresent()) return pointing(pointer.get(), "", program);
        }
        return pointing(holder.at(names[0]), "", program);
    }

    /** An iterator that holds a node, behind whose links the element is. */
    private static Presentation node(Value value, ProgramView program, String name, long links, CompositeType type) {
        Type element = TemplateArguments.type(type, 0, program);
        long node = new Part(value, program.memory()).at(name).address();
        if (node == 0) return new Pointing(0, "end", null, "");
        return pointing(element, node + Alignment.next(links, element), "", program);
    }

    /** libc++ wraps the pairs of maps. */
    private static Type inner(CompositeType wrapper) {
        for (CompositeType.Member member : wrapper.members()) {
            if (member.name() != null && member.name().startsWith("__cc")) return member.type();
        }
        return wrapper;
    }

    /** The node behind the last one is in the container and has neither parent nor element. */
    private static Presentation llvmTreeIterator(Value value, ProgramView program, CompositeType type) {
        Type element = TemplateArguments.type(type, 0, program);
        if (element.stripped() instanceof CompositeType wrapper) element = inner(wrapper);
        long node = new Part(value, program.memory()).at("__ptr_").address();
        if (node == 0 || !isChild(node, program)) return new Pointing(0, "end", null, "");
        return pointing(element, node + Alignment.next(25, element), "", program);
    }

    private static boolean isChild(long node, ProgramView program) {
        byte[] word = new byte[8];
        if (program.memory().read(node + 16, word, 0, 8) < 8) return false;
        long parent = Scalars.integer(word, false).longValue();
        if (program.memory().read(parent, word, 0, 8) < 8) return false;
        if (Scalars.integer(word, false).longValue() == node) return true;
        return program.memory().read(parent + 8, word, 0, 8) == 8
                && Scalars.integer(word, false).longValue() == node;
    }

    private static Presentation llvmNode(Part pointer, Type node, ProgramView program) {
        long address = pointer.address();
        if (address == 0) return new Pointing(0, "end", null, "");
        Type target = node.stripped() instanceof PointerType p ? p.target() : node;
        Type element = TemplateArguments.type(target, 0, program);
        if (element.stripped() instanceof CompositeType wrapper) element = inner(wrapper);
        return pointing(element, address + Alignment.next(16, element), "", program);
    }

    /** The node before the first is its parent's parent and red: that is what an iterator behind the last one holds. */
    private static Presentation gnuTreeIterator(Value value, ProgramView program) {
        Part iterator = new Part(value, program.memory());
        long node = iterator.at("_M_node").address();
        if (node == 0) return new Pointing(0, "end", null, "");
        long parent = Nodes.word(program.memory(), node + 8);
        boolean red = (Nodes.word(program.memory(), node) & 0xffff_ffffL) == 0;
        if (red && (parent == 0 || Nodes.word(program.memory(), parent + 8) == node)) {
            return new Pointing(0, "end", null, "");
        }
        Type element = TemplateArguments.type((CompositeType) iterator.type(), 0, program);
        return pointing(element, node + Alignment.next(32, element), "", program);
    }

    private static Presentation bit(Value value, ProgramView program, String word, String mask) {
        Part reference = new Part(value, program.memory());
        long bits = Nodes.word(program.memory(), reference.at(word).address());
        boolean set = (bits & reference.at(mask).number()) != 0;
        return out -> out.text(set ? "true" : "false");
    }
}
