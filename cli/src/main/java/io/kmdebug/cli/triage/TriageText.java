package io.kmdebug.cli.triage;

import io.kmdebug.cli.command.Ink;
import io.kmdebug.cli.command.SafeOutput;
import java.io.PrintStream;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** The sorted cores for people: a block for each crash, then what could not be read. */
final class TriageText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final PrintStream out;
    private final Ink ink;

    TriageText(PrintStream out, Ink ink) {
        this.out = new SafeOutput(out, ink.colours());
        this.ink = ink;
    }

    void print(Triage triage, int others) {
        out.println(ink.bold(title(triage, others)));
        for (Bucket bucket : triage.buckets()) {
            out.println();
            block(bucket);
        }
        if (triage.unreadable().isEmpty()) return;
        out.println();
        out.println(ink.bold("cannot be read:"));
        triage.unreadable().forEach((path, reason) -> out.println("  " + path + ": " + ink.yellow(reason)));
    }

    /** How many there are of everything. */
    static String title(Triage triage, int others) {
        List<Bucket> buckets = triage.buckets();
        int cores = buckets.stream().mapToInt(Bucket::count).sum();
        return count(cores, "core") + ", " + count(buckets.size(), "crash") + skipped(triage, others);
    }

    private static String skipped(Triage triage, int others) {
        String unreadable =
                triage.unreadable().isEmpty() ? "" : ", " + triage.unreadable().size() + " that cannot be read";
        return unreadable + (others == 0 ? "" : ", " + count(others, "other file"));
    }

    private void block(Bucket bucket) {
        out.println(ink.bold(String.format("%5d", bucket.count())) + "  " + ink.red(bucket.signal()) + "  "
                + ink.cyan(bucket.top()));
        out.println("       " + bucket.digest().summary());
        field("crash id", bucket.signature() == null ? "none: no function is known" : bucket.signature());
        field("program", bucket.programs().isEmpty() ? "not known" : String.join(", ", bucket.programs()));
        field("newest", bucket.newest().path() + ", " + time(bucket));
    }

    private void field(String name, String value) {
        out.println("       " + ink.dim(String.format("%-8s", name)) + " " + value);
    }

    /** When the newest core was written, in this place's time. */
    static String time(Bucket bucket) {
        return LocalDateTime.ofInstant(bucket.newest().time().toInstant(), ZoneId.systemDefault())
                .truncatedTo(ChronoUnit.SECONDS)
                .format(TIME);
    }

    private static String count(int number, String what) {
        String plural = what.endsWith("sh") ? "es" : "s";
        return number + " " + what + (number == 1 ? "" : plural);
    }
}
