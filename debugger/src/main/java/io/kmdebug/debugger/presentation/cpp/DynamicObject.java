package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.CppNames;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A pointer to a base class of what it points to: {@code 0x55e0 (Derived *)}.
 *
 * @param address what the pointer holds
 * @param start where the whole object is
 * @param name of its class, as demanglers write it
 */
record DynamicObject(long address, long start, String name, boolean reference, ProgramView program)
        implements Presentation {
    @Override
    public void summarize(Summary out) {
        String shown = CppNames.readable(name);
        if (reference) out.text("@0x" + Long.toHexString(address) + ": (" + shown + ") {...}");
        else out.text("0x" + Long.toHexString(address) + " (" + shown + " *)");
    }

    @Override
    public boolean isAnother() {
        return true;
    }

    @Override
    public Optional<Value> standsFor() {
        Optional<Type> type = NamedTypes.find(name, program);
        return type.map(t -> Value.computed(PointerType.to(t), Scalars.bytes(BigInteger.valueOf(start), 8)));
    }
}
