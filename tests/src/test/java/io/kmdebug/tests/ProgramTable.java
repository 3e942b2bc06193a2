package io.kmdebug.tests;

import java.util.List;
import java.util.stream.Collectors;

/** docs/programs.md: made from the list of programs, which the test holds to be true on every platform. */
final class ProgramTable {
    private ProgramTable() {}

    static String markdown(List<Program> programs) {
        StringBuilder text = new StringBuilder("""
                # Programs

                Made from the list of `ProgramsTest`, which runs each of these natively and in the virtual machine. "same" stands
                for: the same standard output, the same standard error, the same exit status, nothing left running; for a server,
                the same answers to its native clients as well. What differs is listed with its reason, and the test fails on the
                day it stops to differ. Nothing is changed in the programs or for them.

                """);
        long different = programs.stream().filter(ProgramTable::differsAnywhere).count();
        text.append(programs.size())
                .append(" programs and uses of programs; ")
                .append(different == 0 ? "none differs." : different + " differ on some platform.")
                .append("\n\n| program | what it does here | status |");
        for (Shipped.Platform platform : Shipped.Platform.values())
            text.append(' ').append(platform.title()).append(" |");
        text.append("\n|---|---|---|")
                .append("---|".repeat(Shipped.Platform.values().length))
                .append('\n');
        for (Program program : programs) text.append(row(program)).append('\n');
        return text.toString();
    }

    private static boolean differsAnywhere(Program program) {
        for (Shipped.Platform platform : Shipped.Platform.values()) if (program.reason(platform) != null) return true;
        return false;
    }

    private static String row(Program program) {
        StringBuilder row =
                new StringBuilder("| ").append(program.name()).append(" | ").append(program.what());
        row.append(" `")
                .append(command(program))
                .append("` | ")
                .append(program.status())
                .append(" |");
        for (Shipped.Platform platform : Shipped.Platform.values()) {
            String reason = program.reason(platform);
            row.append(' ').append(reason == null ? "same" : reason).append(" |");
        }
        return row.toString();
    }

    private static String command(Program program) {
        String words = program.command().stream()
                .map(word -> word.replace("{scripts}/", "").replace("{payloads}/", ""))
                .collect(Collectors.joining(" "));
        return (words.length() > 60 ? words.substring(0, 57) + "..." : words)
                .replace("|", "\\|")
                .replace('`', '\'')
                .replace("\n", " ");
    }
}
