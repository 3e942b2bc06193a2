package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.code.Instruction;
import io.kmdebug.debugger.crash.Signature;
import java.util.List;
import java.util.Locale;

/** Parts of the sentences in which a crash is explained. */
final class Wording {
    private Wording() {}

    /**
     * {@code , in length (app.c:11)}; where the function is without lines also the first of its callers that has some.
     * Functions by which the C library ends a process are passed over.
     */
    static String where(List<StackFrame> frames) {
        StackFrame first = null;
        for (StackFrame frame : frames) {
            if (Signature.isAborting(frame.name())) continue;
            if (first == null) first = frame;
            SourceLocation location = frame.location();
            if (location == null) continue;
            String at = frame.name() + " (" + at(location) + ")";
            return frame == first ? ", in " + at : ", in " + first.name() + ", called from " + at;
        }
        return first == null ? "" : ", in " + first.name();
    }

    /** {@code app.c:11}. */
    static String at(SourceLocation location) {
        return location.path().substring(location.path().lastIndexOf('/') + 1) + ":" + location.line();
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    /** A description inside of a sentence. */
    static String lower(String description) {
        boolean word = description.length() > 1 && Character.isLowerCase(description.charAt(1));
        return word ? description.substring(0, 1).toLowerCase(Locale.ROOT) + description.substring(1) : description;
    }

    /** An instruction whose operands say nothing more. */
    static CrashAnalysis.Instruction plain(Instruction instruction) {
        return new CrashAnalysis.Instruction(instruction.address(), instruction.text(), List.of());
    }
}
