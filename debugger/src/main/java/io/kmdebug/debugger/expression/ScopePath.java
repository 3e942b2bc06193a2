package io.kmdebug.debugger.expression;

import java.util.ArrayList;
import java.util.List;

/** Names with {@code ::} in them; what stands in template arguments, parentheses and braces is not looked into. */
final class ScopePath {
    private ScopePath() {}

    /** Index of the last {@code ::} that separates a scope from what is in it; -1 for none. */
    static int lastSeparator(String name) {
        int last = -1;
        int depth = 0;
        int at = 0;
        while (at < name.length()) {
            char c = name.charAt(at);
            if (depth == 0 && startsOperator(name, at)) break;
            if (c == '<' || c == '(' || c == '{') depth++;
            else if ((c == '>' || c == ')' || c == '}') && depth > 0) depth--;
            else if (depth == 0 && name.startsWith("::", at)) {
                last = at;
                at++;
            }
            at++;
        }
        return last;
    }

    /** {@code operator<}: its brackets are no brackets. */
    private static boolean startsOperator(String name, int at) {
        if (!name.startsWith("operator", at)) return false;
        boolean first = at == 0 || name.startsWith("::", at - 2);
        int next = at + "operator".length();
        return first && next < name.length() && !Character.isJavaIdentifierPart(name.charAt(next));
    }

    /** The part behind the last separator. */
    static String last(String name) {
        int separator = lastSeparator(name);
        return separator < 0 ? name : name.substring(separator + 2);
    }

    /** The scopes around {@code name}, innermost first: {@code a::b} and {@code a} for {@code a::b::f}. */
    static List<String> around(String name) {
        List<String> scopes = new ArrayList<>();
        String rest = name;
        for (int at = lastSeparator(rest); at > 0; at = lastSeparator(rest)) {
            rest = rest.substring(0, at);
            scopes.add(rest);
        }
        return scopes;
    }
}
