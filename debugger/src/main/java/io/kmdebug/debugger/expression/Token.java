package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A word of an expression.
 *
 * @param text as it was written
 * @param column from 1
 * @param constant what a number, character or string means; null for other kinds
 */
record Token(Kind kind, String text, int column, @Nullable Constant constant) {
    enum Kind {
        NAME,
        REGISTER,
        NUMBER,
        CHARACTER,
        STRING,
        OPERATOR,
        END
    }

    boolean is(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isWord(String word) {
        return kind == Kind.NAME && text.equals(word);
    }

    /** For messages. */
    String described() {
        return kind == Kind.END ? "the end" : "\"" + text + "\"";
    }

    static DebuggerException error(int column, String message) {
        return new DebuggerException(message + " (column " + column + ")");
    }

    /** What {@code question} answers; an error of it gets the column. */
    static <T> T at(int column, Supplier<T> question) {
        try {
            return question.get();
        } catch (DebuggerException e) {
            throw new DebuggerException(e.getMessage() + " (column " + column + ")", e);
        }
    }

    DebuggerException error(String message) {
        return error(column, message);
    }
}
