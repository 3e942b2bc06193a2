package io.kmdebug.symbols;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The symbols and debug information of one program image. Pure functions of the file; every address is link-time
 * (run-time address minus load bias). Nothing is read before it is asked for. Thread-safe.
 */
public interface Symbols {
    /** Opens the debug information of {@code file}; it is never an error that there is none. */
    static Symbols of(ElfFile file) {
        return new DwarfSymbols(file);
    }

    /** The same, with debug files that are not on this machine got by {@code fetcher} when they are needed. */
    static Symbols of(ElfFile file, DebugFileFetcher fetcher) {
        return new DwarfSymbols(file, DebugFiles.ofSystem(fetcher));
    }

    ElfFile file();

    /** For the user: "DWARF 5, 12 units", "no debug information: the file is stripped", … */
    String status();

    /** Whether there is DWARF. */
    boolean hasDebugInfo();

    /** Import paths of the packages that Go's compiler made units of. */
    default List<String> goPackages() {
        return List.of();
    }

    /** The type that Go's run-time system describes at a link-time address. */
    default Optional<Type> goTypeAt(long address) {
        return Optional.empty();
    }

    /** The ELF symbol that covers {@code pc} (by size, or the nearest function before it when sizes are 0). */
    Optional<ElfSymbol> symbolAt(long pc);

    /** ELF symbols of exactly this name. */
    List<ElfSymbol> symbolsNamed(String name);

    /** Functions whose code is at {@code pc}: inlined instances innermost first, then the function that holds them. */
    List<FunctionScope> scopesAt(long pc);

    /** Out-of-line functions with this source name (or linkage name), in every unit. */
    List<FunctionScope> functionsNamed(String name);

    /** The places where functions with this source name (or linkage name) were inlined, in every unit. */
    default List<FunctionScope> inlinedNamed(String name) {
        return List.of();
    }

    /**
     * Where a breakpoint on {@code function} goes: behind its prologue, so that arguments are in place. For an inlined
     * instance: where its code begins, but behind the prologue of the function that holds it.
     */
    long breakpointPc(FunctionScope function);

    /**
     * The jumps with which the function that begins at {@code entry} leaves to other functions: DW_AT_call_tail_call.
     * Each is the address behind it, or the one's complement of its own address, by what the producer wrote. Empty when
     * no function with debug information begins there.
     */
    default Optional<long[]> tailCalls(long entry) {
        return Optional.empty();
    }

    /** The line of {@code pc}. */
    Optional<LineRow> lineAt(long pc);

    /** Rows that overlap {@code range}, in address order. */
    List<LineRow> rowsIn(AddressRange range);

    /**
     * Where a breakpoint on a source line goes: one row for each function or inlined instance that has code of the
     * line; where the line has no code, those of the next line of the file that has. Rows at a function's entry are
     * moved behind its prologue. Empty when no file matches.
     *
     * @param path an absolute path, or a trailing part of one (a/b.c matches /x/a/b.c)
     * @param line from 1
     */
    List<LineRow> breakpointRows(String path, int line);

    /** Every source file that the line tables name and that has code or is a primary file. */
    List<SourceFile> sourceFiles();

    /**
     * The text of a source file that the compiler put into the line table (clang's -gembed-source); empty for none.
     *
     * @param path as {@link SourceFile#path} has it
     */
    default Optional<String> embeddedSource(String path) {
        return Optional.empty();
    }

    /** Global and file-static variables of the unit that has code at {@code pc}. */
    List<VariableSymbol> globalsAt(long pc);

    /** Global and file-static variables with this name, in every unit. */
    List<VariableSymbol> globalsNamed(String name);

    /**
     * The variable that a static member of a class is: the one that completes the member's own declaration, else one of
     * the same qualified name, else the declaration itself where it states the value of a constant. Empty where this
     * image has none of these.
     */
    default Optional<VariableSymbol> staticMember(StaticMember member) {
        return Optional.empty();
    }

    /**
     * Types by the name a cast would use: {@code int}, {@code size_t}, {@code struct point}, {@code point}.
     * Base types that the program does not use are supplied.
     */
    Optional<Type> typeNamed(String name);

    /** Enumerations that have an enumerator of this name (qualified or not), in every unit. */
    default List<EnumType> enumerationsWith(String enumerator) {
        return List.of();
    }

    /**
     * The definition of a preprocessor macro that holds where {@code function} is at {@code pc}: in an inlined function
     * at the line of {@code pc}, in one that has others inlined at the line of their call. Programs have definitions
     * when they were compiled with -g3 (gcc) or -fdebug-macro (clang).
     *
     * @param function one of {@link #scopesAt}; null for the line of {@code pc} alone
     */
    default Optional<Macro> macro(String name, long pc, @Nullable FunctionScope function) {
        return Optional.empty();
    }

    /** The type whose virtual table of Rust lies at {@code address}: what a {@code dyn} reference refers to. */
    default Optional<Type> virtualTableOwner(long address) {
        return Optional.empty();
    }

    /** Call frame information of this image. */
    CallFrameInfo callFrames();
}
