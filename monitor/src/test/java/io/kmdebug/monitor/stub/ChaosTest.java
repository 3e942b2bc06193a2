package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.rsp.RspClient;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubAddress;
import io.kmdebug.rsp.StubTarget.StopReason;
import io.kmdebug.rsp.ThreadAction;
import io.kmdebug.rsp.TokenRelay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that are killed, networks that are cut, payloads that are killed, disks that are full, at random moments of a
 * session: nothing hangs, and nothing stays behind. {@code -Dkmdebug.chaos.moments=1000} and {@code -Dkmdebug.chaos.seed=N}
 * make it longer and another one; what fails says its seed.
 */
class ChaosTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MOMENTS = Integer.getInteger("kmdebug.chaos.moments", 6);
    private static final long SEED = Long.getLong("kmdebug.chaos.seed", 1);
    private static final int MOST_OF_ONE_KM = 10;
    private static final int SPINNERS = 4;

    @TempDir
    private static Path folder;

    private static Path program;
    private static long counter;

    private final Random random = new Random(SEED);

    @BeforeAll
    static void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc");
        counter = DebuggedKm.address(program, "counter");
    }

    @Test
    void nothingHangsAndNothingStaysBehind() throws Exception {
        List<String> before = List.of();
        int done = 0;
        while (done < MOMENTS) {
            int count = Math.min(1 + random.nextInt(MOST_OF_ONE_KM), MOMENTS - done);
            String what = "seed " + SEED + ", moments " + done + " to " + (done + count);
            try {
                life(count, Last.values()[random.nextInt(Last.values().length)]);
                List<String> now = open(ProcessHandle.current().pid());
                if (before.isEmpty()) before = now;
                List<String> first = before;
                await(
                        () -> "there was open " + first + ", and now "
                                + open(ProcessHandle.current().pid()),
                        () -> open(ProcessHandle.current().pid()).size() <= first.size());
            } catch (AssertionError | Exception e) {
                throw new AssertionError(what + ": " + e, e);
            }
            done += count;
        }
    }

    /** How one monitor ends. */
    private enum Last {
        KILLED,
        KILLED_WHILE_A_CORE_IS_WRITTEN,
        CRASHED_WITH_A_FULL_DISK,
        TERMINATED
    }

    /** One monitor; the last moment is its end, the others are those of its clients. */
    private void life(int moments, Last last) throws Exception {
        Path home = Files.createTempDirectory(folder, "home");
        Path disk = Files.createDirectory(home.resolve("disk"));
        List<String> onSmallDisk =
                List.of("unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=8k none disk && exec \"$@\"", "sh");
        List<String> options = List.of("-g0", "--coredump=" + disk.resolve("kmcore"));
        try (DebuggedKm km = DebuggedKm.startUnder(onSmallDisk, home, options, program, "spin")) {
            ProcessHandle monitor = km.process();
            toTheSpinning(km);
            comeBack(km, disk, true);
            List<String> before = open(monitor.pid());
            for (int i = 1; i < moments; i++) {
                loseAClient(km);
                comeBack(km, disk, random.nextInt(3) == 0);
            }
            await(
                    () -> "the monitor had " + before + " open, and now has " + open(monitor.pid()),
                    () -> open(monitor.pid()).size() <= before.size());
            List<ProcessHandle> family = family(monitor);
            end(km, last, home);
            assertThat(monitor.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS).isAlive())
                    .isFalse();
            for (ProcessHandle one : family)
                await(() -> "process " + one.pid() + " does not end", () -> !one.isAlive());
            await(() -> "a process is left in " + home, () -> !isHome(home));
        }
        for (Path left : list(home)) {
            // who is killed cannot take away what is not complete
            assertThat(left.getFileName().toString()).as("what is left").matches("disk|km\\.log|core(\\.\\d+\\.part)?");
            if (left.endsWith("core")) assertComplete(left);
        }
    }

    private static List<ProcessHandle> family(ProcessHandle monitor) {
        List<ProcessHandle> all = new ArrayList<>(monitor.descendants().toList());
        all.add(monitor);
        return all;
    }

    /** All threads are there, and run. */
    private static void toTheSpinning(DebuggedKm km) {
        try (RspClient client = connect(km.port())) {
            for (int left = 10_000; client.threads().size() <= SPINNERS; left--) {
                assertThat(left).isPositive();
                client.resume();
                client.interrupt();
                stop(client);
            }
            client.detach();
        }
    }

    private static RspClient connect(int port) {
        return RspClient.connect("127.0.0.1", port, LIMIT);
    }

    private static StopEvent stop(RspClient client) {
        return client.waitForStop(LIMIT).orElseThrow(() -> new AssertionError("did not stop"));
    }

    /** In the middle of whatever it does. */
    private void loseAClient(DebuggedKm km) throws Exception {
        StubAddress stub = new StubAddress.Port("127.0.0.1", km.port(), null);
        Random actions = new Random(random.nextLong());
        int millis = random.nextInt(60);
        boolean cut = random.nextBoolean();
        try (TokenRelay network = TokenRelay.open(0, stub, complaint -> {});
                RspClient client = again(() -> connect(network.port()))) {
            CompletableFuture<Void> work = CompletableFuture.runAsync(() -> work(client, actions));
            Thread.sleep(millis);
            if (cut) network.close();
            else client.close();
            awaitLoss(work);
        }
    }

    private static void awaitLoss(CompletableFuture<Void> work) throws Exception {
        try {
            work.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(RspException.class);
        }
    }

    /** Until the connection is lost. */
    private static void work(RspClient client, Random actions) {
        while (true) {
            List<Integer> tids =
                    client.threads().stream().map(thread -> thread.tid()).toList();
            int tid = tids.get(actions.nextInt(tids.size()));
            long pc = client.registers(tid).pc();
            switch (actions.nextInt(5)) {
                case 0 -> client.insertBreakpoint(pc);
                case 1 -> client.removeBreakpoints();
                case 2 -> client.read(pc & -4096L, new byte[4096], 0, 4096);
                case 3 -> {
                    client.resume(List.of(ThreadAction.step(tid), ThreadAction.continueOthers()));
                    client.interrupt();
                    stop(client);
                }
                default -> {
                    client.resume();
                    client.interrupt();
                    stop(client);
                }
            }
        }
    }

    /** The payload goes on without breakpoints, and a core that finds no room leaves nothing. */
    private static void comeBack(DebuggedKm km, Path disk, boolean fills) throws Exception {
        try (RspClient client = again(() -> connect(km.port()))) {
            assertThat(client.threads()).hasSize(SPINNERS + 1);
            long begin = count(client);
            for (int left = 10_000; count(client) == begin; left--) {
                assertThat(left).isPositive();
                client.resume();
                client.interrupt();
                assertThat(stop(client).reason()).isEqualTo(new StopReason.Interrupted());
            }
            if (fills) {
                assertThat(client.monitorCommand("core " + disk.resolve("here")))
                        .contains("No space left on device");
                Path inside = Path.of("/proc/" + km.process().pid() + "/root")
                        .resolve(Path.of("/").relativize(disk));
                assertThat(list(inside)).isEmpty();
            }
            client.detach();
        }
    }

    private static long count(RspClient client) {
        byte[] bytes = new byte[8];
        assertThat(client.read(counter, bytes, 0, 8)).isEqualTo(8);
        return java.nio.ByteBuffer.wrap(bytes)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    private void end(DebuggedKm km, Last last, Path home) throws Exception {
        int millis = random.nextInt(100);
        switch (last) {
            case KILLED -> {
                try (RspClient client = again(() -> connect(km.port()))) {
                    Random actions = new Random(random.nextLong());
                    CompletableFuture<Void> work = CompletableFuture.runAsync(() -> work(client, actions));
                    Thread.sleep(millis);
                    km.process().destroyForcibly();
                    awaitLoss(work);
                }
            }
            case KILLED_WHILE_A_CORE_IS_WRITTEN -> {
                try (RspClient client = again(() -> connect(km.port()))) {
                    CompletableFuture<Void> work =
                            CompletableFuture.runAsync(() -> client.monitorCommand("core " + home.resolve("core")));
                    Thread.sleep(millis);
                    km.process().destroyForcibly();
                    awaitLoss(work);
                }
            }
            case CRASHED_WITH_A_FULL_DISK -> {
                try (RspClient client = again(() -> connect(km.port()))) {
                    int tid = client.threads().get(0).tid();
                    client.resume(List.of(ThreadAction.continueThread(tid, 11), ThreadAction.continueOthers()));
                    assertThat(stop(client).reason()).isEqualTo(new StopReason.Killed(11));
                }
                assertThat(km.exitStatus()).isEqualTo(128 + 11);
                assertThat(Files.readString(home.resolve("km.log"))).contains("No space left on device");
            }
            case TERMINATED -> {
                km.terminate();
                assertThat(km.exitStatus()).isEqualTo(128 + 15);
            }
        }
    }

    /** The monitor may still be busy with a client that is lost. */
    private static RspClient again(Callable<RspClient> connect) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return connect.call();
            } catch (RspException busy) {
                boolean waits = String.valueOf(busy.getMessage()).contains("another debugger is connected");
                if (!waits || System.nanoTime() - deadline > 0) throw busy;
            }
        }
    }

    private static void assertComplete(Path core) throws IOException {
        long size = Files.size(core);
        ElfFile file =
                ElfFile.of(core, Bytes.of("core", Files.readAllBytes(core))); // a file would stay open for a while
        for (ElfSegment segment : file.segments()) {
            assertThat(segment.offset() + segment.fileSize()).isLessThanOrEqualTo(size);
        }
    }

    private static void await(Supplier<String> what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) throw new AssertionError(what.get());
            Thread.sleep(5);
        }
    }

    /** What a process has open, less what it opens once when it comes to that: jars, and files about itself. */
    private static List<String> open(long pid) {
        List<String> names = new ArrayList<>();
        for (Path one : list(Path.of("/proc/" + pid + "/fd"))) {
            try {
                String name = Files.readSymbolicLink(one).toString();
                if (!name.contains(".jar") && !name.startsWith("/proc/")) names.add(one.getFileName() + " " + name);
            } catch (IOException closed) {
                // between the list and this
            }
        }
        return names;
    }

    private static List<Path> list(Path path) {
        try (Stream<Path> all = Files.list(path)) {
            return all.toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Whether a process works in that folder. */
    private static boolean isHome(Path home) {
        return ProcessHandle.allProcesses().anyMatch(one -> {
            try {
                return Files.readSymbolicLink(Path.of("/proc/" + one.pid() + "/cwd"))
                        .startsWith(home);
            } catch (IOException gone) {
                return false;
            }
        });
    }
}
