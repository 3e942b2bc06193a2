package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** {@code time.Time} in universal time, with the name of the location that the program would show it for. */
record GoTime(Part time) implements Presentation {
    private static final long HAS_MONOTONIC = 1L << 63;
    private static final long NANOSECONDS = (1L << 30) - 1;
    /** Seconds from year 1 to 1885, where the seconds of a time with a monotonic clock count from; and to 1970. */
    private static final long TO_1885 = (1884L * 365 + 1884 / 4 - 1884 / 100 + 1884 / 400) * 86_400;

    private static final long TO_1970 = (1969L * 365 + 1969 / 4 - 1969 / 100 + 1969 / 400) * 86_400;

    @Override
    public void summarize(Summary out) {
        long wall = time.at("wall").number();
        long seconds = (wall & HAS_MONOTONIC) != 0
                ? TO_1885 + (wall << 1 >>> 31)
                : time.at("ext").number();
        out.text(text(seconds - TO_1970, (int) (wall & NANOSECONDS)));
        if (time.at("loc").address() == 0) return;
        Part name = time.at("loc").pointed().at("name");
        if (name.at("len").number() == 0) return;
        out.text(" in ").value(name.value());
    }

    private static String text(long unixSeconds, int nanos) {
        try {
            return LocalDateTime.ofEpochSecond(unixSeconds, nanos, ZoneOffset.UTC) + "Z";
        } catch (DateTimeException e) {
            return unixSeconds + " s after 1970";
        }
    }

    @Override
    public Children children() {
        return Children.NONE;
    }
}
