package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.presentation.Text;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code basic_string}, {@code basic_string_view} and {@code filesystem::path}. */
final class Strings {
    private Strings() {}

    static @Nullable Recipe gnu(String name) {
        return switch (name) {
            case "basic_string" -> Strings::gnuString;
            case "basic_string_view" -> (value, program) -> view(value, program, "_M_str", "_M_len");
            default -> null;
        };
    }

    static @Nullable Recipe llvm(String name) {
        return switch (name) {
            case "basic_string" -> Strings::llvmString;
            case "basic_string_view" -> (value, program) -> llvmView(value, program);
            default -> null;
        };
    }

    private static Presentation gnuString(Value value, ProgramView program) {
        Part string = new Part(value, program.memory());
        Type character = TemplateArguments.type(string.type(), 0, program);
        // the pointer is all there is in it; clang may only declare its type
        Part data = string.at("_M_dataplus").as(PointerType.to(character));
        Optional<Part> length = string.find("_M_string_length");
        if (length.isEmpty()) return sharedString(data, character, program);
        long count = length.get().number();
        long address = data.address();
        Part local = string.at("_M_local_buf");
        boolean small =
                local.value().address().isPresent() && local.value().address().getAsLong() == address;
        long room = small
                ? local.type().byteSize() / character.byteSize() - 1
                : string.at("_M_allocated_capacity").number();
        return terminated(program, character, address, count, room);
    }

    /** The ABI before C++11: length, capacity and count of users lie before the characters. */
    private static Presentation sharedString(Part data, Type character, ProgramView program) {
        long address = data.address();
        Part length = data.in(PointerType.to(character), address - 24);
        Part capacity = data.in(PointerType.to(character), address - 16);
        return terminated(program, character, address, length.address(), capacity.address());
    }

    private static Presentation llvmString(Value value, ProgramView program) {
        Part string = new Part(value, program.memory());
        Part representation = string.find("__r_").map(r -> r.at("__value_")).orElseGet(() -> string.at("__rep_"));
        Part small = representation.at("__s");
        Part large = representation.at("__l");
        boolean isLarge;
        long count;
        Optional<Part> flag = small.find("__is_long_");
        if (flag.isPresent()) {
            isLarge = flag.get().number() != 0;
            count = small.at("__size_").number();
        } else {
            long size = small.at("__size_").number() & 0xff;
            isLarge = (size & 1) != 0;
            count = size >> 1;
        }
        Type character = pointee(large.at("__data_"));
        if (isLarge) {
            long room = large.at("__cap_").number();
            if (flag.isEmpty()) room &= ~1L;
            else room *= 2;
            return terminated(
                    program,
                    character,
                    large.at("__data_").address(),
                    large.at("__size_").number(),
                    room);
        }
        Part local = small.at("__data_");
        long room = local.type().byteSize() / character.byteSize() - 1;
        if (count > room) throw new NotInitialised("its length is " + count);
        if (local.value().address().isEmpty()) return new LocalText(local.value(), count);
        return terminated(program, character, local.value().address().getAsLong(), count, room);
    }

    /** A string ends with a NUL that is not counted: a strong sign of being one. */
    private static Presentation terminated(ProgramView program, Type character, long address, long count, long room) {
        if (count < 0 || Long.compareUnsigned(count, room) > 0) {
            throw new NotInitialised("its length " + Long.toUnsignedString(count) + " is more than it has room for");
        }
        Text text = Text.at(program.memory(), character, address, count);
        byte[] end = new byte[(int) character.byteSize()];
        if (program.memory().read(address + count * end.length, end, 0, end.length) < end.length) {
            throw new NotInitialised(String.format("cannot read memory at 0x%x", address + count * end.length));
        }
        for (byte b : end) if (b != 0) throw new NotInitialised("no NUL is behind its " + count + " characters");
        return text;
    }

    private static Presentation view(Value value, ProgramView program, String data, String size) {
        Part view = new Part(value, program.memory());
        Part start = view.at(data);
        return Text.at(
                program.memory(), pointee(start), start.address(), view.at(size).number());
    }

    private static Presentation llvmView(Value value, ProgramView program) {
        boolean trailing = new Part(value, program.memory()).find("__data_").isPresent();
        return trailing ? view(value, program, "__data_", "__size_") : view(value, program, "__data", "__size");
    }

    private static Type pointee(Part pointer) {
        if (pointer.type() instanceof PointerType p) return p.target();
        throw new DebuggerException(pointer.type().name() + " is no pointer");
    }
}
