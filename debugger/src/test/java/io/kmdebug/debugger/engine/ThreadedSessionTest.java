package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.StopReason;
import org.junit.jupiter.api.Test;

/** What a session must do with programs of several threads, behind a stub that stops them all when one stops. */
abstract class ThreadedSessionTest extends ProgramSessionTest {
    @Test
    void breakpointsInManyThreadsAreHitByEachOfThem() throws Exception {
        attach("threads", "gcc", "-g", "-O0");
        breakAt("works");
        int[] hits = new int[4];
        for (int i = 0; i < 20; i++) {
            Events.Stopped stop = resume();
            assertThat(stop.reason()).isInstanceOf(StopReason.Breakpoint.class);
            hits[Integer.parseInt(value("number", top(stop.thread()).id()))]++;
        }
        assertThat(hits).containsExactly(5, 5, 5, 5);
        session().resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(70);
    }
}
