package io.kmdebug.debugger.expression;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.Type;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Cuts an expression into tokens. C17 §6.4, with {@code $register}, {@code 0b101} and {@code ..}. */
final class Lexer {
    static final int MAX_TOKENS = 1000;
    private static final List<String> OPERATORS = List.of(
            "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=",
            "%=", "&=", "|=", "^=", "..", "::", "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "=", "?",
            ":", ",", ".", "(", ")", "[", "]", "{", "}", "@");

    private static final String ANONYMOUS = "(anonymous namespace)";

    private final String text;
    private int at;

    private Lexer(String text) {
        this.text = text;
    }

    /** The tokens, and one of kind END behind them. */
    static List<Token> tokens(String text) {
        Lexer lexer = new Lexer(text);
        List<Token> tokens = new ArrayList<>();
        Token token;
        do {
            token = lexer.next();
            tokens.add(token);
            if (tokens.size() > MAX_TOKENS) throw token.error("the expression has more than " + MAX_TOKENS + " words");
        } while (token.kind() != Token.Kind.END);
        return tokens;
    }

    private Token next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        int start = at;
        if (at == text.length()) return new Token(Token.Kind.END, "", start + 1, null);
        char c = text.charAt(at);
        if (digitAt(at, 10) || (c == '.' && digitAt(at + 1, 10))) return number(start);
        int prefix = literalPrefix();
        if (prefix == 0 && c == '\'') {
            Token name = quotedName(start);
            if (name != null) return name;
        }
        if (prefix >= 0) return quoted(start, prefix);
        if (c == '$') {
            at++;
            skipName();
            return token(Token.Kind.REGISTER, start);
        }
        boolean global =
                c == ':' && text.startsWith("::", at) && at + 2 < text.length() && isNameStart(text.charAt(at + 2));
        if (isNameStart(c) || global || startsAnonymous()) {
            skipName();
            return token(Token.Kind.NAME, start);
        }
        for (String operator : OPERATORS) {
            if (text.startsWith(operator, at)) {
                at += operator.length();
                return token(Token.Kind.OPERATOR, start);
            }
        }
        throw Token.error(start + 1, "\"" + Character.toString(text.codePointAt(at)) + "\" has no meaning here");
    }

    private Token token(Token.Kind kind, int start) {
        return new Token(kind, text.substring(start, at), start + 1, null);
    }

    private static boolean isNameStart(char c) {
        return c == '_' || Character.isLetter(c);
    }

    /** A name, with {@code ::} between its parts and perhaps in front; behind templates it goes on with one. */
    private void skipName() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (isNameStart(c) || (c >= '0' && c <= '9') || c == '$') at++;
            else if (startsAnonymous()) at += ANONYMOUS.length();
            else if (text.startsWith("::", at) && at + 2 < text.length() && continuesName(at + 2)) at += 2;
            else break;
        }
    }

    private boolean continuesName(int index) {
        return isNameStart(text.charAt(index)) || text.startsWith(ANONYMOUS, index);
    }

    private boolean startsAnonymous() {
        return text.startsWith(ANONYMOUS, at);
    }

    /** gdb's {@code 'file.c'::name}, and any name between quotes that is more than a character. Null for a character. */
    private @Nullable Token quotedName(int start) {
        int end = text.indexOf('\'', start + 1);
        if (end < 0) return null;
        String content = text.substring(start + 1, end);
        boolean scope = text.startsWith("::", end + 1) && end + 3 < text.length() && continuesName(end + 3);
        boolean name = content.length() > 1
                && content.charAt(0) != '\\'
                && (content.indexOf(':') > 0 || content.indexOf('.') > 0);
        if (!scope && !name) return null;
        at = end + 1;
        if (!scope) return new Token(Token.Kind.NAME, content, start + 1, null);
        int from = at;
        at += 2;
        skipName();
        return new Token(Token.Kind.NAME, "'" + content + "'" + text.substring(from, at), start + 1, null);
    }

    private boolean digitAt(int index, int radix) {
        return index < text.length() && text.charAt(index) < 0x80 && Character.digit(text.charAt(index), radix) >= 0;
    }

    private Token number(int start) {
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean range = c == '.' && text.startsWith("..", at);
            boolean exponentSign = (c == '+' || c == '-') && exponentBefore(start);
            if (range || !((c < 0x80 && Character.isLetterOrDigit(c)) || c == '.' || c == '_' || exponentSign)) break;
            at++;
        }
        String word = text.substring(start, at);
        return new Token(Token.Kind.NUMBER, word, start + 1, Literals.number(word, start + 1));
    }

    /** Whether the character before this one starts an exponent: {@code 1e-3}, {@code 0x1p+4}. */
    private boolean exponentBefore(int start) {
        String soFar = text.substring(start, at).toLowerCase(Locale.ROOT);
        return soFar.startsWith("0x") ? soFar.endsWith("p") : soFar.endsWith("e");
    }

    /** Length of the encoding prefix when a quoted literal starts here: 0 to 2; -1 when none starts. */
    private int literalPrefix() {
        for (String prefix : List.of("", "u8", "u", "U", "L")) {
            if (!text.startsWith(prefix, at)) continue;
            int quote = at + prefix.length();
            if (quote < text.length() && (text.charAt(quote) == '"' || text.charAt(quote) == '\'')) {
                return prefix.length();
            }
        }
        return -1;
    }

    private Token quoted(int start, int prefixLength) {
        String prefix = text.substring(at, at + prefixLength);
        at += prefixLength;
        char quote = text.charAt(at++);
        Type unit = switch (prefix) {
            case "L" -> CTypes.WCHAR;
            case "u" -> CTypes.CHAR16;
            case "U" -> CTypes.CHAR32;
            default -> CTypes.CHAR;
        };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int count = 0;
        while (true) {
            if (at >= text.length()) throw Token.error(start + 1, "the literal has no closing " + quote);
            if (text.charAt(at) == quote) break;
            count++;
            element(bytes, unit);
        }
        at++;
        String word = text.substring(start, at);
        if (quote == '\'') {
            if (bytes.size() != unit.byteSize()) {
                throw Token.error(start + 1, "a character literal holds one character, not " + count);
            }
            return new Token(Token.Kind.CHARACTER, word, start + 1, new Constant(unit, bytes.toByteArray()));
        }
        put(bytes, 0, (int) unit.byteSize());
        Type type = new ArrayType(() -> unit, bytes.size() / unit.byteSize());
        return new Token(Token.Kind.STRING, word, start + 1, new Constant(type, bytes.toByteArray()));
    }

    private void element(ByteArrayOutputStream bytes, Type unit) {
        int width = (int) unit.byteSize();
        if (text.charAt(at) == '\\') {
            put(bytes, escape(), width);
            return;
        }
        int codePoint = text.codePointAt(at);
        at += Character.charCount(codePoint);
        if (width == 1) bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
        else if (width == 2) for (char c : Character.toChars(codePoint)) put(bytes, c, 2);
        else put(bytes, codePoint, 4);
    }

    private static void put(ByteArrayOutputStream bytes, int value, int width) {
        for (int i = 0; i < width; i++) bytes.write(value >> (8 * i));
    }

    private int escape() {
        int start = at++;
        if (at >= text.length()) throw Token.error(start + 1, "the literal ends within an escape");
        char c = text.charAt(at++);
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'a' -> 7;
            case 'b' -> 8;
            case 'f' -> 12;
            case 'v' -> 11;
            case 'e' -> 27;
            case '\\', '\'', '"', '?' -> c;
            case 'x' -> digits(16, 8, start);
            case 'u' -> digits(16, 4, start);
            case 'U' -> digits(16, 8, start);
            default -> {
                at--;
                if (!digitAt(at, 8)) throw Token.error(start + 1, "unknown escape \"\\" + c + "\"");
                yield digits(8, 3, start);
            }
        };
    }

    private int digits(int radix, int most, int start) {
        int value = 0;
        int count = 0;
        while (count < most && digitAt(at, radix)) {
            value = value * radix + Character.digit(text.charAt(at++), radix);
            count++;
        }
        if (count == 0) throw Token.error(start + 1, "an escape without digits");
        return value;
    }
}
