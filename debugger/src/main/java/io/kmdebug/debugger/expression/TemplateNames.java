package io.kmdebug.debugger.expression;

import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Instances of templates as one name: {@code std::vector<int>::size}. Whether {@code a<b>} is one or compares, only the
 * names of the program tell. Compilers spell an instance each in its own way, with default arguments; here spaces,
 * the order of {@code long unsigned int} and default arguments do not matter.
 */
final class TemplateNames {
    private static final int MAX_ARGUMENT_TOKENS = 200;
    /** Each is searched for among all types in reach. */
    private static final int MAX_INSTANCES = 16;

    private final List<Token> tokens;
    private final EvaluationScope scope;

    private TemplateNames(List<Token> tokens, EvaluationScope scope) {
        this.tokens = tokens;
        this.scope = scope;
    }

    /** The tokens with each instance of a template that the program knows as one name. */
    static List<Token> joined(List<Token> tokens, EvaluationScope scope) {
        boolean any = false;
        for (int i = 0; i + 1 < tokens.size(); i++) {
            any |= tokens.get(i).kind() == Token.Kind.NAME && tokens.get(i + 1).is("<");
        }
        return any ? new TemplateNames(new ArrayList<>(tokens), scope).joined() : tokens;
    }

    /** From the last one to the first, so that arguments are known before what they are arguments of. */
    private List<Token> joined() {
        int instances = 0;
        for (int at = tokens.size() - 2; at >= 0; at--) {
            Token token = tokens.get(at);
            if (token.kind() != Token.Kind.NAME || !tokens.get(at + 1).is("<")) continue;
            int end = nameEnd(at);
            if (end >= 0 && ++instances > MAX_INSTANCES) {
                throw token.error("the expression has more than " + MAX_INSTANCES + " instances of templates");
            }
            String name = end < 0 ? null : known(at, end);
            if (name == null) continue;
            tokens.subList(at, end).clear();
            tokens.add(at, new Token(Token.Kind.NAME, name, token.column(), null));
        }
        return tokens;
    }

    /** Index behind {@code a<...>::b<...>::c} that starts at {@code from}; -1 when the brackets do not match. */
    private int nameEnd(int from) {
        int at = from + 1;
        while (tokens.get(at).is("<")) {
            at = closing(at);
            if (at < 0) return -1;
            Token next = tokens.get(at);
            if (next.kind() != Token.Kind.NAME || !next.text().startsWith("::")) break;
            at++;
        }
        return at;
    }

    private int closing(int from) {
        int depth = 0;
        for (int at = from; at < tokens.size() && at - from < MAX_ARGUMENT_TOKENS; at++) {
            Token token = tokens.get(at);
            switch (token.kind()) {
                case NAME, NUMBER, CHARACTER -> {}
                case OPERATOR -> {
                    switch (token.text()) {
                        case "<" -> depth++;
                        case ">" -> depth--;
                        case ">>" -> {
                            tokens.set(at, new Token(Token.Kind.OPERATOR, ">", token.column(), null));
                            tokens.add(at + 1, new Token(Token.Kind.OPERATOR, ">", token.column() + 1, null));
                            depth--;
                        }
                        case ",", "*", "&", "&&", "(", ")", "[", "]", "-", "::" -> {}
                        default -> {
                            return -1;
                        }
                    }
                    if (depth == 0) return at + 1;
                    if (depth < 0) return -1;
                }
                default -> {
                    return -1;
                }
            }
        }
        return -1;
    }

    /** The name as the program has it; null when it has none. */
    private @org.jspecify.annotations.Nullable String known(int from, int end) {
        String first = tokens.get(from).text();
        if (!first.contains("::") && scope.variable(first).isPresent()) return null;
        for (String spelling : spellings(from, end)) {
            if (isKnown(spelling)) return spelling;
            int separator = ScopePath.lastSeparator(spelling);
            if (separator > 0 && isKnown(spelling.substring(0, separator))) return spelling;
        }
        return withDefaults(bare(text(from, end, false, false)));
    }

    private boolean isKnown(String name) {
        return scope.type(name).isPresent()
                || scope.function(name).isPresent()
                || scope.variable(name).isPresent();
    }

    private @org.jspecify.annotations.Nullable String withDefaults(String name) {
        int open = name.lastIndexOf('>');
        if (open < 0) return null;
        String start = name.substring(0, open) + ",";
        Optional<CompositeType> type = scope.templateInReach(start);
        return type.map(t -> t.tag() + name.substring(open + 1)).orElse(null);
    }

    private Set<String> spellings(int from, int end) {
        Set<String> all = new LinkedHashSet<>();
        all.add(text(from, end, true, true));
        all.add(text(from, end, true, false));
        all.add(text(from, end, false, true));
        all.add(text(from, end, false, false));
        return all;
    }

    /**
     * @param apart {@code > >}, as gcc and older clang write it
     * @param gnuWords {@code long unsigned int} as gcc has it; else {@code unsigned long}
     */
    private String text(int from, int end, boolean apart, boolean gnuWords) {
        StringBuilder out = new StringBuilder();
        List<String> words = new ArrayList<>();
        for (int i = from; i <= end; i++) {
            Token token = i < end ? tokens.get(i) : null;
            if (token != null && token.kind() == Token.Kind.NAME && IntegerWords.isOne(token.text())) {
                words.add(token.text());
                continue;
            }
            if (!words.isEmpty()) {
                if (endsWithWord(out)) out.append(' ');
                out.append(IntegerWords.spelt(words, gnuWords));
                words.clear();
            }
            if (token != null) append(out, i == from ? token : named(token), apart);
        }
        return out.toString();
    }

    /** An argument by the name that the program has for it, with its namespaces. */
    private Token named(Token token) {
        if (token.kind() != Token.Kind.NAME || token.text().startsWith("::")) return token;
        String full = scope.type(token.text()).map(TemplateNames::tag).orElse(token.text());
        return new Token(Token.Kind.NAME, full, token.column(), null);
    }

    private static String tag(Type type) {
        if (type instanceof CompositeType c && c.tag() != null) return c.tag();
        return type instanceof EnumType e && e.tag() != null ? e.tag() : type.name();
    }

    private static void append(StringBuilder out, Token token, boolean apart) {
        String text = token.text();
        boolean closes = text.equals(">") || text.equals(">>");
        if (closes && apart && out.length() > 0 && out.charAt(out.length() - 1) == '>') out.append(' ');
        if (text.equals(">>")) {
            out.append(apart ? "> >" : ">>");
            return;
        }
        if ((text.equals("*") || text.equals("&")) && endsWithWord(out)) out.append(' ');
        boolean word = token.kind() != Token.Kind.OPERATOR && !text.startsWith("::");
        if (word && endsWithWord(out)) out.append(' ');
        out.append(text);
        if (text.equals(",")) out.append(' ');
    }

    private static boolean endsWithWord(StringBuilder out) {
        return out.length() > 0 && Character.isJavaIdentifierPart(out.charAt(out.length() - 1));
    }

    /** Without spaces but those between words, and with the integers' names in one form. */
    static String bare(String name) {
        StringBuilder out = new StringBuilder(name.length());
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < name.length()) {
            int end = at;
            while (end < name.length() && Character.isJavaIdentifierPart(name.charAt(end))) end++;
            if (end == at) {
                flush(out, words);
                if (name.charAt(at) != ' ') out.append(name.charAt(at));
                at++;
                continue;
            }
            String word = name.substring(at, end);
            if (IntegerWords.isOne(word)) words.add(word);
            else {
                flush(out, words);
                if (endsWithWord(out)) out.append(' ');
                out.append(word);
            }
            at = end;
            if (at < name.length() && name.charAt(at) == ' ') at++;
        }
        flush(out, words);
        return out.toString();
    }

    private static void flush(StringBuilder out, List<String> words) {
        if (words.isEmpty()) return;
        if (endsWithWord(out)) out.append(' ');
        out.append(IntegerWords.spelt(words, false));
        words.clear();
    }
}
