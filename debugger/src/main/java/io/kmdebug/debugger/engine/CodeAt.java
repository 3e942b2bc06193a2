package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.symbols.CppNames;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.demangle.Demangler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the symbols of an image say of a place in its code, each found out once: many threads stand at the same one. */
final class CodeAt {
    private final Payload payload;
    private final LoadedImage image;
    private final long pc;
    private final long lookup;
    private final List<FunctionScope> scopes;
    private final @Nullable String[] names;
    private @Nullable SourceLocation location;
    private boolean located;
    private @Nullable String symbol;

    /** @param afterCall whether the instruction before {@code pc} is the one that the frame is at */
    CodeAt(Payload payload, LoadedImage image, long pc, boolean afterCall) {
        this.payload = payload;
        this.image = image;
        this.pc = pc;
        this.lookup = pc - image.bias() - (afterCall ? 1 : 0);
        this.scopes = image.symbols().scopesAt(lookup);
        this.names = new @Nullable String[scopes.size()];
    }

    /** Link-time address for scopes and lines. */
    long lookup() {
        return lookup;
    }

    /** Innermost inlined function first. */
    List<FunctionScope> scopes() {
        return scopes;
    }

    /** Run-time address where the function begins; 0 when that is not known. */
    long entry() {
        if (!scopes.isEmpty()) return scopes.get(scopes.size() - 1).entryPc() + image.bias();
        return image.symbols()
                .symbolAt(lookup)
                .map(symbol -> symbol.value() + image.bias())
                .orElse(0L);
    }

    /** The line; null where it is not known. */
    @Nullable
    SourceLocation location() {
        if (!located) {
            located = true;
            location = image.symbols()
                    .lineAt(lookup)
                    .filter(row -> row.line() > 0)
                    .map(row -> payload.location(row, image))
                    .orElse(null);
        }
        return location;
    }

    /** The name of one of the functions. */
    String name(int scope) {
        String known = names[scope];
        if (known == null) names[scope] = known = shown(scopes.get(scope));
        return known;
    }

    /** The name of the symbol, where there is no function. */
    String symbol() {
        String known = symbol;
        if (known == null) {
            symbol = known = image.symbols()
                    .symbolAt(lookup)
                    .map(found -> shown(found.name()))
                    .orElseGet(() -> unnamed(pc, lookup, image));
        }
        return known;
    }

    /** C++ names as people write them: {@link CppNames}. */
    private static String shown(FunctionScope scope) {
        return scope.language() == Language.CPP ? CppNames.readable(scope.name()) : scope.name();
    }

    private static String shown(String symbol) {
        String name = Demangler.readable(symbol);
        return Demangler.isCpp(symbol) ? CppNames.readable(name) : name;
    }

    /** Code without a symbol: where its function begins, as far as call frame information tells. */
    private static String unnamed(long pc, long lookup, LoadedImage image) {
        try {
            return image.symbols()
                    .callFrames()
                    .functionAt(lookup)
                    .map(code -> unknown(pc) + " in function 0x" + Long.toHexString(code.low() + image.bias())
                            + (code.contains(image.symbols().file().entry()) ? " (entry point)" : ""))
                    .orElse(unknown(pc));
        } catch (CorruptFileException e) {
            // The walk meets it too, and says so.
            return unknown(pc);
        }
    }

    static String unknown(long pc) {
        return "?? 0x" + Long.toHexString(pc);
    }
}
