package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.TargetWriter;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.Macro;
import io.kmdebug.symbols.StaticMember;
import io.kmdebug.symbols.Type;
import java.util.List;
import java.util.Optional;

/**
 * What an expression can see: one frame of a stopped payload, or its globals only. {@link FrameScope} makes one from
 * images and a frame. All addresses are run-time.
 */
public interface EvaluationScope {
    /**
     * A function by its name.
     *
     * @param type for a function without debug information one that returns {@code int} and takes anything
     */
    record NamedFunction(String name, long address, FunctionType type) {}

    /**
     * An object that only the linker's symbol table knows.
     *
     * @param size bytes; 0 when not known
     */
    record LinkerObject(String name, long address, long size) {}

    /** What the code is written in; {@link Language#OTHER} where that is not known. */
    Language language();

    /** The function that is looked from, with its namespaces and classes. */
    Optional<String> functionName();

    /**
     * The variable that {@code name} means here: of the innermost block, then parameters, then members of the object
     * whose function it is, then globals, those of the scopes around first; {@code function::variable} too.
     */
    Optional<Value> variable(String name);

    /** A global variable or function that is declared in {@code file}, a path or the end of one. */
    Optional<Value> inFile(String file, String name);

    /** Names of variables that can be used here, for suggestions. */
    List<String> namesInSight();

    /** A function, in debug information or the linker's symbol table. */
    Optional<NamedFunction> function(String name);

    /** A data symbol without debug information. */
    Optional<LinkerObject> linkerObject(String name);

    /** Import paths of the packages of a Go program. */
    default List<String> packages() {
        return List.of();
    }

    /** A static member of a C++ class; a value that says why where there is none; empty where that is not looked for. */
    default Optional<Value> staticMember(StaticMember member) {
        return Optional.empty();
    }

    /** A type by the name a cast would use, with its keyword: {@code int}, {@code struct point}, {@code size_t}. */
    Optional<Type> type(String name);

    /** The enumeration that has an enumerator of this name. */
    Optional<EnumType> enumeratorsWith(String name);

    /** The preprocessor macro that {@code name} is at the frame's line, where the debug information has macros. */
    default Optional<Macro> macro(String name) {
        return Optional.empty();
    }

    /** A class near by whose name without spaces starts with {@code start}: {@code std::vector<int,}. */
    Optional<CompositeType> templateInReach(String start);

    /** The frame's registers; empty where there is no frame. */
    Optional<Registers> registers();

    /** What values stand for, where their members alone do not say it; empty where that is not looked at. */
    default Optional<Presentation> presentation(Value value) {
        return Optional.empty();
    }

    /** The demangled name of the symbol that covers an address; empty for none. */
    default Optional<String> symbol(long address) {
        return Optional.empty();
    }

    /** The 128 bytes of the siginfo_t of the signal that stopped the thread; empty for none. */
    default Optional<byte[]> signalInfo() {
        return Optional.empty();
    }

    MemoryReader memory();

    /** Present only where the payload may be changed: in the debug console, and for setting a variable. */
    Optional<TargetWriter> writer();
}
