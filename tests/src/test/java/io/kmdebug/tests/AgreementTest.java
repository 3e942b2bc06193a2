package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.bench.DapClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gdb and kmdebug agree on stack, arguments and locals of every thread of programs that crash: cores and live. */
final class AgreementTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "crash_null,GLIBC,-O0,139",
        "crash_null,MUSL,-O0,139",
        "crash_abort,GLIBC,-O0,134",
        "crash_divide,GLIBC,-O2,136",
        "crash_overflow,GLIBC,-O0,139",
        "crash_handler,MUSL,-O0,139",
        "crash_handler,GLIBC,-O0,139"
    })
    void onACore(String name, Shipped.C libc, String optimisation, int status) throws Exception {
        Path program = Shipped.compile(folder, name, libc, optimisation);
        Path core = folder.resolve("kmcore");
        Shipped.Result crash = Shipped.run(folder, List.of(Shipped.km(), "--coredump=" + core, program.toString()));
        assertThat(crash.status())
                .as("exit status, as a shell sees it; %s", crash)
                .isEqualTo(status);
        assertThat(core).isRegularFile();

        Stacks gdb = Stacks.fromGdb(folder, List.of(program.toString(), core.toString()));
        try (DapClient client = adapter()) {
            client.request("initialize", Map.of("adapterID", "kmdebug"));
            int attach = client.send("attach", Map.of("coreFile", core.toString(), "program", program.toString()));
            client.event("initialized");
            client.request("configurationDone", Map.of());
            client.answer(attach);
            client.event("stopped");
            compare(Stacks.fromDap(client), gdb);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "crash_null,GLIBC,-O0",
        "crash_abort,GLIBC,-O0",
        "crash_divide,GLIBC,-O2",
        "crash_overflow,GLIBC,-O0",
        "crash_handler,MUSL,-O0"
    })
    void live(String name, Shipped.C libc, String optimisation) throws Exception {
        Path program = Shipped.compile(folder, name, libc, optimisation);
        Stacks gdb = liveInGdb(program);
        try (DapClient client = adapter()) {
            client.request("initialize", Map.of("adapterID", "kmdebug"));
            int launch = client.send("launch", Map.of("program", program.toString(), "cwd", folder.toString()));
            client.event("initialized");
            client.request("configurationDone", Map.of());
            client.answer(launch);
            assertThat(client.event("stopped")
                            .getAsJsonObject("body")
                            .get("reason")
                            .getAsString())
                    .isEqualTo("exception");
            compare(Stacks.fromDap(client).withoutAddresses(), gdb.withoutAddresses());
        }
    }

    private Stacks liveInGdb(Path program) throws IOException, InterruptedException {
        try (WaitingStub stub = WaitingStub.start(folder, program.toString())) {
            return Stacks.fromGdb(
                    folder,
                    List.of(
                            program.toString(),
                            "-ex",
                            "target remote 127.0.0.1:" + stub.port(),
                            "-ex",
                            "handle SIGUSR1 nostop noprint pass",
                            "-ex",
                            "continue"));
        }
    }

    private DapClient adapter() throws IOException {
        return new DapClient(List.of(Shipped.kmdebug(), "dap"), folder.resolve("adapter.err"), LIMIT);
    }

    /** Every thread of gdb's, every frame with a source line, every argument and local. */
    private static void compare(Stacks ours, Stacks gdb) {
        assertThat(ours.threads().keySet())
                .containsExactlyInAnyOrderElementsOf(gdb.threads().keySet());
        assertThat(gdb.threads().values().stream().mapToInt(List::size).sum())
                .as("gdb sees frames with source lines at all")
                .isPositive();
        gdb.threads().forEach((tid, frames) -> {
            List<Stacks.Frame> mine = ours.threads().get(tid);
            List<Stacks.Frame> known = mine.subList(0, Math.min(mine.size(), frames.size()));
            assertThat(places(known))
                    .as("frames of thread %s, as far as gdb gets", tid)
                    .isEqualTo(places(frames));
            for (int i = 0; i < frames.size(); i++) {
                assertThat(mine.get(i).arguments())
                        .as("arguments of frame %s of thread %s", frames.get(i).function(), tid)
                        .containsExactlyInAnyOrderEntriesOf(frames.get(i).arguments());
                assertThat(mine.get(i).locals())
                        .as("locals of frame %s of thread %s", frames.get(i).function(), tid)
                        .containsExactlyInAnyOrderEntriesOf(frames.get(i).locals());
            }
        });
    }

    private static List<String> places(List<Stacks.Frame> frames) {
        return frames.stream().map(f -> f.function() + ":" + f.line()).toList();
    }
}
