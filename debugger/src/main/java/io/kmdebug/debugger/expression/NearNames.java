package io.kmdebug.debugger.expression;

import java.util.Collection;
import java.util.Optional;

/** The name that was probably meant. */
final class NearNames {
    /** Longer names are not compared: the comparison takes the product of the lengths. */
    private static final int MAX_LENGTH = 80;

    private NearNames() {}

    /** {@code ; did you mean "length"?}, or nothing. */
    static String hint(String name, Collection<String> known) {
        return closest(name, known)
                .map(near -> "; did you mean \"" + near + "\"?")
                .orElse("");
    }

    private static Optional<String> closest(String name, Collection<String> known) {
        String best = null;
        int least = name.length() < 3 ? 1 : 1 + name.length() / 4;
        if (name.length() > MAX_LENGTH) return Optional.empty();
        for (String candidate : known) {
            if (candidate.length() > MAX_LENGTH || Math.abs(candidate.length() - name.length()) > least) continue;
            if (candidate.equalsIgnoreCase(name)) return Optional.of(candidate);
            if (name.length() < 2) continue;
            int distance = distance(name, candidate);
            if (distance < least || (distance == least && best == null)) {
                best = candidate;
                least = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Letters changed, added, left out, or swapped with their neighbour. */
    private static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) last[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
            }
            before = last;
            last = row;
        }
        return last[b.length()];
    }
}
