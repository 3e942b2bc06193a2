package io.kmdebug.debugger.presentation.rust;

/** Names of Rust's types as rustc writes them: {@code alloc::vec::Vec<i32, alloc::alloc::Global>}. */
final class RustName {
    private RustName() {}

    /** Without what stands between angle brackets behind it: {@code alloc::vec::Vec}. */
    static String path(String name) {
        int open = name.indexOf('<');
        return open <= 0 ? name : name.substring(0, open);
    }

    /** The last part of the path: {@code Vec}. */
    static String last(String name) {
        String path = path(name);
        int depth = 0;
        for (int at = path.length() - 1; at > 0; at--) {
            char c = path.charAt(at);
            if (c == '}' || c == ')' || c == ']') depth++;
            else if (c == '{' || c == '(' || c == '[') depth--;
            else if (c == ':' && depth == 0) return path.substring(at + 1);
        }
        return path;
    }

    /** As one would write it: without the allocator that everything has. */
    static String written(String name) {
        return name.replace(", alloc::alloc::Global", "");
    }

    /** What a reference or box refers to: {@code str} of {@code &str} and of {@code alloc::boxed::Box<str>}. */
    static String target(String name) {
        for (String start : new String[] {"&mut ", "&", "*const ", "*mut "}) {
            if (name.startsWith(start)) return name.substring(start.length());
        }
        int open = name.indexOf('<');
        return open < 0 || !name.endsWith(">") ? name : written(name.substring(open + 1, name.length() - 1));
    }
}
