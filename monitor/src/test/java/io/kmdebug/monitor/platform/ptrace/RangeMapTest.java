package io.kmdebug.monitor.platform.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeMapTest {
    private static final int SIZE = 64;

    @Test
    void neighboursWithEqualValuesAreOneRange() {
        RangeMap<String> map = new RangeMap<>();
        map.put(0, 10, "a");
        map.put(20, 30, "a");
        map.put(10, 20, "a");
        assertThat(map.parts(0, 100)).containsExactly(new RangeMap.Range<>(0, 30, "a"));
        map.put(5, 25, "b");
        assertThat(map.parts(3, 27))
                .isEqualTo(List.of(
                        new RangeMap.Range<>(3, 5, "a"),
                        new RangeMap.Range<>(5, 25, "b"),
                        new RangeMap.Range<>(25, 27, "a")));
    }

    @Test
    void holdsWhatAnArrayWouldHold() {
        Random random = new Random(7);
        RangeMap<Integer> map = new RangeMap<>();
        Integer[] array = new Integer[SIZE];
        for (int round = 0; round < 20_000; round++) {
            int start = random.nextInt(SIZE);
            int end = start + 1 + random.nextInt(SIZE - start);
            Integer value = random.nextInt(4) == 0 ? null : random.nextInt(3);
            if (value == null) map.remove(start, end);
            else map.put(start, end, value);
            java.util.Arrays.fill(array, start, end, value);
            int from = random.nextInt(SIZE);
            int to = from + 1 + random.nextInt(SIZE - from);
            Integer[] seen = new Integer[SIZE];
            long before = from;
            for (RangeMap.Range<Integer> part : map.parts(from, to)) {
                assertThat(part.start()).isGreaterThanOrEqualTo(before).isLessThan(part.end());
                before = part.end();
                java.util.Arrays.fill(seen, (int) part.start(), (int) part.end(), part.value());
            }
            boolean free = true;
            for (int i = from; i < to; i++) {
                assertThat(seen[i]).isEqualTo(array[i]);
                assertThat(map.at(i)).isEqualTo(array[i]);
                free &= array[i] == null;
            }
            assertThat(map.isFree(from, to)).isEqualTo(free);
        }
    }
}
