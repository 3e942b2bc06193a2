package io.kmdebug.symbols.demangle;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Constants among the generic arguments of Rust's v0 mangling. RFC 2603 and its extension for adt_const_params. */
final class RustConstants {
    private final RustV0 w;
    private final Input in;
    private final String text;

    RustConstants(RustV0 w, Input in, String text) {
        this.w = w;
        this.in = in;
        this.text = text;
    }

    /** @param plain whether the value needs no braces where it is more than a literal */
    void write(boolean plain) {
        w.enter();
        char kind = in.next();
        switch (kind) {
            case 'p' -> w.put("_");
            case 'B' -> w.back(() -> write(plain));
            case 'h', 't', 'm', 'y', 'o', 'j' -> w.put(hex().toString());
            case 'a', 's', 'l', 'x', 'n', 'i' -> w.put((in.take('n') ? "-" : "") + hex());
            case 'b' -> {
                BigInteger value = hex();
                if (value.compareTo(BigInteger.ONE) > 0) throw in.error();
                w.put(value.signum() == 0 ? "false" : "true");
            }
            case 'c' -> {
                BigInteger value = hex();
                if (value.bitLength() > 21 || !Character.isValidCodePoint(value.intValue())) throw in.error();
                w.put("'" + character(value.intValue()) + "'");
            }
            default -> {
                if (!plain) w.put("{");
                in.back(in.position() - 1);
                structured();
                if (!plain) w.put("}");
            }
        }
        w.leave();
    }

    /** Constants of types that are made of others: the extension for adt_const_params. */
    private void structured() {
        char kind = in.next();
        switch (kind) {
            case 'e' -> w.put("*" + string());
            case 'R' -> {
                if (in.take('e')) {
                    w.put(string());
                } else {
                    w.put("&");
                    write(true);
                }
            }
            case 'Q' -> {
                w.put("&mut ");
                write(true);
            }
            case 'A' -> {
                w.put("[");
                constants();
                w.put("]");
            }
            case 'T' -> {
                w.put("(");
                w.put(constants() == 1 ? ",)" : ")");
            }
            case 'V' -> variant();
            default -> throw in.error();
        }
    }

    private int constants() {
        int count = 0;
        while (!in.take('E')) {
            if (count++ > 0) w.put(", ");
            write(true);
        }
        return count;
    }

    private void variant() {
        char kind = in.peek();
        if (kind == 'U' || kind == 'T' || kind == 'S') in.next();
        else throw in.error();
        w.path(true);
        if (kind == 'T') {
            w.put("(");
            constants();
            w.put(")");
        } else if (kind == 'S') {
            w.put(" { ");
            boolean any = false;
            while (!in.take('E')) {
                if (any) w.put(", ");
                any = true;
                w.disambiguator();
                w.put(w.identifier() + ": ");
                write(true);
            }
            w.put(" }");
        }
    }

    private String string() {
        StringBuilder bytes = new StringBuilder();
        int start = in.position();
        while (!in.take('_')) in.next();
        String digits = text.substring(start, in.position() - 1);
        if (digits.length() % 2 != 0) throw in.error();
        byte[] raw = new byte[digits.length() / 2];
        for (int i = 0; i < raw.length; i++) raw[i] = (byte) digit(digits.charAt(2 * i), digits.charAt(2 * i + 1));
        new String(raw, StandardCharsets.UTF_8).codePoints().forEach(c -> bytes.append(c == '\'' ? "'" : character(c)));
        return "\"" + bytes + "\"";
    }

    private int digit(char high, char low) {
        int value = Character.digit(high, 16) << 4 | Character.digit(low, 16);
        if (value < 0) throw in.error();
        return value;
    }

    private static String character(int c) {
        return switch (c) {
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            case '\n' -> "\\n";
            case '\'' -> "\\'";
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            default -> c < 0x20 || c == 0x7f ? "\\u{" + Integer.toHexString(c) + "}" : Character.toString(c);
        };
    }

    private BigInteger hex() {
        int start = in.position();
        while (!in.take('_')) {
            char c = in.next();
            if (!Input.isDigit(c) && (c < 'a' || c > 'f')) throw in.error();
        }
        String digits = text.substring(start, in.position() - 1);
        if (digits.length() > 32) throw in.error();
        return digits.isEmpty() ? BigInteger.ZERO : new BigInteger(digits, 16);
    }
}
