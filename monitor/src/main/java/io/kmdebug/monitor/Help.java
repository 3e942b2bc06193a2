package io.kmdebug.monitor;

import java.util.ArrayList;
import java.util.List;

/** What {@code km} says about itself. */
final class Help {
    static final String USAGE = "usage: km [options] program [arguments]";

    private static final String VERSION = "0.1.0";
    private static final int WIDTH = 110;
    private static final int INDENT = 34;
    private static final String ENVIRONMENT = """

            environment:
              KM_VERBOSE=REGEX        as --verbose=REGEX
              KM_LOGTO=FILE           as --km-log-to=FILE
              KM_MGTPIPE=SOCKET       as --mgtpipe=SOCKET; not passed on to the payload
              KM_MGTDIR=FOLDER        management socket FOLDER/kmpipe.PROGRAM.PID, snapshots FOLDER/kmsnap.PROGRAM.PID
              KM_KILL_UNIMPL_SCALL    set to anything: as --kill-unimpl-scall

            exit status:
              the payload's own; killed by the payload's signal; 1 for a wrong command line or host; 2 for a program
              that cannot be loaded; killed by SIGABRT when the monitor itself failed

            see also: km(1), km_cli(1), docs/km.md
            """;

    private Help() {}

    /** @param options those before the one that asks */
    static void print(Option what, Options options) {
        if (what == Option.VERSION) {
            System.out.println("km (kmdebug) " + VERSION);
            System.out.println("platform " + Machine.choice(options));
        } else {
            System.out.print(text());
        }
    }

    static String text() {
        StringBuilder text = new StringBuilder(USAGE).append("\n\noptions:\n");
        for (Option option : Option.values()) {
            String words = "  " + words(option);
            List<String> lines = wrapped(option.meaning);
            if (words.length() > INDENT - 2) text.append(words).append('\n').append(" ".repeat(INDENT));
            else text.append(words).append(" ".repeat(INDENT - words.length()));
            text.append(String.join("\n" + " ".repeat(INDENT), lines)).append('\n');
        }
        return text.append(ENVIRONMENT).toString();
    }

    /** "-C FILE, --coredump=FILE". */
    private static String words(Option option) {
        boolean needed = option.value == Option.Value.NEEDED;
        StringBuilder words = new StringBuilder();
        if (option.letter != 0) {
            words.append('-').append(option.letter);
            if (needed) words.append(' ').append(option.valueName);
            else if (option.value == Option.Value.ATTACHED)
                words.append('[').append(option.valueName).append(']');
        }
        for (String name : names(option)) {
            if (words.length() > 0) words.append(", ");
            words.append("--").append(name);
            if (needed) words.append('=').append(option.valueName);
            else if (option.value == Option.Value.ATTACHED)
                words.append("[=").append(option.valueName).append(']');
        }
        return words.toString();
    }

    private static List<String> names(Option option) {
        List<String> names = new ArrayList<>();
        if (option.name != null) names.add(option.name);
        if (option.otherName != null) names.add(option.otherName);
        return names;
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split("\\s+")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > WIDTH - INDENT) {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (line.length() > 0) line.append(' ');
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** For an option that does not exist, with the one that was probably meant. */
    static String unknown(String name) {
        String nearest = "";
        int least = 3;
        for (Option option : Option.values()) {
            for (String candidate : names(option)) {
                int distance = distance(name, candidate);
                if (distance >= least) continue;
                least = distance;
                nearest = candidate;
            }
        }
        return "unknown option --" + name + (nearest.isEmpty() ? "" : "; did you mean --" + nearest + "?");
    }

    static String ambiguous(String name) {
        StringBuilder text = new StringBuilder("option --" + name + " is ambiguous: ");
        boolean first = true;
        for (Option option : Option.values()) {
            for (String candidate : names(option)) {
                if (!candidate.startsWith(name)) continue;
                text.append(first ? "--" : ", --").append(candidate);
                first = false;
            }
        }
        return text.toString();
    }

    /** Letters to insert, remove or replace until one name is the other; Levenshtein. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
