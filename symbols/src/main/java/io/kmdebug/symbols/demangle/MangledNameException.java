package io.kmdebug.symbols.demangle;

/** A symbol that does not follow the rules of its scheme, or whose name would be too long to be of use. */
final class MangledNameException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MangledNameException(String message) {
        // thrown for many symbols of a file that only look mangled: nobody reads where from
        super(message, null, false, false);
    }
}
