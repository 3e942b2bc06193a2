package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.symbols.CompositeType;
import org.jspecify.annotations.Nullable;

/**
 * The name of a class of a standard library, without the namespaces in which libraries keep versions of their ABI.
 *
 * @param name without template arguments: {@code vector}, {@code chrono::duration}, {@code __gnu_cxx::__normal_iterator}
 * @param llvm whether it is libc++'s, and not libstdc++'s
 */
record LibraryName(String name, boolean llvm) {
    /** Null for a class of a program. */
    static @Nullable LibraryName of(CompositeType type) {
        String tag = type.tag();
        if (tag == null) return null;
        boolean extension = tag.startsWith("__gnu_cxx::");
        if (!extension && !tag.startsWith("std::")) return null;
        int template = tag.indexOf('<');
        String plain = template < 0 ? tag : tag.substring(0, template);
        if (extension) return new LibraryName(plain, false);
        StringBuilder name = new StringBuilder();
        boolean llvm = false;
        int at = 5;
        while (at < plain.length()) {
            int end = plain.indexOf("::", at);
            String word = end < 0 ? plain.substring(at) : plain.substring(at, end);
            boolean last = end < 0;
            if (!last && isVersion(word)) {
                llvm |= !word.equals("__cxx11") && !word.equals("_V2");
            } else {
                name.append(name.length() == 0 ? "" : "::").append(word);
            }
            at = last ? plain.length() : end + 2;
        }
        return new LibraryName(name.toString(), llvm);
    }

    /** {@code __1}, {@code __ndk1}, {@code __cxx11}, {@code _V2}: inline namespaces that users do not write. */
    private static boolean isVersion(String word) {
        return switch (word) {
            case "__cxx11", "_V2", "__1", "__2", "__ndk1", "__fs", "__Cr" -> true;
            default -> false;
        };
    }
}
