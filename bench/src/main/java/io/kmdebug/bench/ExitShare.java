package io.kmdebug.bench;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of its busy time a payload spends outside of itself, from what {@code --hcall-stats} prints at the end.
 *
 * <p>Busy is the life of all threads without their waits in host calls. Outside is the monitor's own work (as printed)
 * plus, for each exit, what the way out and in costs in the least monitor there can be (the C reference loop): that
 * part is inside of what {@code --hcall-stats} calls "in the payload and on the way in and out".
 *
 * @param exits made by all threads
 * @param busyMillis of all threads
 * @param monitorShare of the busy time, 0 to 1
 * @param wayShare of the busy time, 0 to 1
 */
record ExitShare(long exits, double busyMillis, double monitorShare, double wayShare) {
    private static final Pattern EXITS = Pattern.compile("([0-9]+) exits,");
    private static final Pattern TIMES = Pattern.compile("time of all threads ([0-9.]+) ms: ([0-9.]+)% in the payload"
            + " and on the way in and out, ([0-9.]+)% in the monitor, ([0-9.]+)% waiting");

    /** @param exitMicros one way out and in, of the C reference loop */
    static ExitShare of(String log, double exitMicros) {
        Matcher exits = EXITS.matcher(log);
        Matcher times = TIMES.matcher(log);
        if (!exits.find() || !times.find()) throw new IllegalStateException("no figures of --hcall-stats in: " + log);
        double life = Double.parseDouble(times.group(1));
        double inMonitor = life * Double.parseDouble(times.group(3)) / 100;
        double inPayload = life * Double.parseDouble(times.group(2)) / 100;
        long count = Long.parseLong(exits.group(1));
        double busy = inMonitor + inPayload;
        double way = Math.min(inPayload, count * exitMicros / 1000);
        return new ExitShare(count, busy, inMonitor / busy, way / busy);
    }

    String markdown(String what) {
        return String.format(
                Locale.ROOT,
                "| %s: share of time in exits | %.0f %% | | | %d exits in %.0f ms: %.0f %% ways out and in, %.0f %% the monitor |"
                        + " reported |",
                what,
                100 * (monitorShare + wayShare),
                exits,
                busyMillis,
                100 * wayShare,
                100 * monitorShare);
    }
}
