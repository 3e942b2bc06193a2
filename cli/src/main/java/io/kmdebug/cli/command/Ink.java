package io.kmdebug.cli.command;

import java.util.Set;

/** Colours by meaning; plain text where there are none. ECMA-48 SGR. */
public record Ink(boolean colours) {
    static final Set<String> CODES = Set.of("0", "1", "2", "31;1", "32", "33", "36");

    public String bold(String text) {
        return paint("1", text);
    }

    public String dim(String text) {
        return paint("2", text);
    }

    public String red(String text) {
        return paint("31;1", text);
    }

    public String green(String text) {
        return paint("32", text);
    }

    public String yellow(String text) {
        return paint("33", text);
    }

    public String cyan(String text) {
        return paint("36", text);
    }

    private String paint(String code, String text) {
        return colours && !text.isEmpty() ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
