package io.kmdebug.monitor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The map of regions against an array with an entry a page. */
class RegionMapTest {
    private static final long PAGE = 4096;
    private static final long LOW = 0x10000;
    private static final int PAGES = 3000;

    private final RegionMap map = new RegionMap();
    /** Protection of each page, -1 for none. */
    private final int[] pages = new int[PAGES];

    private static Region region(long start, long end, int protection) {
        return new Region(start, end, protection, false, null, 0, "", 0);
    }

    private static long address(int page) {
        return LOW + page * PAGE;
    }

    @Test
    void holdsWhatAnArrayOfPagesHolds() {
        Arrays.fill(pages, -1);
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            int first = random.nextInt(PAGES);
            int last = Math.min(PAGES, first + 1 + random.nextInt(random.nextInt(50) == 0 ? 400 : 5));
            map.remove(address(first), address(last));
            int protection = random.nextInt(4) - 1;
            if (protection >= 0) map.add(region(address(first), address(last), protection));
            Arrays.fill(pages, first, last, protection);
            if (round % 500 == 0) compare(random);
        }
        compare(random);
        map.remove(0, address(PAGES));
        assertThat(map.count()).isZero();
        assertThat(map.bytes()).isZero();
        assertThat(map.dataBytes()).isZero();
        assertThat(map.highestFree(PAGE, LOW, address(PAGES))).isEqualTo(address(PAGES - 1));
    }

    private void compare(Random random) {
        int mapped = 0;
        int data = 0;
        int runs = 0;
        for (int i = 0; i < PAGES; i++) {
            Region at = map.at(address(i) + 5);
            assertThat(at == null ? -1 : at.protection()).as("page %d", i).isEqualTo(pages[i]);
            if (pages[i] >= 0) mapped++;
            if (pages[i] >= 2) data++;
            if (pages[i] >= 0 && (i == 0 || pages[i - 1] != pages[i])) runs++;
        }
        assertThat(map.bytes()).isEqualTo(mapped * PAGE);
        assertThat(map.dataBytes()).isEqualTo(data * PAGE);
        assertThat(map.count()).isEqualTo(runs).isEqualTo(map.all().size());
        assertThat(map.all()).isSortedAccordingTo((a, b) -> Long.compare(a.start(), b.start()));
        for (int i = 0; i < 20; i++) {
            int length = 1 + random.nextInt(12);
            int top = 1 + random.nextInt(PAGES);
            assertThat(map.highestFree(length * PAGE, LOW, address(top)))
                    .as("%d pages below %d", length, top)
                    .isEqualTo(highestFree(length, top));
            int from = random.nextInt(PAGES - length);
            boolean free = highestFree(length, from + length) == address(from);
            assertThat(map.isFree(address(from), address(from + length))).isEqualTo(free);
            assertThat(map.bytes(address(from), address(from + length)))
                    .isEqualTo(PAGE
                            * Arrays.stream(pages, from, from + length)
                                    .filter(p -> p >= 0)
                                    .count());
        }
    }

    private long highestFree(int length, int top) {
        int free = 0;
        for (int i = top - 1; i >= 0; i--) {
            free = pages[i] < 0 ? free + 1 : 0;
            if (free == length) return address(i);
        }
        return -1;
    }

    @Test
    void keepsItsPaceWithSixtyThousandRegions() {
        int count = 60_000;
        Assertions.assertTimeout(Duration.ofSeconds(60), () -> {
            long top = LOW + 3L * count * PAGE;
            for (int i = 0; i < count; i++) {
                long at = map.highestFree(PAGE, LOW, top);
                map.add(region(at, at + PAGE, 1 + (i & 1)));
            }
            assertThat(map.count()).isEqualTo(count);
            for (int i = 0; i < count; i += 2) map.remove(top - (i + 1) * PAGE, top - i * PAGE);
            assertThat(map.count()).isEqualTo(count / 2);
            for (int i = 0; i < count; i++) {
                assertThat(map.highestFree(2 * PAGE, LOW, top)).isEqualTo(top - (count + 2L) * PAGE);
            }
        });
    }

    @Test
    void keepsRoomBelowWhatGrowsDown() {
        Region stack = new Region(LOW + 1000 * PAGE, LOW + 1010 * PAGE, 3, false, null, 0, "", Region.GROWS_DOWN);
        map.add(stack);
        assertThat(map.highestFree(PAGE, LOW, stack.end())).isEqualTo(stack.start() - Region.GUARD_GAP - PAGE);
        assertThat(map.isRoom(stack.start() - 2 * PAGE, stack.start() - PAGE)).isFalse();
        assertThat(map.isFree(stack.start() - 2 * PAGE, stack.start() - PAGE)).isTrue();
    }
}
