package io.kmdebug.symbols;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * C++ names as people write them, whatever the compiler: {@code std::map<std::string, int>} for
 * {@code std::map<std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >, int, ...>}. Arguments
 * that are the library's defaults are left out, inline namespaces too; two names of one type become the same name.
 */
public final class CppNames {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_LENGTH = 100_000;

    /** The defaults of parameters, from the last one back; $0 and $1 stand for the first arguments. */
    private static final Map<String, List<String>> DEFAULTS = Map.ofEntries(
            Map.entry("std::vector", List.of("std::allocator<$0>")),
            Map.entry("std::deque", List.of("std::allocator<$0>")),
            Map.entry("std::list", List.of("std::allocator<$0>")),
            Map.entry("std::forward_list", List.of("std::allocator<$0>")),
            Map.entry("std::set", List.of("std::less<$0>", "std::allocator<$0>")),
            Map.entry("std::multiset", List.of("std::less<$0>", "std::allocator<$0>")),
            Map.entry("std::map", List.of("", "std::less<$0>", "std::allocator<std::pair<const $0, $1>>")),
            Map.entry("std::multimap", List.of("", "std::less<$0>", "std::allocator<std::pair<const $0, $1>>")),
            Map.entry("std::unordered_set", List.of("std::hash<$0>", "std::equal_to<$0>", "std::allocator<$0>")),
            Map.entry("std::unordered_multiset", List.of("std::hash<$0>", "std::equal_to<$0>", "std::allocator<$0>")),
            Map.entry(
                    "std::unordered_map",
                    List.of("", "std::hash<$0>", "std::equal_to<$0>", "std::allocator<std::pair<const $0, $1>>")),
            Map.entry(
                    "std::unordered_multimap",
                    List.of("", "std::hash<$0>", "std::equal_to<$0>", "std::allocator<std::pair<const $0, $1>>")),
            Map.entry("std::basic_string", List.of("std::char_traits<$0>", "std::allocator<$0>")),
            Map.entry("std::basic_string_view", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_ios", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_ostream", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_istream", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_iostream", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_streambuf", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_filebuf", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_ifstream", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_ofstream", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_fstream", List.of("std::char_traits<$0>")),
            Map.entry("std::basic_stringbuf", List.of("std::char_traits<$0>", "std::allocator<$0>")),
            Map.entry("std::basic_stringstream", List.of("std::char_traits<$0>", "std::allocator<$0>")),
            Map.entry("std::basic_istringstream", List.of("std::char_traits<$0>", "std::allocator<$0>")),
            Map.entry("std::basic_ostringstream", List.of("std::char_traits<$0>", "std::allocator<$0>")),
            Map.entry("std::unique_ptr", List.of("std::default_delete<$0>")),
            Map.entry("std::stack", List.of("std::deque<$0>")),
            Map.entry("std::queue", List.of("std::deque<$0>")),
            Map.entry("std::priority_queue", List.of("std::vector<$0>", "std::less<$0>")));

    private static final Map<String, String> CHARACTERS =
            Map.of("char", "", "wchar_t", "w", "char8_t", "u8", "char16_t", "u16", "char32_t", "u32");

    private static final Set<String> INLINE = Set.of("__1", "__2", "__ndk1", "__Cr", "__cxx11", "_V2", "__fs");

    private CppNames() {}

    /** Never fails: a name that is not understood is returned as it is. */
    public static String readable(String name) {
        boolean plain = name.indexOf('<') < 0 && !name.contains("std::");
        if (plain || name.length() > MAX_LENGTH) return name;
        try {
            return name(name, 0);
        } catch (Unbalanced e) {
            return name;
        }
    }

    /** A name without the template arguments at its end: {@code max} for {@code max<int>}. */
    public static String withoutArguments(String name) {
        if (!name.endsWith(">") || name.startsWith("operator")) return name;
        int depth = 0;
        for (int at = name.length() - 1; at > 0; at--) {
            char c = name.charAt(at);
            if (c == '>') depth++;
            else if (c == '<' && --depth == 0) return name.substring(0, at);
        }
        return name;
    }

    private static String name(String text, int depth) throws Unbalanced {
        if (depth > MAX_DEPTH) throw new Unbalanced();
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (text.startsWith("operator", at) && isStart(text, at)) {
                at = operator(text, at, out);
            } else if (c == '<') {
                int close = closing(text, at);
                int from = wordStart(out);
                if (from == out.length()) {
                    // {@code <lambda(int)>} is a name of its own
                    out.append(text, at, close + 1);
                } else {
                    String template = out.substring(from);
                    out.setLength(from);
                    out.append(template(template, split(text.substring(at + 1, close)), depth));
                }
                at = close + 1;
            } else {
                out.append(c);
                at++;
                if (c == ':' && out.length() >= 2 && out.charAt(out.length() - 2) == ':') dropInline(out);
            }
        }
        return out.toString();
    }

    private static boolean isStart(String text, int at) {
        int end = at + "operator".length();
        boolean before = at == 0 || !Character.isJavaIdentifierPart(text.charAt(at - 1));
        return before && (end >= text.length() || !Character.isJavaIdentifierPart(text.charAt(end)));
    }

    /** The symbols behind {@code operator} are no brackets. */
    private static int operator(String text, int at, StringBuilder out) {
        int end = at + "operator".length();
        while (end < text.length() && "<>=-".indexOf(text.charAt(end)) >= 0) end++;
        // operator< <int>, operator<<<int>: a template's bracket is the last one where another opens
        boolean template = end < text.length()
                && text.charAt(end - 1) == '<'
                && end - at > "operator<".length()
                && text.indexOf('>', end) >= 0;
        if (template) end--;
        out.append(text, at, end);
        return end;
    }

    /** Where the qualified name at the end of {@code out} starts. */
    private static int wordStart(StringBuilder out) {
        int at = out.length();
        while (at > 0) {
            char c = out.charAt(at - 1);
            boolean part = Character.isJavaIdentifierPart(c) || c == ':' || c == '~' || isOperator(out, at - 1);
            if (!part) break;
            at--;
        }
        return at;
    }

    private static boolean isOperator(StringBuilder out, int at) {
        if ("<>=-+*/%&|^!()[]".indexOf(out.charAt(at)) < 0) return false;
        int word = at;
        while (word > 0 && "<>=-+*/%&|^!()[]".indexOf(out.charAt(word - 1)) >= 0) word--;
        return word >= 8 && out.substring(word - 8, word).equals("operator");
    }

    /** {@code std::__1::} is {@code std::} to everybody. */
    private static void dropInline(StringBuilder out) {
        int end = out.length() - 2;
        int from = end;
        while (from > 0 && Character.isJavaIdentifierPart(out.charAt(from - 1))) from--;
        if (!INLINE.contains(out.substring(from, end))) return;
        int start = wordStart(out);
        if (out.substring(start).startsWith("std::")) out.setLength(from);
    }

    private static String template(String name, List<String> written, int depth) throws Unbalanced {
        List<String> arguments = new ArrayList<>(written.size());
        for (String argument : written) arguments.add(argument(argument, depth));
        List<String> defaults = DEFAULTS.getOrDefault(name, List.of());
        // the parameters with defaults are behind the first one
        while (arguments.size() > 1 && arguments.size() - 2 < defaults.size()) {
            String standard = defaults.get(arguments.size() - 2);
            if (standard.isEmpty() || !isDefault(standard, arguments)) break;
            arguments.remove(arguments.size() - 1);
        }
        if (arguments.size() == 1 && name.startsWith("std::basic_")) {
            String prefix = CHARACTERS.get(arguments.get(0));
            if (prefix != null) return "std::" + prefix + name.substring("std::basic_".length());
        }
        return name + "<" + String.join(", ", arguments) + ">";
    }

    private static boolean isDefault(String standard, List<String> arguments) {
        String first = arguments.get(0);
        String expected = standard.replace("$0", first);
        // a pointer is made constant behind it
        if (first.endsWith("*"))
            expected = standard.replace("const $0", first + "const").replace("$0", first);
        if (arguments.size() > 1) expected = expected.replace("$1", arguments.get(1));
        return expected.equals(arguments.get(arguments.size() - 1));
    }

    private static String argument(String written, int depth) throws Unbalanced {
        String text = name(written.trim(), depth + 1);
        if (text.isEmpty()) return text;
        char first = text.charAt(0);
        if (Character.isDigit(first) || first == '-') return number(text);
        if (text.equals("(bool)1")) return "true";
        if (text.equals("(bool)0")) return "false";
        if (first == '(' || first == '\'' || first == '&') return text;
        return type(text);
    }

    private static String number(String text) {
        int end = text.length();
        while (end > 1 && "uUlL".indexOf(text.charAt(end - 1)) >= 0) end--;
        return text.substring(0, end);
    }

    /** {@code const} in front, one space before stars: {@code const char *}. */
    private static String type(String text) {
        int tail = text.length();
        while (tail > 0 && "*& ".indexOf(text.charAt(tail - 1)) >= 0) tail--;
        String stars = text.substring(tail).replace(" ", "");
        String base = text.substring(0, tail);
        if (base.endsWith("const") && base.length() > 5 && "*&".indexOf(lastMark(base)) >= 0) {
            // a constant pointer
            return type(base.substring(0, base.length() - 5).trim()) + "const" + (stars.isEmpty() ? "" : " " + stars);
        }
        boolean constant = false;
        if (base.endsWith(" const")) {
            constant = true;
            base = base.substring(0, base.length() - 6).trim();
        } else if (base.startsWith("const ")) {
            constant = true;
            base = base.substring(6);
        }
        if (base.endsWith(")") || base.endsWith("]")) return text;
        String spelled = (constant ? "const " : "") + BasicTypes.spell(base);
        return stars.isEmpty() ? spelled : spelled + " " + stars;
    }

    private static char lastMark(String base) {
        int at = base.length() - 6;
        while (at > 0 && base.charAt(at) == ' ') at--;
        return at < 0 ? ' ' : base.charAt(at);
    }

    private static int closing(String text, int open) throws Unbalanced {
        int depth = 0;
        for (int at = open; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '<' || c == '(' || c == '[' || c == '{') depth++;
            else if (c == ')' || c == ']' || c == '}') depth--;
            else if (c == '\'') at = quoted(text, at);
            else if (c == '>' && text.charAt(at - 1) != '-' && --depth == 0) return at;
        }
        throw new Unbalanced();
    }

    private static int quoted(String text, int at) {
        int end = text.indexOf('\'', text.startsWith("\\", at + 1) ? at + 3 : at + 2);
        return end < 0 || end > at + 12 ? at : end;
    }

    private static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        int depth = 0;
        for (int at = 0; at < list.length(); at++) {
            char c = list.charAt(at);
            if (c == '<' || c == '(' || c == '[' || c == '{') depth++;
            else if (c == ')' || c == ']' || c == '}') depth--;
            else if (c == '>' && (at == 0 || list.charAt(at - 1) != '-')) depth--;
            else if (c == '\'') at = quoted(list, at);
            else if (c == ',' && depth == 0) {
                parts.add(list.substring(from, at));
                from = at + 1;
            }
        }
        if (from > 0 || !list.isBlank()) parts.add(list.substring(from));
        return parts;
    }

    /** The brackets of a name do not match. */
    private static final class Unbalanced extends Exception {
        private static final long serialVersionUID = 1L;

        Unbalanced() {
            super(null, null, false, false);
        }
    }
}
