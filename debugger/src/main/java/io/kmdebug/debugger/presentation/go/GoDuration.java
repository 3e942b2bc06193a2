package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import java.math.BigDecimal;

/** {@code time.Duration}: the number of nanoseconds, and what its String would say. */
record GoDuration(Part duration) implements Presentation {
    private static final long SECOND = 1_000_000_000L;

    @Override
    public void summarize(Summary out) {
        out.value(duration.value().as(duration.type()));
        out.text(" (" + text(duration.number()) + ")");
    }

    /** As {@code time.Duration.String}. */
    static String text(long nanos) {
        if (nanos == 0) return "0s";
        if (nanos == Long.MIN_VALUE) return "-2562047h47m16.854775808s";
        String sign = nanos < 0 ? "-" : "";
        long size = Math.abs(nanos);
        if (size < 1000) return sign + size + "ns";
        if (size < 1_000_000) return sign + decimal(size, 3) + "µs";
        if (size < SECOND) return sign + decimal(size, 6) + "ms";
        long minutes = size / (60 * SECOND);
        String seconds = decimal(size % (60 * SECOND), 9) + "s";
        if (minutes == 0) return sign + seconds;
        if (minutes < 60) return sign + minutes + "m" + seconds;
        return sign + minutes / 60 + "h" + minutes % 60 + "m" + seconds;
    }

    private static String decimal(long number, int scale) {
        BigDecimal value = BigDecimal.valueOf(number, scale).stripTrailingZeros();
        return value.signum() == 0 ? "0" : value.toPlainString();
    }
}
