package io.kmdebug.symbols.demangle;

import org.jspecify.annotations.Nullable;

/** Rust's v0 mangling: RFC 2603. Names are written as they are read; crates go without their hash. */
final class RustV0 {
    private static final int MAX_DEPTH = 200;
    private static final int MAX_CHARACTERS = 1 << 16;

    private final String text;
    private final Input in;
    private final StringBuilder out = new StringBuilder();
    private final RustConstants constants;
    private boolean silent;
    private int depth;
    private long lifetimes;

    private RustV0(String text) {
        this.text = text;
        this.in = new Input(text, 0);
        this.constants = new RustConstants(this, in, text);
    }

    /** @param symbol begins with _R */
    static String path(String symbol) {
        int suffix = symbol.indexOf('.');
        String mangled = suffix < 0 ? symbol.substring(2) : symbol.substring(2, suffix);
        RustV0 writer = new RustV0(mangled);
        if (Input.isDigit(writer.in.peek())) throw writer.in.error(); // a version from the future
        writer.path(true);
        if (!writer.in.atEnd()) {
            // the crate that instantiated a generic function
            writer.silent = true;
            writer.path(false);
            if (!writer.in.atEnd()) throw writer.in.error();
        }
        String tail = suffix < 0 || symbol.startsWith(".llvm.", suffix) ? "" : symbol.substring(suffix);
        return tail.isEmpty() ? writer.out.toString() : writer.out + " [clone " + tail + "]";
    }

    void put(String part) {
        if (silent) return;
        if (out.length() + part.length() > MAX_CHARACTERS) throw new MangledNameException("the name is too long");
        out.append(part);
    }

    void leave() {
        depth--;
    }

    void enter() {
        if (++depth > MAX_DEPTH) throw new MangledNameException("nested too deep");
    }

    /** @param value whether the path names a value, where generic arguments want a "::" before them */
    void path(boolean value) {
        enter();
        char kind = in.next();
        switch (kind) {
            case 'C' -> {
                disambiguator();
                put(identifier());
            }
            case 'N' -> nested(value);
            case 'M', 'X' -> {
                boolean outer = silent;
                silent = true;
                disambiguator();
                path(value);
                silent = outer;
                implementation(kind == 'X');
            }
            case 'Y' -> implementation(true);
            case 'I' -> {
                path(value);
                put(value ? "::<" : "<");
                arguments();
                put(">");
            }
            case 'B' -> back(() -> path(value));
            default -> throw in.error();
        }
        depth--;
    }

    private void implementation(boolean trait) {
        put("<");
        type();
        if (trait) {
            put(" as ");
            path(false);
        }
        put(">");
    }

    private void nested(boolean value) {
        char space = in.next();
        path(value);
        long number = disambiguator();
        String name = identifier();
        if (space >= 'A' && space <= 'Z') {
            String kind = space == 'C' ? "closure" : space == 'S' ? "shim" : Character.toString(space);
            put("::{" + kind + (name.isEmpty() ? "" : ":" + name) + "#" + number + "}");
        } else if (!name.isEmpty()) {
            put("::" + name);
        }
    }

    private void arguments() {
        boolean any = false;
        while (!in.take('E')) {
            if (any) put(", ");
            any = true;
            if (in.take('L')) lifetime(number62());
            else if (in.take('K')) constants.write(false);
            else type();
        }
    }

    private void type() {
        enter();
        char kind = in.next();
        String basic = basic(kind);
        if (basic != null) {
            put(basic);
            depth--;
            return;
        }
        switch (kind) {
            case 'R', 'Q' -> {
                put("&");
                if (in.take('L')) {
                    long index = number62();
                    if (index != 0) {
                        lifetime(index);
                        put(" ");
                    }
                }
                if (kind == 'Q') put("mut ");
                type();
            }
            case 'P' -> {
                put("*const ");
                type();
            }
            case 'O' -> {
                put("*mut ");
                type();
            }
            case 'A' -> {
                put("[");
                type();
                put("; ");
                constants.write(true);
                put("]");
            }
            case 'S' -> {
                put("[");
                type();
                put("]");
            }
            case 'T' -> tuple();
            case 'F' -> bound(this::function);
            case 'D' -> {
                put("dyn ");
                bound(this::traits);
                if (!in.take('L')) throw in.error();
                long index = number62();
                if (index != 0) {
                    put(" + ");
                    lifetime(index);
                }
            }
            case 'B' -> back(this::type);
            default -> {
                in.back(in.position() - 1);
                path(false);
            }
        }
        depth--;
    }

    private void tuple() {
        put("(");
        int count = 0;
        while (!in.take('E')) {
            if (count++ > 0) put(", ");
            type();
        }
        put(count == 1 ? ",)" : ")");
    }

    private void function() {
        if (in.take('U')) put("unsafe ");
        if (in.take('K')) {
            String abi = in.take('C') ? "C" : identifier().replace('_', '-');
            put("extern \"" + abi + "\" ");
        }
        put("fn(");
        boolean any = false;
        while (!in.take('E')) {
            if (any) put(", ");
            any = true;
            type();
        }
        put(")");
        if (in.take('u')) return;
        put(" -> ");
        type();
    }

    private void traits() {
        boolean any = false;
        while (!in.take('E')) {
            if (any) put(" + ");
            any = true;
            trait();
        }
    }

    /** A trait with its generic arguments and its associated types in one pair of brackets. */
    private void trait() {
        boolean open = openPath();
        while (in.take('p')) {
            put(open ? ", " : "<");
            open = true;
            put(identifier() + " = ");
            type();
        }
        if (open) put(">");
    }

    private boolean openPath() {
        enter();
        boolean open = false;
        if (in.take('B')) {
            long target = number62();
            int here = in.position();
            jump(target);
            open = openPath();
            in.back(here);
        } else if (in.take('I')) {
            path(false);
            put("<");
            arguments();
            open = true;
        } else {
            path(false);
        }
        depth--;
        return open;
    }

    /** Lifetimes that a type brings along: {@code for<'a, 'b>}. */
    private void bound(Runnable what) {
        long own = in.take('G') ? number62() + 1 : 0;
        long outer = lifetimes;
        if (own > 0) {
            if (own < 0 || own > text.length()) throw in.error();
            put("for<");
            for (long i = 0; i < own; i++) {
                if (i > 0) put(", ");
                lifetimes++;
                lifetime(1);
            }
            put("> ");
        }
        what.run();
        lifetimes = outer;
    }

    /** @param index 0: erased; else counted from the innermost that is bound */
    private void lifetime(long index) {
        if (index == 0) {
            put("'_");
            return;
        }
        long at = lifetimes - index;
        if (at < 0 || index < 0) {
            if (silent) return;
            throw in.error();
        }
        put(at < 26 ? "'" + (char) ('a' + at) : "'_" + at);
    }

    /** Reads again what stands further ahead. */
    void back(Runnable what) {
        long target = number62();
        if (silent) return;
        int here = in.position();
        jump(target);
        what.run();
        in.back(here);
    }

    private void jump(long target) {
        if (target < 0 || target >= in.position() - 1) throw in.error();
        in.back((int) target);
    }

    long disambiguator() {
        return in.take('s') ? number62() + 1 : 0;
    }

    private long number62() {
        if (in.take('_')) return 0;
        long value = 0;
        while (!in.take('_')) {
            char c = in.next();
            int digit;
            if (Input.isDigit(c)) digit = c - '0';
            else if (c >= 'a' && c <= 'z') digit = c - 'a' + 10;
            else if (c >= 'A' && c <= 'Z') digit = c - 'A' + 36;
            else throw in.error();
            // the hashes of crates use all 64 bits; what is used as an index is checked where it is
            value = value * 62 + digit;
        }
        return value + 1;
    }

    String identifier() {
        boolean punycode = in.take('u');
        // no number but zero itself begins with it, so that two empty names may stand side by side
        int length = in.take('0') ? 0 : in.number();
        in.take('_');
        String name = in.take(length);
        return punycode ? Punycode.decode(name) : name;
    }

    private static @Nullable String basic(char c) {
        return switch (c) {
            case 'a' -> "i8";
            case 'b' -> "bool";
            case 'c' -> "char";
            case 'd' -> "f64";
            case 'e' -> "str";
            case 'f' -> "f32";
            case 'h' -> "u8";
            case 'i' -> "isize";
            case 'j' -> "usize";
            case 'l' -> "i32";
            case 'm' -> "u32";
            case 'n' -> "i128";
            case 'o' -> "u128";
            case 'p' -> "_";
            case 's' -> "i16";
            case 't' -> "u16";
            case 'u' -> "()";
            case 'v' -> "...";
            case 'x' -> "i64";
            case 'y' -> "u64";
            case 'z' -> "!";
            default -> null;
        };
    }
}
