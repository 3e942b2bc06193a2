package io.kmdebug.monitor;

import java.util.List;

/** The command line of another monitor. */
public final class PayloadWords {
    /** The class that a monitor's Java runtime is started with. */
    public static final String MONITOR_CLASS = KmMain.class.getName();

    private PayloadWords() {}

    /** The program and its arguments; empty when there is none. @param words behind {@link #MONITOR_CLASS} */
    public static List<String> of(List<String> words) {
        try {
            return Options.parse(words, List.of()).command();
        } catch (Options.WrongUsage wrong) {
            return List.of();
        }
    }

    /** Whether these words start a monitor that waits to become a payload's child. */
    public static boolean isSpare(List<String> javaWords) {
        return javaWords.contains("-D" + KmMain.ADOPTED + "=true");
    }
}
