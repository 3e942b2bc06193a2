package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.TestProgram.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The management socket, km_cli, and the list of payloads, over real sockets. */
class ControlTest {
    private static final int EINVAL = 22;
    private static final int REQUEST_BYTES = 1548;

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();
    private TestProgram program;

    @BeforeEach
    void compile() throws Exception {
        program = TestProgram.compile(folder, "stays", "gcc -static");
    }

    @AfterEach
    void endAll() throws Exception {
        for (Process process : started) {
            process.destroyForcibly();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** A payload that is up. */
    private Process payload(String... options) throws Exception {
        List<String> command = new ArrayList<>(TestProgram.km());
        command.addAll(List.of(options));
        command.add(program.binary().toString());
        command.add("an argument");
        Process process = builder(command)
                .redirectError(folder.resolve("messages").toFile())
                .start();
        started.add(process);
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.equals("up")) line = output.readLine();
        assertThat(line).as(messages()).isEqualTo("up");
        return process;
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        return builder;
    }

    private String messages() throws IOException {
        return Files.readString(folder.resolve("messages"));
    }

    private int end(Process process) throws Exception {
        process.getOutputStream().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
        return process.exitValue();
    }

    private Result cli(String... words) throws Exception {
        List<String> command = new ArrayList<>(TestProgram.km());
        command.set(command.size() - 1, "io.kmdebug.monitor.control.KmCli");
        command.addAll(List.of(words));
        Path output = Files.createTempFile(folder, "output", ".txt");
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        Process process = builder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private static byte[] request(int opcode, boolean live, String path) {
        ByteBuffer bytes = ByteBuffer.allocate(REQUEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, opcode).putInt(4, REQUEST_BYTES).putInt(520, live ? 1 : 0);
        bytes.position(524).put(path.getBytes(StandardCharsets.ISO_8859_1));
        return bytes.array();
    }

    private static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    /** What is answered; null when nothing is. */
    private static @Nullable Integer ask(Path socket, byte[] request, boolean end) throws IOException {
        try (SocketChannel channel = connect(socket)) {
            for (ByteBuffer out = ByteBuffer.wrap(request); out.hasRemaining(); ) channel.write(out);
            if (end) channel.shutdownOutput();
            ByteBuffer reply = ByteBuffer.allocate(5).order(ByteOrder.LITTLE_ENDIAN);
            while (channel.read(reply) >= 0) {}
            if (reply.position() == 0) return null;
            assertThat(reply.position()).as("bytes of the reply").isEqualTo(4);
            return reply.getInt(0);
        }
    }

    @Test
    void theManagementSocketIsThisUsersAloneAndGoesWithThePayload() throws Exception {
        Path socket = folder.resolve("pipe");
        Process km = payload("--mgtpipe=" + socket);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(Files.readSymbolicLink(Path.of("/proc", Long.toString(km.pid()), "fd", "729"))
                        .toString())
                .as("where KM's tools look")
                .startsWith("socket:[");
        assertThat(end(km)).isEqualTo(4);
        assertThat(Files.exists(socket, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void whatIsNoRequestIsRefusedAndHurtsNobody() throws Exception {
        Path socket = folder.resolve("pipe");
        Process km = payload("--mgtpipe=" + socket);
        byte[] good = request(0, true, folder.resolve("snap").toString());
        assertThat(ask(socket, request(7, true, ""), false)).as("opcode 7").isEqualTo(EINVAL);
        assertThat(ask(socket, request(-1, true, ""), false)).as("opcode -1").isEqualTo(EINVAL);
        assertThat(ask(socket, new byte[] {9, 0, 0, 0, 8, 0, 0, 0}, false)).isEqualTo(EINVAL);
        assertThat(ask(socket, new byte[0], true)).isNull();
        assertThat(ask(socket, new byte[7], true)).isNull();
        assertThat(ask(socket, java.util.Arrays.copyOf(good, 100), true)).isEqualTo(EINVAL);
        byte[] random = new byte[100_000];
        new java.util.Random(42).nextBytes(random);
        try {
            ask(socket, random, true);
        } catch (IOException closed) {
            assertThat(closed).hasMessageContaining("Broken pipe");
        }
        assertThat(ask(socket, request(9, false, ""), false)).as("afterwards").isEqualTo(EINVAL);
        assertThat(end(km)).isEqualTo(4);
    }

    @Test
    void requestsThatLieAboutThemselvesAreAnsweredAndHurtNobody() throws Exception {
        Path socket = folder.resolve("pipe");
        Process km = payload("--mgtpipe=" + socket);
        for (int length : new int[] {-1, Integer.MIN_VALUE, 7, 0, Integer.MAX_VALUE}) {
            byte[] liar = request(0, true, folder.resolve("liar" + length).toString());
            ByteBuffer.wrap(liar).order(ByteOrder.LITTLE_ENDIAN).putInt(4, length);
            // what came counts, not what was announced
            assertThat(ask(socket, liar, false)).as("length %d", length).isZero();
            assertThat(folder.resolve("liar" + length)).isNotEmptyFile();
        }
        byte[] endless = request(0, true, "");
        java.util.Arrays.fill(endless, 8, 520, (byte) 'l');
        java.util.Arrays.fill(endless, 524, endless.length, (byte) '/');
        assertThat(ask(socket, endless, false))
                .as("texts without an end")
                .isNotNull()
                .isNotZero();
        assertThat(ask(socket, request(0, true, folder.toString()), false))
                .as("a folder")
                .isNotNull()
                .isNotZero();
        Path last = folder.resolve("last");
        try (SocketChannel vanishing = connect(socket)) {
            ByteBuffer out = ByteBuffer.wrap(request(0, true, last.toString()));
            while (out.hasRemaining()) vanishing.write(out);
        }
        // the next one is answered, as soon as the snapshot that nobody waits for is there
        assertThat(ask(socket, request(0, true, folder.resolve("next").toString()), false))
                .as(messages())
                .isZero();
        assertThat(last).isNotEmptyFile();
        assertThat(end(km)).isEqualTo(4);
        assertThat(messages()).doesNotContain("internal error");
    }

    @Test
    void clientsThatNeverSendDoNotKeepOthersOut() throws Exception {
        Path socket = folder.resolve("pipe");
        Process km = payload("--mgtpipe=" + socket);
        List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < 40; i++) silent.add(connect(socket));
        assertThat(ask(socket, request(9, false, ""), false)).isEqualTo(EINVAL);
        for (int i = 0; i < 1000; i++) connect(socket).close();
        assertThat(ask(socket, request(9, false, ""), false)).isEqualTo(EINVAL);
        for (SocketChannel one : silent) one.close();
        assertThat(end(km)).isEqualTo(4);
        assertThat(messages()).doesNotContain("internal error");
    }

    @Test
    void aSocketThatWasLeftBehindIsReplacedAndOthersAreNot() throws Exception {
        Path socket = folder.resolve("pipe");
        Process first = payload("--mgtpipe=" + socket);
        Result second =
                TestProgram.km(folder, "--mgtpipe=" + socket, program.binary().toString());
        assertThat(second.status()).isEqualTo(1);
        assertThat(second.messages())
                .isEqualTo("km: cannot make the socket " + socket
                        + ": it exists, and somebody listens there or it is no socket\n");
        first.destroyForcibly();
        assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(socket).exists();
        assertThat(end(payload("--mgtpipe=" + socket))).isEqualTo(4);
        Files.writeString(socket, "a file");
        assertThat(TestProgram.km(
                                folder, "--mgtpipe=" + socket, program.binary().toString())
                        .status())
                .isEqualTo(1);
        assertThat(socket).hasContent("a file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing/pipe", "x"})
    void aSocketThatCannotBeMadeIsAnError(String path) throws Exception {
        String name = path.equals("x") ? path.repeat(120) : path;
        Result result =
                TestProgram.km(folder, "--mgtpipe", name, program.binary().toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.output()).isEmpty();
        assertThat(result.messages().lines()).hasSize(1);
        assertThat(result.messages()).contains(name);
    }

    @Test
    void listsEveryPayloadWithItsFigures() throws Exception {
        Process plain = payload();
        Process debugged = payload("-g0", "--gdb-listen", "--mgtpipe", "pipe", "--platform=ptrace");
        String json = "";
        // The record comes when the payload has run for a while.
        for (int i = 0; i < 100 && json.split("\"answers\":true", -1).length < 3; i++)
            json = cli("ps", "--json").output();
        assertThat(json)
                .startsWith("{\"schema\":1,\"payloads\":[{")
                .containsPattern(
                        "\\{\"pid\":" + plain.pid() + ",\"program\":\"" + program.binary() + "\",\"arguments\":\\[\""
                                + program.binary()
                                + "\",\"an argument\"\\],\"platform\":\"(kvm|ptrace)\",\"threads\":3,\"memoryBytes\":[1-9][0-9]{6,},"
                                + "\"residentBytes\":[1-9][0-9]{4,},\"gdbPort\":null,\"managementSocket\":null,\"answers\":true\\}")
                .containsPattern("\\{\"pid\":" + debugged.pid()
                        + ",.*\"platform\":\"ptrace\".*\"gdbPort\":[1-9][0-9]+,\"managementSocket\":\""
                        + folder.resolve("pipe") + "\",\"answers\":true\\}");
        Result table = cli("ps");
        assertThat(table.status()).isZero();
        assertThat(table.output())
                .startsWith("    PID THREADS   RESIDENT     MAPPED   GDB PLATFORM PROGRAM\n")
                .containsPattern("(?m)^ *" + plain.pid() + " +3 +[0-9.]+ [KM]iB +[0-9.]+ [MG]iB +- +(kvm|ptrace) "
                        + program.binary() + " \"an argument\"$");
        plain.destroyForcibly();
        assertThat(plain.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Path record = folder.resolve("kmdebug").resolve(Long.toString(plain.pid()));
        assertThat(record).as("left by SIGKILL").exists();
        assertThat(cli("ps").output()).doesNotContain(Long.toString(plain.pid()));
        assertThat(record).doesNotExist();
        assertThat(end(debugged)).isEqualTo(4);
        try (var left = Files.list(folder.resolve("kmdebug"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void listsAPayloadThatDoesNotAnswer() throws Exception {
        Process km = payload("-S", "--coredump", "x");
        new ProcessBuilder("kill", "-STOP", Long.toString(km.pid())).start().waitFor();
        assertThat(cli("ps").output())
                .containsPattern("(?m)^ *" + km.pid() + " +- +- +- +- +- " + program.binary()
                        + " \"an argument\" \\(does not answer\\)$");
        new ProcessBuilder("kill", "-CONT", Long.toString(km.pid())).start().waitFor();
        assertThat(end(km)).isEqualTo(4);
    }

    @Test
    void toldWhatIsWrongWithACommandLine() throws Exception {
        assertThat(cli().status()).isEqualTo(1);
        assertThat(cli("-x").messages()).isEqualTo("km_cli: unknown option: -x; km_cli --help tells more\n");
        assertThat(cli("-p", "zero").messages()).startsWith("km_cli: -p wants a process id, not \"zero\"");
        assertThat(cli("-p").messages()).startsWith("km_cli: -p needs a value");
        assertThat(cli("-s", "a", "-c", "b").messages()).startsWith("km_cli: -s excludes -p and -c");
        assertThat(cli("ps", "-x").messages()).startsWith("km_cli: unknown option of ps: -x");
        assertThat(cli("-s", folder.resolve("nobody").toString()).status()).isEqualTo(1);
        assertThat(cli("-c", "no-such-payload").status()).isEqualTo(2);
        assertThat(cli("-p", "1").status()).isEqualTo(2);
        Result help = cli("--help");
        assertThat(help.status()).isZero();
        assertThat(help.output())
                .contains("-s SOCKET", "-p PID", "-c NAME", "-d FOLDER", "-t ", "-r ", "-l ", "ps", "--json");
    }

    @Test
    void requestsTakeSnapshotsThatRun() throws Exception {
        Path socket = folder.resolve("pipe");
        Process km = payload("--mgtpipe=" + socket, "--snapshot=" + folder.resolve("by default"));
        assertThat(ask(socket, request(0, true, folder.resolve("live").toString()), false))
                .as(messages())
                .isZero();
        String name = program.binary().getFileName().toString();
        assertThat(cli("-r", "-c", name, "-d", folder.toString()).status()).isZero();
        assertThat(folder.resolve(name + "." + km.pid() + ".kmsnap")).isNotEmptyFile();
        assertThat(cli("-r", "-s", socket.toString()).status()).isZero();
        assertThat(folder.resolve("by default")).isNotEmptyFile();
        Result refused = cli(
                "-r",
                "-p",
                Long.toString(km.pid()),
                "-d",
                folder.resolve("nothing").toString());
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.messages()).startsWith("km_cli: no snapshot of process " + km.pid());
        assertThat(ask(socket, request(0, false, folder.resolve("last").toString()), false))
                .as("the answer before the end")
                .isZero();
        assertThat(km.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(km.exitValue()).isZero();
        for (String snapshot : List.of("live", "last", "by default")) {
            Result resumed = TestProgram.km(folder, folder.resolve(snapshot).toString());
            assertThat(resumed.output()).as(resumed.messages()).isEqualTo("down\n");
            assertThat(resumed.status()).isEqualTo(4);
        }
    }

    @Test
    void aPayloadWithoutAManagementSocketIsNamed() throws Exception {
        Process km = payload();
        Result result = cli("-c", program.binary().getFileName().toString(), "-d", folder.toString());
        assertThat(result.status()).isEqualTo(3);
        assertThat(result.messages()).contains("process " + km.pid(), "has no management socket", "--mgtpipe");
        assertThat(end(km)).isEqualTo(4);
    }

    @Test
    void theFolderOfKmMgtdirHasTheSocket() throws Exception {
        List<String> command = new ArrayList<>(TestProgram.km());
        command.add(program.binary().toString());
        ProcessBuilder builder = builder(command);
        builder.environment().put("KM_MGTDIR", folder.toString());
        Process km = builder.redirectError(folder.resolve("messages").toFile()).start();
        started.add(km);
        BufferedReader output = new BufferedReader(new InputStreamReader(km.getInputStream(), StandardCharsets.UTF_8));
        assertThat(output.readLine()).isEqualTo("up");
        Path socket = folder.resolve("kmpipe." + program.binary().getFileName() + "." + km.pid());
        assertThat(ask(socket, request(9, false, ""), false)).isEqualTo(EINVAL);
        assertThat(end(km)).isEqualTo(4);
        assertThat(socket).doesNotExist();
    }
}
