package io.kmdebug.debugger;

import java.util.regex.Pattern;

/** Values as text in one form, whoever wrote them. */
public final class GdbText {
    private static final Pattern FLOATING =
            Pattern.compile("(?<![0-9a-fx])-?[0-9]+(?:\\.[0-9]+)?e[+-]?[0-9]+|(?<![0-9a-fx])-?[0-9]+\\.[0-9]+");

    private static final Pattern POINTER_TYPE = Pattern.compile(
            "\\((?:[a-z_ 0-9]+ ?\\*[* a-z]*|[a-z_ ]+\\(\\*+\\)[(\\[][^)\\]]*[)\\]]|binary_op|callback)\\) (?=0x|@)");

    private GdbText() {}

    /**
     * What differs by design: gdb writes a pointer's type before it, names the array a string is in, shows NULs at the
     * end of a string, puts spaces around "=" and parentheses around flags, and writes 17 digits of a double.
     */
    public static String normalised(String text) {
        String plain = POINTER_TYPE
                .matcher(text)
                .replaceAll("")
                .replaceAll("<[a-z]+> (?=\")", "")
                .replaceAll("(\\\\000)+\"", "\"")
                .replace(" = ", "=")
                .replaceAll("unknown: ", "")
                .replaceAll("\\(([A-Z]+(?: \\| [A-Z0-9x]+)+)\\)", "$1");
        return FLOATING.matcher(plain).replaceAll(m -> Float.toString(Float.parseFloat(m.group())));
    }
}
