package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Summary;

/** A function value: it points to a closure, whose first word is the code. */
record GoFunc(Part function, ProgramView program) implements Presentation {
    @Override
    public void summarize(Summary out) {
        if (function.address() == 0) {
            out.text("nil");
            return;
        }
        long code = function.pointed().address();
        String name = program.symbol(code).orElse("?");
        out.text(String.format("0x%x <%s>", code, name));
    }
}
