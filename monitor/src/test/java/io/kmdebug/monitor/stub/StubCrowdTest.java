package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.rsp.RspClient;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many breakpoints, many threads, and one client too many. */
@Timeout(180)
class StubCrowdTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PLACES = 1000;
    private static final int THREADS = 64;

    @TempDir
    private Path folder;

    private static StopEvent run(RspClient client) {
        client.resume();
        return client.waitForStop(LIMIT).orElseThrow(() -> new AssertionError("did not stop"));
    }

    @Test
    void aThousandBreakpointsStopOneAfterTheOther() throws Exception {
        Path program = DebuggedKm.compile(folder, "gcc", "many");
        long first = DebuggedKm.address(program, "places");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program);
                RspClient client = RspClient.connect("127.0.0.1", km.port(), LIMIT)) {
            byte[] code = client.read(first, PLACES);
            for (int i = 0; i < PLACES; i++)
                assertThat(client.insertBreakpoint(first + i)).isTrue();
            assertThat(client.read(first, PLACES)).isEqualTo(code);
            for (int i = 0; i < PLACES; i++) {
                StopEvent event = run(client);
                assertThat(event.reason()).isEqualTo(new StopReason.Breakpoint());
                assertThat(event.registers().pc()).isEqualTo(first + i);
            }
            assertThat(run(client).reason()).isEqualTo(new StopReason.Exited(6));
        }
    }

    @Test
    void sixtyFourThreadsMeetOneAtOnce() throws Exception {
        Path program = DebuggedKm.compile(folder, "gcc");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program, "threads", "64");
                RspClient client = RspClient.connect("127.0.0.1", km.port(), LIMIT)) {
            client.insertBreakpoint(DebuggedKm.address(program, "touch"));
            Map<Integer, Integer> hits = new HashMap<>();
            StopEvent event = run(client);
            while (!event.isExit()) {
                assertThat(event.reason()).isEqualTo(new StopReason.Breakpoint());
                hits.merge(event.tid(), 1, Integer::sum);
                if (hits.equals(Map.of(event.tid(), 1))) {
                    assertThatThrownBy(() -> RspClient.connect("127.0.0.1", km.port(), LIMIT)
                                    .close())
                            .isInstanceOf(RspException.class)
                            .hasMessageContaining("another debugger is connected");
                }
                event = run(client);
            }
            assertThat(event.reason()).isEqualTo(new StopReason.Exited(7));
            assertThat(hits).hasSize(THREADS);
            assertThat(hits.values()).containsOnly(3);
        }
    }
}
