package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.presentation.Wrapping;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.CppNames;
import io.kmdebug.symbols.PointerType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code function}: what it would call. The symbols of the code that keeps the target name the target's type. */
final class Functions {
    private Functions() {}

    static @Nullable Recipe of(String name, boolean llvm) {
        if (!name.equals("function")) return null;
        return llvm ? Functions::llvm : Functions::gnu;
    }

    private static Presentation gnu(Value value, ProgramView program) {
        Part function = new Part(value, program.memory());
        if (function.at("_M_manager").address() == 0) return empty();
        long invoker = function.at("_M_invoker").address();
        Optional<String> symbol = program.symbol(invoker);
        String target = symbol.map(s -> SymbolText.templateArgument(s, 1)).orElse("");
        if (target.isEmpty()) throw new NotInitialised(String.format("no function is at 0x%x", invoker));
        Part functor = function.at("_M_functor");
        long word = new Part(functor.value().as(PointerType.to(functor.type())), program.memory()).address();
        if (isPointer(target)) return pointer(word, program);
        return named(target);
    }

    private static Presentation llvm(Value value, ProgramView program) {
        Part function = new Part(value, program.memory());
        Part holder = function.find("__f_").orElseThrow(() -> new NotInitialised("it holds nothing"));
        Part pointer = holder.find("__f_").orElse(holder);
        long target = pointer.address();
        if (target == 0) return empty();
        long vtable = Nodes.word(program.memory(), target);
        // std::function's holder is __function::__func<Target, Allocator, Signature>
        String symbol = program.symbol(vtable).orElse("");
        String name = SymbolText.templateArgument(symbol, 0);
        if (name.isEmpty()) throw new NotInitialised(String.format("no virtual table is at 0x%x", vtable));
        if (isPointer(name)) return pointer(Nodes.word(program.memory(), target + 8), program);
        return named(name);
    }

    private static boolean isPointer(String target) {
        return target.contains("(*)(");
    }

    private static Presentation pointer(long address, ProgramView program) {
        String symbol = program.symbol(address).map(s -> " <" + s + ">").orElse("");
        return named("0x" + Long.toHexString(address) + symbol);
    }

    private static Presentation named(String target) {
        return new Wrapping(CppNames.readable(target), null, "target", false);
    }

    private static Presentation empty() {
        return new Wrapping("empty", null, "target", false);
    }
}
