package io.kmdebug.symbols;

/** Names with {@code ::} in them, as people write them and as compilers do. */
final class QualifiedNames {
    private static final String ANONYMOUS = "(anonymous namespace)::";

    private QualifiedNames() {}

    /** What stands behind the last {@code ::} that is not within template arguments, parentheses or braces. */
    static String lastPart(String name) {
        int start = 0;
        int depth = 0;
        for (int at = 0; at < name.length(); at++) {
            char c = name.charAt(at);
            // operator< and its like: their brackets are no brackets, and nothing qualified stands behind them
            if (depth == 0 && at == start && name.startsWith("operator", at)) break;
            if (c == '<' || c == '(' || c == '{') depth++;
            else if ((c == '>' || c == ')' || c == '}') && depth > 0) depth--;
            else if (depth == 0 && c == ':' && name.startsWith("::", at)) start = ++at + 1;
        }
        return name.substring(start);
    }

    /**
     * Whether {@code name} calls what {@code qualified} does: with some of its scopes, or with all and {@code ::} in
     * front. Namespaces without a name need not be written.
     */
    static boolean matches(String qualified, String name) {
        String wanted = name.startsWith("::") ? name : "::" + name;
        String full = "::" + qualified;
        if (ends(full, wanted, name)) return true;
        return full.contains(ANONYMOUS) && ends(full.replace(ANONYMOUS, ""), wanted, name);
    }

    private static boolean ends(String full, String wanted, String name) {
        return name.startsWith("::") ? full.equals(wanted) : full.endsWith(wanted);
    }
}
