package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.FloatFormat;
import io.kmdebug.debugger.value.Real;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts an expression of Rust into tokens. The Rust Reference, "Tokens"; with gdb's {@code $register}. */
final class RustLexer {
    private static final List<String> OPERATORS = List.of(
            "<<=", ">>=", "..=", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=",
            "|=", "^=", "..", "->", "+", "-", "*", "/", "%", "&", "|", "^", "!", "<", ">", "=", ",", ".", ";", "(", ")",
            "[", "]", "{", "}", "@");
    private static final int MAX_EXPONENT = 1_000_000;

    private final String text;
    private int at;
    private boolean behindDot;

    private RustLexer(String text) {
        this.text = text;
    }

    /** The tokens, and one of kind END behind them. */
    static List<Token> tokens(String text) {
        RustLexer lexer = new RustLexer(text);
        List<Token> tokens = new ArrayList<>();
        Token token;
        do {
            token = lexer.next();
            lexer.behindDot = token.is(".");
            tokens.add(token);
            if (tokens.size() > Lexer.MAX_TOKENS) {
                throw token.error("the expression has more than " + Lexer.MAX_TOKENS + " words");
            }
        } while (token.kind() != Token.Kind.END);
        return tokens;
    }

    private Token next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        int start = at;
        if (at == text.length()) return new Token(Token.Kind.END, "", start + 1, null);
        char c = text.charAt(at);
        if (c >= '0' && c <= '9') return behindDot ? field(start) : number(start);
        if (c == '"') return string(start, false);
        if (c == '\'') return character(start, false);
        if (c == 'b' && peek(1) == '"') return string(start, false);
        if (c == 'b' && peek(1) == '\'') return character(start, true);
        boolean raw = c == 'r' && (peek(1) == '"' || (peek(1) == '#' && (peek(2) == '"' || peek(2) == '#')));
        if (raw) return string(start, true);
        if (c == '$') {
            at++;
            skipName();
            return new Token(Token.Kind.REGISTER, text.substring(start, at), start + 1, null);
        }
        boolean global = text.startsWith("::", at) && isNameStart(peek(2));
        if (isNameStart(c) || global) {
            skipName();
            return new Token(Token.Kind.NAME, text.substring(start, at), start + 1, null);
        }
        for (String operator : OPERATORS) {
            if (text.startsWith(operator, at)) {
                at += operator.length();
                return new Token(Token.Kind.OPERATOR, operator, start + 1, null);
            }
        }
        throw Token.error(start + 1, "\"" + Character.toString(text.codePointAt(at)) + "\" has no meaning here");
    }

    private char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
    }

    private static boolean isNameStart(char c) {
        return c == '_' || Character.isLetter(c);
    }

    /** A path: {@code a::b}; template arguments are joined to it by {@link TemplateNames}. */
    private void skipName() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (isNameStart(c) || (c >= '0' && c <= '9')) at++;
            else if (text.startsWith("::", at) && isNameStart(peek(2))) at += 2;
            else break;
        }
    }

    /** The number of a tuple's field: {@code pair.0.1} are two of them. */
    private Token field(int start) {
        while (peek(0) >= '0' && peek(0) <= '9') at++;
        return new Token(Token.Kind.NAME, text.substring(start, at), start + 1, null);
    }

    // numbers

    private Token number(int start) {
        int radix = 10;
        if (peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'o' || peek(1) == 'b')) {
            radix = peek(1) == 'x' ? 16 : peek(1) == 'o' ? 8 : 2;
            at += 2;
        }
        StringBuilder digits = new StringBuilder();
        takeDigits(digits, radix);
        boolean floating = false;
        if (radix == 10 && peek(0) == '.' && peek(1) != '.' && !isNameStart(peek(1))) {
            floating = true;
            digits.append('.');
            at++;
            takeDigits(digits, 10);
        }
        boolean exponent = radix == 10 && (peek(0) == 'e' || peek(0) == 'E');
        if (exponent) {
            floating = true;
            at++;
            digits.append('e');
            if (peek(0) == '-' || peek(0) == '+') digits.append(text.charAt(at++));
            takeDigits(digits, 10);
        }
        int suffixStart = at;
        while (at < text.length() && (isNameStart(text.charAt(at)) || Character.isDigit(text.charAt(at)))) at++;
        String suffix = text.substring(suffixStart, at);
        String word = text.substring(start, at);
        Constant constant = floating || suffix.equals("f32") || suffix.equals("f64")
                ? floating(digits.toString(), suffix, word, start)
                : integer(digits.toString(), radix, suffix, word, start);
        return new Token(Token.Kind.NUMBER, word, start + 1, constant);
    }

    private void takeDigits(StringBuilder digits, int radix) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '_' && (c >= 0x80 || Character.digit(c, radix) < 0)) return;
            if (c != '_') digits.append(c);
            at++;
        }
    }

    private static Constant floating(String digits, String suffix, String word, int start) {
        BaseType type = suffix.isEmpty() || suffix.equals("f64") ? RustTypes.F64 : RustTypes.F32;
        boolean known = suffix.isEmpty() || suffix.equals("f64") || suffix.equals("f32");
        try {
            if (!known) throw Token.error(start + 1, "\"" + word + "\" is not a number");
            BigDecimal value = new BigDecimal(digits.endsWith(".") ? digits + "0" : digits.replace(".e", ".0e"));
            if (value.signum() != 0 && Math.abs((long) value.scale()) > MAX_EXPONENT) {
                throw Token.error(start + 1, "\"" + word + "\" is out of every range");
            }
            return new Constant(type, FloatFormat.of(type).encode(Real.of(value), (int) type.byteSize()));
        } catch (NumberFormatException e) {
            throw Token.error(start + 1, "\"" + word + "\" is not a number");
        }
    }

    private static Constant integer(String digits, int radix, String suffix, String word, int start) {
        if (digits.isEmpty()) throw Token.error(start + 1, "\"" + word + "\" is not a number");
        BigInteger value = new BigInteger(digits, radix);
        BaseType type = suffix.isEmpty() ? RustTypes.ofLiteral(value) : RustTypes.primitive(suffix);
        if (type == null || !Scalars.isInteger(type) || Scalars.isBoolean(type))
            throw Token.error(start + 1, "\"" + word + "\" is not a number of Rust");
        int bits = (int) type.byteSize() * 8 - (Scalars.isSigned(type) ? 1 : 0);
        if (value.bitLength() > bits) throw Token.error(start + 1, "\"" + word + "\" does not fit in " + type.name());
        return new Constant(type, Scalars.bytes(value, (int) type.byteSize()));
    }

    // characters and text

    private Token character(int start, boolean isByte) {
        at += isByte ? 2 : 1;
        if (at >= text.length()) throw Token.error(start + 1, "the literal has no closing '");
        int code = text.charAt(at) == '\\' ? escape() : codePoint();
        if (peek(0) != '\'') throw Token.error(start + 1, "the literal has no closing '");
        at++;
        BaseType type = isByte ? RustTypes.U8 : RustTypes.CHAR;
        byte[] bytes = Scalars.bytes(BigInteger.valueOf(code), (int) type.byteSize());
        return new Token(Token.Kind.CHARACTER, text.substring(start, at), start + 1, new Constant(type, bytes));
    }

    private int codePoint() {
        int code = text.codePointAt(at);
        at += Character.charCount(code);
        return code;
    }

    private Token string(int start, boolean raw) {
        if (text.charAt(at) == 'b' || raw) at++;
        int hashes = 0;
        while (raw && peek(0) == '#') {
            hashes++;
            at++;
        }
        at++;
        String end = "\"" + "#".repeat(hashes);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (true) {
            if (at >= text.length()) throw Token.error(start + 1, "the literal has no closing " + end);
            if (text.startsWith(end, at)) break;
            int code;
            if (!raw && text.charAt(at) == '\\') {
                boolean isByte = peek(1) == 'x';
                code = escape();
                if (isByte) {
                    bytes.write(code);
                    continue;
                }
            } else {
                code = codePoint();
            }
            bytes.writeBytes(Character.toString(code).getBytes(StandardCharsets.UTF_8));
        }
        at += end.length();
        bytes.write(0);
        ArrayType type = new ArrayType(() -> CTypes.CHAR, bytes.size());
        return new Token(
                Token.Kind.STRING, text.substring(start, at), start + 1, new Constant(type, bytes.toByteArray()));
    }

    private int escape() {
        int start = at++;
        char c = peek(0);
        at++;
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '0' -> 0;
            case '\\', '\'', '"' -> c;
            case 'x' -> hex(2, start);
            case 'u' -> {
                if (peek(0) != '{') throw Token.error(start + 1, "\\u is followed by {");
                at++;
                int value = hex(6, start);
                if (peek(0) != '}' || value > 0x10ffff) throw Token.error(start + 1, "it is no character");
                at++;
                yield value;
            }
            default -> throw Token.error(start + 1, "unknown escape \"\\" + c + "\"");
        };
    }

    private int hex(int most, int start) {
        int value = 0;
        int count = 0;
        while (count < most && peek(0) < 0x80 && Character.digit(peek(0), 16) >= 0) {
            value = value * 16 + Character.digit(peek(0), 16);
            at++;
            count++;
        }
        if (count == 0) throw Token.error(start + 1, "an escape without digits");
        return value;
    }
}
