package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.rsp.RspClient;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubAddress;
import io.kmdebug.rsp.StubTarget.StopReason;
import io.kmdebug.rsp.TokenRelay;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A network that is cut: the payload goes on without its breakpoints, and whoever comes back finds it so. */
@Timeout(180)
class ReconnectTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static Path program;
    private static long counter;

    @BeforeAll
    static void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc");
        counter = DebuggedKm.address(program, "counter");
    }

    @Test
    void cutAtABreakpoint() throws Exception {
        cut(false);
    }

    @Test
    void cutWhileItRuns() throws Exception {
        cut(true);
    }

    private static void cut(boolean running) throws Exception {
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program, "spin")) {
            StubAddress stub = new StubAddress.Port("127.0.0.1", km.port(), null);
            try (TokenRelay network = TokenRelay.open(0, stub, complaint -> {});
                    RspClient client = connect(network.port())) {
                long spinning = spinning(client);
                assertThat(client.insertBreakpoint(spinning)).isTrue();
                client.resume();
                assertThat(stop(client).reason()).isEqualTo(new StopReason.Breakpoint());
                if (running) {
                    client.removeBreakpoints();
                    client.insertBreakpoint(DebuggedKm.address(program, "meet"));
                    client.resume();
                }
                network.close();
            }
            try (RspClient client = connect(km.port())) {
                assertThat(client.threads()).hasSizeGreaterThan(1);
                long before = count(client);
                while (count(client) == before) {
                    client.resume();
                    client.interrupt();
                    assertThat(stop(client).reason()).isEqualTo(new StopReason.Interrupted());
                }
                client.writeMemory(DebuggedKm.address(program, "go_on"), new byte[] {1, 0, 0, 0});
                client.resume();
                assertThat(stop(client).reason()).isEqualTo(new StopReason.Exited(11));
            }
            assertThat(km.exitStatus()).isEqualTo(11);
        }
    }

    /** Where a thread is that comes there again and again. */
    private static long spinning(RspClient client) {
        while (true) {
            client.resume();
            client.interrupt();
            stop(client);
            for (var thread : client.threads()) {
                long at = client.registers(thread.tid()).pc();
                long loop = symbol("spinner");
                if (at > loop + 9 && at < loop + 32) return at;
            }
        }
    }

    private static long symbol(String name) {
        try {
            return DebuggedKm.address(program, name);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The monitor may not have seen the loss yet. */
    private static RspClient connect(int port) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return RspClient.connect("127.0.0.1", port, LIMIT);
            } catch (RspException busy) {
                boolean waits = String.valueOf(busy.getMessage()).contains("another debugger is connected");
                if (!waits || System.nanoTime() - deadline > 0) throw busy;
            }
        }
    }

    private static StopEvent stop(RspClient client) {
        return client.waitForStop(LIMIT).orElseThrow(() -> new AssertionError("did not stop"));
    }

    private static long count(RspClient client) {
        byte[] bytes = new byte[8];
        assertThat(client.read(counter, bytes, 0, 8)).isEqualTo(8);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
