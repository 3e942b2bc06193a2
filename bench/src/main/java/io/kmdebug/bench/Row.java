package io.kmdebug.bench;

import java.util.Locale;

/**
 * One line of the table.
 *
 * @param ours and peer: medians in {@code unit}
 * @param ratio the median of the pairwise ratios ours / peer
 * @param bound what the ratio must not exceed
 */
record Row(String what, String unit, double ours, double peer, double ratio, double bound) {
    /** No bound: the ratio is reported as it is. */
    static final double REPORTED = Double.POSITIVE_INFINITY;

    String markdown() {
        return String.format(
                Locale.ROOT,
                "| %s | %.2f %s | %.2f %s | %.2f | %s | %s |",
                what,
                ours,
                unit,
                peer,
                unit,
                ratio,
                bound == REPORTED ? "" : String.format(Locale.ROOT, "<= %.2f", bound),
                bound == REPORTED ? "reported" : ratio <= bound ? "yes" : "no");
    }
}
