package io.kmdebug.debugger.value;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.StaticMember;
import io.kmdebug.symbols.Type;
import java.util.Optional;

/** What presentations may ask of the stopped payload besides the bytes of a value. */
public interface ProgramView {
    MemoryReader memory();

    /** What symbol covers a run-time address: {@code main+4}; empty for none. */
    Optional<String> symbol(long address);

    /** A type by its qualified name, with template arguments as the compiler writes them; looks through all images. */
    Optional<Type> type(String name);

    /** A static member of a C++ class; where it cannot be had, a value that says why. */
    default Value staticMember(StaticMember member) {
        return Value.unavailable(member.type(), "not looked for");
    }

    /** The type whose virtual table of Rust lies at a run-time address. */
    default Optional<Type> virtualTableOwner(long address) {
        return Optional.empty();
    }

    /** The type that Go's run-time system describes at a run-time address. */
    default Optional<Type> runtimeType(long address) {
        return Optional.empty();
    }
}
