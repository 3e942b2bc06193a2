package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts an expression of Go into tokens: The Go Programming Language Specification, "Lexical elements". */
final class GoLexer {
    enum Kind {
        NAME,
        REGISTER,
        INTEGER,
        FLOAT,
        CHARACTER,
        STRING,
        OPERATOR,
        END
    }

    /**
     * A word of an expression.
     *
     * @param column from 1
     * @param value BigInteger of integers and characters, Double of floats, byte[] of strings; null of others
     */
    record Token(
            Kind kind, String text, int column, @Nullable Object value) {
        boolean is(String operator) {
            return kind == Kind.OPERATOR && text.equals(operator);
        }

        DebuggerException error(String message) {
            return io.kmdebug.debugger.expression.Token.error(column, message);
        }
    }

    private static final List<String> OPERATORS = List.of(
            "<<", ">>", "&^", "&&", "||", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "&", "|", "^", "<", ">", "!",
            "(", ")", "[", "]", "{", "}", ".", ",", ":", "=");

    private final String text;
    private int at;

    private GoLexer(String text) {
        this.text = text;
    }

    /** The tokens, and one of kind END behind them. */
    static List<Token> tokens(String text) {
        GoLexer lexer = new GoLexer(text);
        List<Token> tokens = new ArrayList<>();
        Token token;
        do {
            token = lexer.next();
            tokens.add(token);
            if (tokens.size() > Lexer.MAX_TOKENS) {
                throw token.error("the expression has more than " + Lexer.MAX_TOKENS + " words");
            }
        } while (token.kind() != Kind.END);
        return tokens;
    }

    private Token next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        int start = at;
        if (at == text.length()) return new Token(Kind.END, "the end", start + 1, null);
        char c = text.charAt(at);
        if (isDigit(at) || (c == '.' && isDigit(at + 1))) return number(start);
        if (c == '\'' || c == '"' || c == '`') return quoted(start);
        if (c == '$') {
            at++;
            skipName();
            return new Token(Kind.REGISTER, text.substring(start, at), start + 1, null);
        }
        if (isNameStart(c)) {
            skipName();
            return new Token(Kind.NAME, text.substring(start, at), start + 1, null);
        }
        for (String operator : OPERATORS) {
            if (!text.startsWith(operator, at)) continue;
            at += operator.length();
            return new Token(Kind.OPERATOR, operator, start + 1, null);
        }
        throw io.kmdebug.debugger.expression.Token.error(
                start + 1, "\"" + Character.toString(text.codePointAt(at)) + "\" has no meaning here");
    }

    private static boolean isNameStart(char c) {
        return c == '_' || c == '~' || Character.isLetter(c);
    }

    private void skipName() {
        while (at < text.length() && (isNameStart(text.charAt(at)) || Character.isDigit(text.charAt(at)))) at++;
    }

    private boolean isDigit(int index) {
        return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
    }

    private Token number(int start) {
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean sign = (c == '+' || c == '-') && isExponent(start);
            if (!(Character.isLetterOrDigit(c) || c == '_' || c == '.' || sign)) break;
            at++;
        }
        String word = text.substring(start, at);
        String digits = word.replace("_", "").toLowerCase(java.util.Locale.ROOT);
        boolean hex = digits.startsWith("0x");
        try {
            boolean floating = digits.contains(".") || (hex ? digits.contains("p") : digits.contains("e"));
            if (floating) return new Token(Kind.FLOAT, word, start + 1, Double.parseDouble(digits));
            return new Token(Kind.INTEGER, word, start + 1, integer(digits));
        } catch (NumberFormatException e) {
            throw io.kmdebug.debugger.expression.Token.error(start + 1, "\"" + word + "\" is not a number");
        }
    }

    private boolean isExponent(int start) {
        String soFar = text.substring(start, at).toLowerCase(java.util.Locale.ROOT);
        return soFar.startsWith("0x") ? soFar.endsWith("p") : soFar.endsWith("e");
    }

    private static BigInteger integer(String digits) {
        if (digits.startsWith("0x")) return new BigInteger(digits.substring(2), 16);
        if (digits.startsWith("0b")) return new BigInteger(digits.substring(2), 2);
        if (digits.startsWith("0o")) return new BigInteger(digits.substring(2), 8);
        if (digits.length() > 1 && digits.charAt(0) == '0') return new BigInteger(digits, 8);
        return new BigInteger(digits);
    }

    private Token quoted(int start) {
        char quote = text.charAt(at++);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int last = 0;
        int count = 0;
        while (true) {
            if (at >= text.length()) {
                throw io.kmdebug.debugger.expression.Token.error(start + 1, "the literal has no closing " + quote);
            }
            int point = text.codePointAt(at);
            if (point == quote) break;
            count++;
            at += Character.charCount(point);
            if (point == '\\' && quote != '`') last = escape(bytes, start);
            else {
                last = point;
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        }
        at++;
        String word = text.substring(start, at);
        if (quote != '\'') return new Token(Kind.STRING, word, start + 1, bytes.toByteArray());
        if (count != 1) {
            throw io.kmdebug.debugger.expression.Token.error(
                    start + 1, "a character literal holds one character, not " + count);
        }
        return new Token(Kind.CHARACTER, word, start + 1, BigInteger.valueOf(last));
    }

    /** Behind the backslash; gives the character or byte. */
    private int escape(ByteArrayOutputStream bytes, int start) {
        char c = at < text.length() ? text.charAt(at++) : 0;
        int simple = "abfnrtv\\'\"".indexOf(c);
        if (c != 0 && simple >= 0) {
            int value = "\u0007\b\f\n\r\t\u000b\\'\"".charAt(simple);
            bytes.write(value);
            return value;
        }
        int value = switch (c) {
            case 'x' -> digits(2, 16, start);
            case 'u' -> digits(4, 16, start);
            case 'U' -> digits(8, 16, start);
            default -> {
                at--;
                yield digits(3, 8, start);
            }
        };
        if (c == 'u' || c == 'U') {
            if (!Character.isValidCodePoint(value)) throw badEscape(start);
            bytes.writeBytes(Character.toString(value).getBytes(StandardCharsets.UTF_8));
        } else {
            bytes.write(value);
        }
        return value;
    }

    private int digits(int count, int radix, int start) {
        if (at < 0 || at + count > text.length()) throw badEscape(start);
        try {
            int value = Integer.parseUnsignedInt(text.substring(at, at + count), radix);
            at += count;
            return value;
        } catch (NumberFormatException e) {
            throw badEscape(start);
        }
    }

    private static DebuggerException badEscape(int start) {
        return io.kmdebug.debugger.expression.Token.error(start + 1, "the literal has an escape that Go does not know");
    }
}
