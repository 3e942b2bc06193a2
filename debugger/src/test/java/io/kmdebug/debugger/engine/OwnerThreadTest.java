package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnerThreadTest {
    private static final int ROUNDS = 50_000;

    @Test
    void aQuestionComesAfterWhatTheSameThreadPostedBefore() {
        OwnerThread owner = new OwnerThread("owner");
        List<Integer> order = new ArrayList<>();
        try {
            for (int i = 0; i < ROUNDS; i++) {
                int round = i;
                owner.post(() -> order.add(2 * round));
                assertThat(owner.call(() -> order.add(2 * round + 1))).isTrue();
                assertThat(order).containsExactly(2 * round, 2 * round + 1);
                order.clear();
            }
        } finally {
            owner.shutdown();
        }
    }

    @Test
    void oneQuestionAtATime() throws InterruptedException {
        OwnerThread owner = new OwnerThread("owner");
        int[] asked = new int[1];
        Runnable asking = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                owner.run(() -> {
                    owner.check();
                    asked[0]++;
                });
            }
        };
        Thread other = new Thread(asking);
        other.start();
        asking.run();
        other.join();
        assertThat(asked[0]).isEqualTo(2 * ROUNDS);
        owner.shutdown();
    }
}
