package io.kmdebug.symbols.demangle;

/** Turns the names that linkers use into those that programmers wrote. */
public final class Demangler {
    private static final int MAX_CHARACTERS = 1 << 15;

    private Demangler() {}

    /** Whether {@code symbol} is mangled by the rules of the Itanium C++ ABI, and not by Rust's older ones. */
    public static boolean isCpp(String symbol) {
        return symbol.startsWith("_Z") && symbol.length() <= MAX_CHARACTERS && RustLegacy.path(symbol) == null;
    }

    /**
     * The readable name of {@code symbol}; {@code symbol} itself when it is not mangled, or not by the rules of the
     * Itanium C++ ABI (_Z) or of Rust (legacy _ZN…17h…E, v0 _R). Written as c++filt does. Never fails.
     */
    public static String readable(String symbol) {
        if (symbol.length() < 3 || symbol.length() > MAX_CHARACTERS || symbol.charAt(0) != '_') return symbol;
        try {
            if (symbol.startsWith("_R")) {
                String path = RustV0.path(symbol);
                // names of no characters, as no compiler makes them
                return path.isEmpty() ? symbol : path;
            }
            if (symbol.startsWith("_Z")) {
                String rust = RustLegacy.path(symbol);
                if (rust != null) return rust;
                return new NodeWriter().text(new ItaniumNames(new Input(symbol, 2)).symbol());
            }
        } catch (MangledNameException e) {
            return symbol;
        }
        return symbol;
    }
}
