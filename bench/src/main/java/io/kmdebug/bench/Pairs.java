package io.kmdebug.bench;

import java.util.ArrayList;
import java.util.List;

/** Measures two things in turn, A B A B, so that a drift of the machine's speed meets both alike. */
final class Pairs {
    /** Something that takes time and says how much. */
    interface Measured {
        /** One run, in the unit of the row. */
        double once() throws Exception;
    }

    private Pairs() {}

    /** One uncounted pair, then {@code runs} counted ones. */
    static Row measure(String what, String unit, double bound, int runs, Measured ours, Measured peer)
            throws Exception {
        List<Double> a = new ArrayList<>();
        List<Double> b = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        ours.once();
        peer.once();
        for (int i = 0; i < runs; i++) {
            double x = ours.once();
            double y = peer.once();
            a.add(x);
            b.add(y);
            ratios.add(x / y);
        }
        return new Row(what, unit, median(a), median(b), median(ratios), bound);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
