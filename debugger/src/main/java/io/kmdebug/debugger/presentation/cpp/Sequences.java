package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.presentation.Sequence;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import org.jspecify.annotations.Nullable;

/** Elements side by side: {@code vector}, {@code array}, {@code span}, {@code initializer_list}, {@code deque}. */
final class Sequences {
    private static final BaseType BOOL = new BaseType("bool", 1, BaseType.Encoding.BOOLEAN);

    private Sequences() {}

    static @Nullable Recipe gnu(String name, CompositeType type) {
        return switch (name) {
            case "vector" -> (value, program) -> gnuVector(value, program);
            case "array" -> (value, program) -> array(value, program, type, "_M_elems");
            case "span" -> (value, program) -> gnuSpan(value, program, type);
            case "initializer_list" ->
                (value, program) -> {
                    // libc++'s is in the same namespace: the language knows it by name
                    boolean llvm =
                            new Part(value, program.memory()).find("__begin_").isPresent();
                    return llvm
                            ? counted(value, program, "__begin_", "__size_")
                            : counted(value, program, "_M_array", "_M_len");
                };
            case "valarray" -> (value, program) -> counted(value, program, "_M_data", "_M_size");
            case "deque" -> (value, program) -> gnuDeque(value, program, type);
            case "bitset" -> (value, program) -> bitset(value, program, type, "_M_w");
            default -> null;
        };
    }

    static @Nullable Recipe llvm(String name, CompositeType type) {
        return switch (name) {
            case "vector" -> (value, program) -> llvmVector(value, program);
            case "array" -> (value, program) -> array(value, program, type, "__elems_");
            case "span" -> (value, program) -> llvmSpan(value, program, type);
            case "valarray" ->
                (value, program) -> {
                    Part array = new Part(value, program.memory());
                    return between(program, array.at("__begin_"), array.at("__end_"), array.at("__end_"));
                };
            case "deque" -> (value, program) -> llvmDeque(value, program, type);
            case "bitset" -> (value, program) -> bitset(value, program, type, "__first_");
            default -> null;
        };
    }

    private static @Nullable Presentation gnuVector(Value value, ProgramView program) {
        Part impl = new Part(value, program.memory()).at("_M_impl");
        Part start = impl.at("_M_start");
        if (start.type() instanceof PointerType) {
            return between(program, start, impl.at("_M_finish"), impl.at("_M_end_of_storage"));
        }
        // vector<bool>: iterators of a word and a bit in it
        Part finish = impl.at("_M_finish");
        long first = start.at("_M_p").address();
        long bytes = finish.at("_M_p").address() - first;
        long bits = bytes * 8 + finish.at("_M_offset").number();
        if (bytes < 0) throw new NotInitialised("its end is before its start");
        return bits(program, first, bits);
    }

    private static Presentation llvmVector(Value value, ProgramView program) {
        Part vector = new Part(value, program.memory());
        Part begin = vector.at("__begin_");
        if (vector.find("__end_").isEmpty()) {
            return bits(program, begin.address(), vector.at("__size_").number());
        }
        Part limit = vector.find("__end_cap_").map(Sequences::unpaired).orElseGet(() -> vector.at("__cap_"));
        return between(program, begin, vector.at("__end_"), limit);
    }

    /** What a compressed pair of libc++ holds first. */
    static Part unpaired(Part pair) {
        return pair.find("__value_").orElse(pair);
    }

    private static Sequence between(ProgramView program, Part start, Part end, Part limit) {
        Type element = ((PointerType) start.type()).target();
        return Sequence.between(program.memory(), element, start.address(), end.address(), limit.address());
    }

    private static Sequence bits(ProgramView program, long address, long count) {
        // checked as bytes: both ends must be there
        Sequence.at(program.memory(), BOOL, address, (Sequence.checkCount(count) + 7) / 8);
        return new Sequence(count, i -> Value.computed(BOOL, new byte[] {bit(program, address, i)}));
    }

    private static byte bit(ProgramView program, long address, long index) {
        byte[] one = new byte[1];
        long at = address + (index >> 3);
        if (program.memory().read(at, one, 0, 1) < 1) {
            throw new NotInitialised(String.format("cannot read memory at 0x%x", at));
        }
        return (byte) (one[0] >> (index & 7) & 1);
    }

    private static Sequence array(Value value, ProgramView program, CompositeType type, String name) {
        Part elements = new Part(value, program.memory()).at(name);
        // an array of no elements has an empty structure, or room for one, in their place
        long stated = TemplateArguments.value(type, 1);
        if (stated == 0 || !(elements.type() instanceof ArrayType array)) return new Sequence(0, i -> value);
        Type element = array.element();
        long bits = element.byteSize() * 8;
        long count = array.count() >= 0 ? array.count() : stated;
        Value all = elements.value();
        return new Sequence(count, i -> all.part(element, i * bits, 0));
    }

    private static Sequence counted(Value value, ProgramView program, String data, String size) {
        Part list = new Part(value, program.memory());
        Part start = list.at(data);
        Type element = ((PointerType) start.type()).target();
        return Sequence.at(
                program.memory(), element, start.address(), list.at(size).number());
    }

    private static Sequence gnuSpan(Value value, ProgramView program, CompositeType type) {
        Part span = new Part(value, program.memory());
        Part start = span.at("_M_ptr");
        long count = span.find("_M_extent")
                .flatMap(e -> e.find("_M_extent_value"))
                .map(Part::number)
                .orElseGet(() -> TemplateArguments.value(type, 1));
        return Sequence.at(program.memory(), ((PointerType) start.type()).target(), start.address(), count);
    }

    private static Sequence llvmSpan(Value value, ProgramView program, CompositeType type) {
        Part span = new Part(value, program.memory());
        Part start = span.find("__data").orElseGet(() -> span.at("__data_"));
        long count = span.find("__size")
                .or(() -> span.find("__size_"))
                .map(Part::number)
                .orElseGet(() -> TemplateArguments.value(type, 1));
        return Sequence.at(program.memory(), ((PointerType) start.type()).target(), start.address(), count);
    }

    // deques: a table of pointers to blocks of elements

    private static Sequence gnuDeque(Value value, ProgramView program, CompositeType type) {
        Part impl = new Part(value, program.memory()).at("_M_impl");
        Part start = impl.at("_M_start");
        Part finish = impl.at("_M_finish");
        Type element = TemplateArguments.type(type, 0, program);
        long size = Math.max(1, element.byteSize());
        long perBlock = size < 512 ? 512 / size : 1;
        long startNode = start.at("_M_node").address();
        long blocks = (finish.at("_M_node").address() - startNode) / 8;
        long before = (start.at("_M_cur").address() - start.at("_M_first").address()) / size;
        long last = (finish.at("_M_cur").address() - finish.at("_M_first").address()) / size;
        boolean sane = blocks >= 0 && before >= 0 && before < perBlock && last >= 0 && last < perBlock;
        if (!sane) throw new NotInitialised("its start and end do not fit together");
        return blocks(program, element, startNode, perBlock, before, blocks * perBlock + last - before);
    }

    private static Sequence llvmDeque(Value value, ProgramView program, CompositeType type) {
        Part deque = new Part(value, program.memory());
        Type element = TemplateArguments.type(type, 0, program);
        long size = Math.max(1, element.byteSize());
        long perBlock = size < 256 ? 4096 / size : 16;
        Part count = deque.find("__size_").orElseThrow(() -> new NotInitialised("it has no size"));
        return blocks(
                program,
                element,
                deque.at("__map_", "__begin_").address(),
                perBlock,
                deque.at("__start_").number(),
                unpaired(count).number());
    }

    private static Sequence blocks(
            ProgramView program, Type element, long table, long perBlock, long before, long count) {
        long size = Math.max(1, element.byteSize());
        Sequence all = new Sequence(count, i -> {
            long at = before + i;
            long block = address(program, table + at / perBlock * 8);
            return Value.inMemory(element, block + at % perBlock * size);
        });
        if (count > 0) {
            Sequence.at(program.memory(), element, address(program, table + before / perBlock * 8), 1);
            address(program, table + (before + count - 1) / perBlock * 8);
        }
        return all;
    }

    private static long address(ProgramView program, long at) {
        return new Part(Value.inMemory(PointerType.to(BOOL), at), program.memory()).address();
    }

    // bits

    private static Presentation bitset(Value value, ProgramView program, CompositeType type, String words) {
        long count = TemplateArguments.value(type, 0);
        Part set = new Part(value, program.memory());
        byte[] bytes = count == 0 ? new byte[0] : set.at(words).bytes();
        return new BitPresentation(bytes, Math.min(Sequence.checkCount(count), bytes.length * 8L));
    }
}
