package io.kmdebug.cli.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the commands write.
 *
 * @param colourOut whether {@code out} is a terminal that takes colours
 */
public record Terminal(PrintStream out, PrintStream err, boolean colourOut, boolean colourErr) {
    public static Terminal standard() {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        return new Terminal(out, err, takesColours(1), takesColours(2));
    }

    /** https://no-color.org, and TERM as terminfo(5) has it. */
    private static boolean takesColours(int descriptor) {
        String term = System.getenv("TERM");
        String noColour = System.getenv("NO_COLOR");
        if (term == null || term.isEmpty() || term.equals("dumb") || (noColour != null && !noColour.isEmpty())) {
            return false;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false; // no /proc: then nothing is known of the terminal
        }
    }

    public Ink inkOut() {
        return new Ink(colourOut);
    }

    public Ink inkErr() {
        return new Ink(colourErr);
    }

    /** One line on what went wrong and what to do next. */
    public void complain(String problem) {
        err.println(inkErr().red("kmdebug:") + " " + problem);
    }
}
