package io.kmdebug.symbols;

/** Brings names to one form where gdb spells them in its own way. */
final class GdbSpelling {
    private static final String BOX = "alloc::boxed::Box<";

    private GdbSpelling() {}

    /** A name in Rust with *mut for every kind of reference. */
    static String pointers(String type) {
        String text = type.replaceFirst("^(unsafe )?(extern \"C\" )?fn ?\\(", "*mut fn(")
                .replaceAll("&(mut )?|\\*(mut|const) ", "*mut ");
        String end = ", alloc::alloc::Global>";
        for (int box = text.indexOf(BOX); box >= 0; box = text.indexOf(BOX, box + 1)) {
            int close = closing(text, box + BOX.length());
            String inner = text.substring(box + BOX.length(), close + 1);
            if (!inner.endsWith(end)) continue;
            text = text.substring(0, box) + "*mut " + inner.substring(0, inner.length() - end.length())
                    + text.substring(close + 1);
        }
        return text;
    }

    private static int closing(String text, int from) {
        int depth = 1;
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == '<') depth++;
            if (text.charAt(at) == '>' && text.charAt(at - 1) != '-' && --depth == 0) return at;
        }
        return text.length() - 1;
    }

    /** As C writes pointers: stars behind. */
    static String starsBehind(String goType) {
        String text = goType.replace("unsafe.Pointer", "void *");
        int stars = 0;
        while (text.startsWith("*", stars)) stars++;
        return text.substring(stars) + " " + "*".repeat(stars);
    }

    /** Template arguments that gdb writes with a cast or a suffix, without these. */
    static String likeGdb(String type) {
        return type.replace("(char)'", "'").replace("(char)120", "'x'").replaceAll("(\\d)ul\\b", "$1");
    }

    /** {@code f} of {@code f(int) const}. */
    static String withoutParameters(String name) {
        String plain = name.replaceFirst("( const)?( volatile)?( &&?)?$", "");
        if (!plain.endsWith(")")) return plain;
        int depth = 0;
        for (int at = plain.length() - 1; at > 0; at--) {
            if (plain.charAt(at) == ')') depth++;
            if (plain.charAt(at) == '(' && --depth == 0) return plain.substring(0, at);
        }
        return plain;
    }
}
