package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A debug stub of somebody else's with a program held at its first instruction. */
final class ForeignStub implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();
    private final List<AutoCloseable> relays = new ArrayList<>();
    private final Path said;
    final int port;

    private interface Starter {
        int start(ForeignStub stub) throws IOException, InterruptedException;
    }

    private ForeignStub(Path folder, Starter starter) throws IOException, InterruptedException {
        said = Files.createTempFile(folder, "stub", ".txt");
        boolean started = false;
        try {
            port = starter.start(this);
            started = true;
        } finally {
            if (!started) close();
        }
    }

    /** {@code lldb-server gdbserver}, which writes its port to a pipe. */
    static ForeignStub lldb(Path folder, Path program) throws IOException, InterruptedException {
        return new ForeignStub(folder, stub -> {
            Path pipe = Files.createTempDirectory(folder, "lldb").resolve("port");
            assertThat(Tools.run(folder, "mkfifo", pipe.toString())).isEmpty();
            stub.run(
                    "lldb-server-19",
                    "gdbserver",
                    "--named-pipe",
                    pipe.toString(),
                    "127.0.0.1:0",
                    "--",
                    program.toString());
            try (BufferedReader reader = Files.newBufferedReader(pipe)) {
                return Integer.parseInt(reader.readLine().replace("\0", ""));
            }
        });
    }

    /** QEMU's stub for one user program. */
    static ForeignStub qemuUser(Path folder, Path program) throws IOException, InterruptedException {
        return new ForeignStub(folder, stub -> {
            Path socket = Files.createTempDirectory("qemu").resolve("stub");
            stub.run("qemu-x86_64", "-g", socket.toString(), program.toString());
            return stub.relay(stub.connect(socket));
        });
    }

    /** QEMU's stub for a whole machine, with {@code kernel} loaded and not begun. */
    static ForeignStub qemuSystem(Path folder, Path kernel) throws IOException, InterruptedException {
        return new ForeignStub(folder, stub -> {
            Path socket = Files.createTempDirectory("qemu").resolve("stub");
            stub.run(
                    "qemu-system-x86_64",
                    "-S",
                    "-display",
                    "none",
                    "-nodefaults",
                    "-no-reboot",
                    "-m",
                    "32",
                    "-accel",
                    "tcg",
                    "-device",
                    "isa-debug-exit,iobase=0xf4,iosize=4",
                    "-gdb",
                    "unix:" + socket + ",server=on,wait=off",
                    "-kernel",
                    kernel.toString());
            return stub.relay(stub.connect(socket));
        });
    }

    /** valgrind's own stub, through vgdb. */
    static ForeignStub valgrind(Path folder, Path program) throws IOException, InterruptedException {
        return new ForeignStub(folder, stub -> {
            String prefix =
                    "--vgdb-prefix=" + Files.createTempDirectory(folder, "vgdb").resolve("pipe");
            Process valgrind = stub.run(
                    "valgrind", "-q", "--tool=none", "--vgdb=yes", "--vgdb-error=0", prefix, program.toString());
            Process vgdb = stub.start(new ProcessBuilder("vgdb", prefix, "--wait=30", "--pid=" + valgrind.pid())
                    .redirectError(ProcessBuilder.Redirect.appendTo(stub.said.toFile())));
            return stub.relay(new StubRelay.Streams() {
                @Override
                public int read(byte[] chunk) throws IOException {
                    return vgdb.getInputStream().read(chunk);
                }

                @Override
                public void write(byte[] chunk, int count) throws IOException {
                    vgdb.getOutputStream().write(chunk, 0, count);
                    vgdb.getOutputStream().flush();
                }

                @Override
                public void close() throws IOException {
                    vgdb.getOutputStream().close();
                }
            });
        });
    }

    private Process run(String... command) throws IOException {
        return start(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()))
                .redirectInput(Path.of("/dev/null").toFile()));
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private StubRelay.Streams connect(Path socket) throws IOException, InterruptedException {
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return new StubRelay.Streams() {
                    @Override
                    public int read(byte[] chunk) throws IOException {
                        return channel.read(ByteBuffer.wrap(chunk));
                    }

                    @Override
                    public void write(byte[] chunk, int count) throws IOException {
                        ByteBuffer left = ByteBuffer.wrap(chunk, 0, count);
                        while (left.hasRemaining()) channel.write(left);
                    }

                    @Override
                    public void close() throws IOException {
                        channel.close();
                    }
                };
            } catch (IOException e) {
                // It does not listen yet.
                channel.close();
                assertThat(processes.get(0).waitFor(20, TimeUnit.MILLISECONDS))
                        .as("the stub has ended: %s", Files.readString(said))
                        .isFalse();
            }
        }
    }

    private int relay(StubRelay.Streams streams) throws IOException {
        StubRelay relay = StubRelay.to(streams);
        relays.add(relay);
        return relay.port();
    }

    /** What the stub and its program have written. */
    String said() throws IOException {
        return Files.readString(said);
    }

    /** Whether the stub's process ends by itself, and its status. */
    int awaitEnd() throws InterruptedException {
        Process process = processes.get(0);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Kills the stub first, so that it does not report the program's end. */
    @Override
    public void close() {
        for (Process process : processes) {
            List<ProcessHandle> programs = process.descendants().toList();
            process.destroyForcibly();
            programs.forEach(ProcessHandle::destroyForcibly);
        }
        for (AutoCloseable relay : relays) {
            try {
                relay.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
