package io.kmdebug.bench;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.rsp.RemoteThread;
import io.kmdebug.rsp.RspClient;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.ThreadAction;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stops through the GDB remote protocol: km's stub, and gdbserver with a native process; the same client with both. */
final class StubRows {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int HITS = 300;
    private static final int STOPS = 15;
    private static final int THREADS = 201;
    private static final long RUN_MILLIS = 10;

    private final String km;
    private final Path payload;
    private final int runs;
    private final PrintStream out;

    StubRows(Path distribution, Path payloads, int runs, PrintStream out) {
        this.km = distribution.resolve("bin/km").toString();
        this.payload = payloads.resolve("stops");
        this.runs = runs;
        this.out = out;
    }

    void print() throws Exception {
        out.println(Pairs.measure(
                        "breakpoint hit, told to the client and run on / gdbserver, native",
                        "us",
                        1.5,
                        runs,
                        () -> hit(true),
                        () -> hit(false))
                .markdown());
        out.println(Pairs.measure(
                        "stop of 201 threads, until all registers are known / gdbserver, native",
                        "ms",
                        0.5,
                        runs,
                        () -> stop(true),
                        () -> stop(false))
                .markdown());
    }

    /** Microseconds from one hit of a breakpoint to the next, of a payload that does nothing else. */
    private double hit(boolean ours) throws Exception {
        try (Stub stub = Stub.start(ours ? km : null, payload.toString(), "hit")) {
            RspClient client = stub.client;
            long function = function("hit");
            client.insertBreakpoint(function);
            client.resume();
            StopEvent at = await(client);
            List<Double> times = new ArrayList<>();
            for (int i = 0; i < HITS; i++) {
                long begin = System.nanoTime();
                if (!client.stepsOverBreakpoints()) {
                    client.removeBreakpoint(function);
                    client.resume(List.of(ThreadAction.step(at.tid())));
                    await(client);
                    client.insertBreakpoint(function);
                }
                client.resume();
                at = await(client);
                times.add((System.nanoTime() - begin) / 1e3);
            }
            return Pairs.median(times);
        }
    }

    /** Milliseconds from the interrupt until the registers of all threads are here. */
    private double stop(boolean ours) throws Exception {
        try (Stub stub = Stub.start(ours ? km : null, payload.toString(), "threads")) {
            RspClient client = stub.client;
            long ready = function("all_there");
            client.insertBreakpoint(ready);
            client.resume();
            await(client);
            client.removeBreakpoint(ready);
            List<Double> times = new ArrayList<>();
            for (int i = 0; i < STOPS; i++) {
                client.resume();
                Thread.sleep(RUN_MILLIS);
                long begin = System.nanoTime();
                client.interrupt();
                await(client);
                List<RemoteThread> threads = client.threads();
                int known = ours ? all(client, threads) : each(client, threads);
                times.add((System.nanoTime() - begin) / 1e6);
                if (known != THREADS) throw new IOException("registers of " + known + " threads, not " + THREADS);
            }
            return Pairs.median(times);
        }
    }

    private static int all(RspClient client, List<RemoteThread> threads) {
        return client.registers(threads.stream().map(RemoteThread::tid).toList())
                .size();
    }

    /** As gdb asks. */
    private static int each(RspClient client, List<RemoteThread> threads) {
        for (RemoteThread thread : threads) client.registers(thread.tid());
        return threads.size();
    }

    private static StopEvent await(RspClient client) throws IOException {
        return client.waitForStop(LIMIT).orElseThrow(() -> new IOException("no stop within " + LIMIT));
    }

    private long function(String name) throws IOException {
        for (ElfSymbol symbol : ElfFile.open(payload).symbols())
            if (symbol.name().equals(name)) return symbol.value();
        throw new IOException(payload + " has no function " + name);
    }

    /** A stub with a payload at its entry, and its client. */
    private static final class Stub implements AutoCloseable {
        private final Process process;
        private final RspClient client;

        private Stub(Process process, RspClient client) {
            this.process = process;
            this.client = client;
        }

        static Stub start(@Nullable String km, String... payload) throws Exception {
            int port = Server.freePort();
            List<String> command =
                    new ArrayList<>(km == null ? List.of("gdbserver", "127.0.0.1:" + port) : List.of(km, "-g" + port));
            command.addAll(List.of(payload));
            Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            long end = System.nanoTime() + LIMIT.toNanos();
            while (true) {
                try {
                    return new Stub(process, RspClient.connect("127.0.0.1", port, LIMIT));
                } catch (RspException notYet) {
                    if (System.nanoTime() < end && !process.waitFor(20, TimeUnit.MILLISECONDS)) continue;
                    process.destroyForcibly();
                    throw new IOException("no stub: " + command, notYet);
                }
            }
        }

        @Override
        public void close() throws Exception {
            client.kill();
            client.close();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) process.destroyForcibly();
        }
    }
}
