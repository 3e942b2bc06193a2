package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A logpoint's text with expressions in braces; a backslash makes a brace a mere character. */
record LogMessage(List<Part> parts) {
    /** @param expression whether the text is to be evaluated */
    record Part(String text, boolean expression) {}

    static LogMessage parse(String message) {
        List<Part> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c == '\\' && i + 1 < message.length() && "{}".indexOf(message.charAt(i + 1)) >= 0) {
                text.append(message.charAt(++i));
            } else if (c == '{' && depth++ == 0) {
                add(parts, text, false);
            } else if (c == '}' && depth > 0 && --depth == 0) {
                add(parts, text, true);
            } else {
                text.append(c);
            }
        }
        if (depth > 0)
            throw new DebuggerException("The log message \"" + message + "\" has a \"{\" without its \"}\".");
        add(parts, text, false);
        return new LogMessage(List.copyOf(parts));
    }

    private static void add(List<Part> parts, StringBuilder text, boolean expression) {
        if (expression || !text.isEmpty()) parts.add(new Part(text.toString(), expression));
        text.setLength(0);
    }

    /** The text with each expression replaced by what {@code evaluate} makes of it. */
    String fill(UnaryOperator<String> evaluate) {
        StringBuilder out = new StringBuilder();
        for (Part part : parts) out.append(part.expression() ? evaluate.apply(part.text()) : part.text());
        return out.toString();
    }
}
