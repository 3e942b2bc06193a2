package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReliefTest {
    private final Semaphore taken = new Semaphore(0);

    @Test
    void workThatIsLongCostsThePost() throws InterruptedException {
        Relief relief = new Relief("relief", taken::release);
        long move = relief.begin();
        taken.acquire();
        assertThat(relief.end(move)).isFalse();
    }

    @Test
    void whoTookOverCanBeRelievedToo() throws InterruptedException {
        Relief relief = new Relief("relief", taken::release);
        for (int i = 0; i < 3; i++) {
            long move = relief.begin();
            taken.acquire();
            assertThat(relief.end(move)).isFalse();
        }
    }

    @Test
    void thePostIsAlwaysHeldByOne() throws InterruptedException {
        AtomicInteger takeovers = new AtomicInteger();
        Relief relief = new Relief("relief", () -> {
            takeovers.incrementAndGet();
            taken.release();
        });
        int lost = 0;
        for (int i = 0; i < 2_000; i++) {
            long move = relief.begin();
            if (i % 500 == 499) taken.acquire();
            if (relief.end(move)) continue;
            lost++;
            if (i % 500 != 499) taken.acquire();
        }
        relief.close();
        assertThat(takeovers).hasValue(lost);
        assertThat(lost).isGreaterThanOrEqualTo(4);
    }
}
