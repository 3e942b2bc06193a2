package io.kmdebug.debugger.expression;

import java.util.List;

/** Tokens with a place to read from; the last one, of kind END, is never passed. */
final class TokenStream {
    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return peek(0);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = peek();
        if (at < tokens.size() - 1) at++;
        return token;
    }

    boolean accept(String operator) {
        if (!peek().is(operator)) return false;
        next();
        return true;
    }

    void expect(String operator) {
        Token token = next();
        if (!token.is(operator)) throw token.error("\"" + operator + "\" is expected, not " + token.described());
    }
}
