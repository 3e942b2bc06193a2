package io.kmdebug.monitor.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The payload sees itself in /proc, never the monitor, whatever way it takes there. */
class ProcFilesTest {
    @TempDir
    private Path folder;

    private final World world = new World();
    private final ResourceLimits limits = new ResourceLimits(world);
    private final FdTable fds = new FdTable(world, limits);
    private final FakeThread thread = new FakeThread();
    private final SyscallTable table = new SyscallTable(false);

    ProcFilesTest() {
        new StandardCalls(world, fds, limits, thread.process()).register(table);
    }

    @AfterEach
    void tearDown() {
        fds.closeRange(3, 0xffffffffL, false);
        thread.memory.close();
    }

    private long call(int number, long... given) {
        long[] arguments = java.util.Arrays.copyOf(given, 6);
        return table.dispatch(thread, number, arguments);
    }

    private String contentOf(String path) {
        long fd = call(Sys.OPEN, thread.memory.put(FakeMemory.START, path), 0);
        assertThat(fd).as("open " + path).isNotNegative();
        long buffer = FakeMemory.START + 4096;
        long length = call(Sys.READ, fd, buffer, 4096);
        call(Sys.CLOSE, fd);
        return new String(thread.memory.read(buffer, (int) length), StandardCharsets.ISO_8859_1);
    }

    @Test
    void everyWayToTheCommandLineShowsThePayloads() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/proc/self/cmdline"));
        String expected = "one\0two words\0";
        for (String path : new String[] {
            "/proc/self/cmdline",
            "/proc/" + FakeThread.PID + "/cmdline",
            "/proc/thread-self/cmdline",
            "/proc/self/task/" + FakeThread.PID + "/cmdline",
            "/proc//self/./cmdline",
            "/proc/1/../self/cmdline",
            link.toString()
        }) {
            assertThat(contentOf(path)).as(path).isEqualTo(expected);
        }
        Files.delete(link);
    }

    @Test
    void directoryDescriptorLeadsToThePayloadsFilesToo() {
        long dir = call(Sys.OPEN, thread.memory.put(FakeMemory.START, "/proc/self"), 0200000);
        long fd = call(Sys.OPENAT, dir, thread.memory.put(FakeMemory.START, "comm"), 0);
        long length = call(Sys.READ, fd, FakeMemory.START + 4096, 100);
        assertThat(new String(thread.memory.read(FakeMemory.START + 4096, (int) length), StandardCharsets.US_ASCII))
                .isEqualTo("fake\n");
        assertThat(call(Sys.OPENAT, dir, thread.memory.put(FakeMemory.START, "mem"), 0))
                .isEqualTo(-13);
    }

    @Test
    void descriptorsAreNumberedAsThePayloadKnowsThem() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        long fd = call(Sys.OPEN, thread.memory.put(FakeMemory.START, file.toString()), 0);
        assertThat(fd).isEqualTo(3);
        assertThat(contentOf("/proc/self/fd/3")).isEqualTo("text");
        assertThat(contentOf("/dev/fd/3")).isEqualTo("text");
        int monitors = (int) world.own(Sys.OPEN, new Scratch().string("/dev/null"), 02000000);
        long refused = call(Sys.OPEN, thread.memory.put(FakeMemory.START, "/proc/self/fd/" + monitors), 0);
        assertThat(refused).isEqualTo(-2);
        world.own(Sys.CLOSE, monitors);
    }

    @Test
    void normalisationGoesByTheText() {
        assertThat(Paths.normalise("/a/b/../c/./d//e/")).isEqualTo("/a/c/d/e");
        assertThat(Paths.normalise("/..")).isEqualTo("/");
        assertThat(Paths.normalise("/plain")).isEqualTo("/plain");
        assertThatThrownBy(() -> SyscallFailure.check(-2)).hasMessage("errno 2");
    }
}
