package io.kmdebug.symbols.demangle;

import java.nio.charset.StandardCharsets;

/** Fuzz target: linker names. The first byte chooses the scheme, so that each is reached with equal ease. */
final class DemanglerFuzz {
    /** What a name is unfolded to may be longer than it, by substitutions and templates, but within reason. */
    private static final int MOST_CHARACTERS = 1 << 20;

    private DemanglerFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) return;
        String rest = new String(data, 1, data.length - 1, StandardCharsets.ISO_8859_1);
        String prefix = switch (data[0] & 3) {
            case 0 -> "_Z";
            case 1 -> "_R";
            case 2 -> "_ZN";
            default -> "";
        };
        String symbol = prefix + rest;
        String readable = Demangler.readable(symbol);
        if (readable.isEmpty() && !symbol.isEmpty()) throw new AssertionError("nothing is left of " + symbol);
        if (readable.length() > Math.max(MOST_CHARACTERS, symbol.length())) {
            throw new AssertionError(readable.length() + " characters of " + symbol.length());
        }
    }
}
