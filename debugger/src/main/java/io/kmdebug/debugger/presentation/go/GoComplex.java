package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.BaseType;

/** {@code (3-4i)}. */
record GoComplex(Value value, MemoryReader memory) implements Presentation {
    @Override
    public void summarize(Summary out) {
        long half = value.type().byteSize() / 2;
        BaseType part = new BaseType(half == 4 ? "float32" : "float64", half, BaseType.Encoding.FLOAT);
        Value imaginary = value.part(part, half * 8, 0);
        byte[] raw = new Part(imaginary, memory).bytes();
        boolean negative = raw[raw.length - 1] < 0;
        out.text("(")
                .value(value.part(part, 0, 0))
                .text(negative ? "" : "+")
                .value(imaginary)
                .text("i)");
    }
}
