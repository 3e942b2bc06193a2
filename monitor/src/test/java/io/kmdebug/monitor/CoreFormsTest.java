package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.monitor.TestProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What of the payload goes into its core, in which form, under which name, and what happens when it cannot be written.
 */
class CoreFormsTest {
    private static final int ABORTED = 128 + 6;

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static TestProgram program;

    @BeforeAll
    static void compile() throws Exception {
        program = TestProgram.compile(shared, "mappings", "gcc -static");
    }

    private Result km(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(TestProgram.km());
        command.addAll(List.of(words));
        return TestProgram.execute(folder, command);
    }

    /** The kinds of mappings that have content in the core, by the addresses that the program said. */
    private static TreeSet<String> stored(Result result, CoreFile core) {
        TreeSet<String> kinds = new TreeSet<>();
        for (String line : result.output().lines().toList()) {
            String[] words = line.split(" ");
            if (words[0].equals("child")) continue;
            long at = Long.parseUnsignedLong(words[1], 16);
            ElfSegment segment = core.segments().stream()
                    .filter(s -> s.contains(at))
                    .findFirst()
                    .orElseThrow();
            if (segment.fileSize() >= 1 << 16) kinds.add(words[0]);
            else if (segment.fileSize() > 0) kinds.add(words[0] + ":" + segment.fileSize());
        }
        return kinds;
    }

    @ParameterizedTest
    @CsvSource({
        "0x37, anonymous-private anonymous-shared elf file-private file-written",
        "0x33, anonymous-private anonymous-shared elf:4096 file-written",
        "0x0, ''",
        "1, anonymous-private file-written",
        "2, anonymous-shared",
        "0x8, file-shared",
        "0x7fffffff, anonymous-private anonymous-shared elf file-private file-shared file-written"
    })
    void theFilterIsThatOfTheKernel(String mask, String kinds) throws Exception {
        Result result = km("--core-filter=" + mask, program.binary().toString());
        assertThat(result.status()).as(result.messages()).isEqualTo(ABORTED);
        CoreFile core = CoreFile.open(folder.resolve("kmcore"));
        assertThat(core.notices()).isEmpty();
        assertThat(String.join(" ", stored(result, core))).isEqualTo(kinds);
    }

    @Test
    void thePayloadChangesItsFilterAndItsChildrenInheritIt() throws Exception {
        Result result = km(program.binary().toString(), "fork", "0x2\n");
        assertThat(result.status()).as(result.messages()).isEqualTo(ABORTED);
        Matcher child = Pattern.compile("child (\\d+) 6").matcher(result.output());
        assertThat(child.find()).as(result.output()).isTrue();
        for (String name : List.of("kmcore", "kmcore." + child.group(1))) {
            CoreFile core = CoreFile.open(folder.resolve(name));
            assertThat(stored(result, core)).containsExactly("anonymous-shared");
            assertThat(result.messages()).contains("core written to " + folder.resolve(name) + "\n");
        }
        Result wrong = km(program.binary().toString(), "abort", "many");
        assertThat(wrong.messages()).contains("filter: Invalid argument");
    }

    @Test
    void theNameIsMadeOfTheProcess() throws Exception {
        Result result = km("--coredump=c-%e-%s-%p-%%-%x", program.binary().toString(), "fork");
        assertThat(result.status()).as(result.messages()).isEqualTo(ABORTED);
        try (Stream<Path> files = Files.list(folder)) {
            String name = program.binary().getFileName().toString();
            assertThat(files.map(f -> f.getFileName().toString()).filter(f -> f.startsWith("c-")))
                    .hasSize(2)
                    .allMatch(f -> f.matches("c-" + name + "-6-\\d+-%-%x"));
        }
    }

    @Test
    void aCompressedOneIsWhatItWouldBeWithout() throws Exception {
        Result result = km("--core-compress=zstd", program.binary().toString());
        Path packed = folder.resolve("kmcore.zst");
        assertThat(result.status()).as(result.messages()).isEqualTo(ABORTED);
        assertThat(result.messages()).contains("core written to " + packed);
        TestProgram.execute(folder, List.of("zstd", "-q", "-d", packed.toString()));
        Path core = folder.resolve("kmcore");
        assertThat(Files.size(packed)).isLessThan(Files.size(core) / 2);
        CoreFile read = CoreFile.open(packed);
        assertThat(read.notices()).isEmpty();
        assertThat(stored(result, read)).isEqualTo(stored(result, CoreFile.open(core)));
        Result shown = TestProgram.execute(
                folder,
                List.of("gdb", "-nx", "-batch", "-ex", "bt", program.binary().toString(), core.toString()));
        assertThat(shown.output() + shown.messages()).contains("main (argc=1").doesNotContainIgnoringCase("warning");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "zstd"})
    void aFullDiskLeavesNothing(String form) throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        String script = "mount -t tmpfs -o size=8k none disk && \"$@\" >/dev/null; echo status $?; ls -A disk";
        List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", script, "sh"));
        command.addAll(TestProgram.km());
        command.addAll(List.of("--coredump=" + disk.resolve("kmcore"), "--core-compress=" + form));
        command.add(program.binary().toString());
        Result result = TestProgram.execute(folder, command);
        assertThat(result.output()).as(result.messages()).isEqualTo("status " + ABORTED + "\n");
        assertThat(result.messages())
                .contains("killed by SIGABRT")
                .contains("no core: cannot write core " + disk.resolve("kmcore") + ": No space left on device");
    }

    @Test
    void twoThreadsThatCrashAtOnceLeaveOneCore() throws Exception {
        Result result = km(program.binary().toString(), "two");
        assertThat(result.status()).as(result.messages()).isEqualTo(128 + 11);
        assertThat(result.messages().split("core written to", -1)).hasSize(2);
        CoreFile core = CoreFile.open(folder.resolve("kmcore"));
        assertThat(core.notices()).isEmpty();
        assertThat(core.threads()).hasSize(3);
        assertThat(parts()).isEmpty();
    }

    @Test
    void twoPayloadsThatCrashAtOnceReplaceEachOthersCoreAsAWhole() throws Exception {
        List<Process> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<String> command = new ArrayList<>(TestProgram.km());
            command.add(program.binary().toString());
            running.add(new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
        for (Process one : running) assertThat(one.waitFor()).isEqualTo(ABORTED);
        assertThat(CoreFile.open(folder.resolve("kmcore")).notices()).isEmpty();
        assertThat(parts()).isEmpty();
    }

    private List<Path> parts() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".part")).toList();
        }
    }

    @Test
    void isWrittenOnDemandAndThePayloadGoesOn() throws Exception {
        Path socket = folder.resolve("socket");
        List<String> command = new ArrayList<>(TestProgram.km());
        command.addAll(List.of("--mgtpipe=" + socket, program.binary().toString(), "read"));
        Path messages = folder.resolve("messages");
        Process km = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(messages.toFile())
                .start();
        try (var output = km.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.startsWith("not-dumped")) line = output.readLine();
            assertThat(line).as(Files.readString(messages)).isNotNull();
            assertThat(cli("core", "-s", socket.toString()).status())
                    .as(Files.readString(messages))
                    .isZero();
            assertThat(Files.readString(messages)).contains("core on demand written to " + folder.resolve("kmcore"));
            Result refused = cli("core", "-p", Long.toString(km.pid()), "-d", "absent");
            assertThat(refused.status()).isEqualTo(3);
            assertThat(Files.readString(messages)).contains("no core: cannot write core " + folder.resolve("absent"));
            Result named = cli("core", "-p", Long.toString(km.pid()), "-d", folder.toString());
            assertThat(named.status()).as(named.messages()).isZero();
            km.outputWriter().close();
            assertThat(km.waitFor()).isZero();
        } finally {
            km.destroyForcibly();
        }
        String name = program.binary().getFileName() + "." + km.pid() + ".kmcore";
        for (Path file : List.of(folder.resolve("kmcore"), folder.resolve(name))) {
            CoreFile core = CoreFile.open(file);
            assertThat(core.notices()).isEmpty();
            assertThat(core.signal()).isZero();
        }
        Result shown = TestProgram.execute(
                folder,
                List.of("gdb", "-nx", "-batch", "-ex", "bt", program.binary().toString(), "kmcore"));
        assertThat(shown.output() + shown.messages())
                .contains("main (argc=2")
                .doesNotContain("terminated with signal")
                .doesNotContainIgnoringCase("warning");
    }

    private Result cli(String... words) throws Exception {
        List<String> command = new ArrayList<>(TestProgram.km());
        command.set(command.size() - 1, "io.kmdebug.monitor.control.KmCli");
        command.removeIf(word -> word.startsWith("--platform"));
        command.addAll(List.of(words));
        return TestProgram.execute(folder, command);
    }
}
