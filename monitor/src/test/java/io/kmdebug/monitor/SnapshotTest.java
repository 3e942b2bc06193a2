package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.monitor.TestProgram.Result;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that has one of everything goes on in another km as it does natively. */
class SnapshotTest {
    @TempDir
    private Path folder;

    private Path snapshot;

    private static final int E_MACHINE = 0x12;
    /** Behind it the version of the state's records. */
    private static final byte[] STATE = {'K', 'M', 'D', 'S'};

    @BeforeEach
    void nameTheSnapshot() {
        snapshot = folder.resolve("kmsnap");
    }

    private Result take(TestProgram program, String how) throws Exception {
        return program.inMachineWith(List.of("--snapshot=" + snapshot), how);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "gcc -static", "musl-gcc -static"})
    void goesOnInAnotherMonitor(String compiler) throws Exception {
        TestProgram program = TestProgram.compile(folder, "snapshot", compiler);
        Result natively = program.natively("none");
        Result stopped = take(program, "stop");
        assertThat(stopped.status()).as(stopped.messages()).isZero();
        assertThat(stopped.output()).isEmpty();
        Result resumed = TestProgram.km(folder, snapshot.toString());
        assertThat(resumed.output()).as(resumed.messages()).isEqualTo(withResetConnection(natively.output()));
        assertThat(resumed.status()).isEqualTo(natively.status());
    }

    /** A connection to another process cannot be kept; here it is one to itself. */
    private static String withResetConnection(String output) {
        return output.replace("connection 4 lost", "connection -1 Connection reset by peer");
    }

    @Test
    void goesOnHereAndCanBeResumedTwice() throws Exception {
        TestProgram program = TestProgram.compile(folder, "snapshot", "gcc -static");
        Result natively = program.natively("none");
        Result live = take(program, "live");
        assertThat(live.output()).as(live.messages()).isEqualTo(natively.output());
        assertThat(live.status()).isEqualTo(natively.status());
        for (int i = 0; i < 2; i++) {
            Result resumed = TestProgram.km(folder, snapshot.toString());
            assertThat(resumed.output()).as(resumed.messages()).isEqualTo(withResetConnection(natively.output()));
        }
    }

    @Test
    void carriesKmsNotes() throws Exception {
        TestProgram program = TestProgram.compile(folder, "snapshot", "gcc");
        take(program, "stop");
        CoreFile core = CoreFile.open(snapshot);
        assertThat(core.notices()).isEmpty();
        assertThat(core.km()).isTrue();
        assertThat(core.threads()).hasSize(4);
        assertThat(core.executable()).hasValue(program.binary().toString());
        assertThat(core.dynamicLinker()).isPresent();
        String notes = readelf("-n", snapshot);
        assertThat(notes)
                .doesNotContain("Warning")
                .contains("KMSP")
                .contains("KMDB")
                .contains("0x4b4d534b");
    }

    private String readelf(String what, Path file) throws IOException, InterruptedException {
        Result result = TestProgram.execute(folder, List.of("readelf", "-W", what, file.toString()));
        return result.output() + result.messages();
    }

    @Test
    void refusesWhatCannotBeKeptAndGoesOn() throws Exception {
        TestProgram program = TestProgram.compile(folder, "unkeepable", "gcc -static");
        for (String what : List.of("fifo", "passed", "async", "owned", "thread", "notify", "group", "filter")) {
            Result result = take(program, what);
            assertThat(result.output()).as(what).isEqualTo("refused: Operation not supported\n");
            assertThat(result.messages()).contains("no snapshot: descriptor 5 (");
            assertThat(result.status()).isZero();
        }
        Result parent = take(program, "child");
        assertThat(parent.messages()).contains("no snapshot: it has child processes");
        Result asynchronous = take(program, "aio");
        assertThat(asynchronous.messages()).contains("no snapshot: it has a context for asynchronous input and output");
        Result shared = take(program, "shared");
        assertThat(shared.messages()).contains("no snapshot: memory at 0x").contains("could not be opened again");
        Result queue = take(program, "queue");
        assertThat(queue.messages()).contains("no snapshot: descriptor 5 (").contains("a message queue");
        Result undo = take(program, "undo");
        assertThat(undo.messages())
                .contains("no snapshot: semaphore 1 of set ")
                .contains(" is to change by -1 when it ends (SEM_UNDO)");
        Result directory = take(program, "directory");
        assertThat(directory.messages()).contains("no snapshot: its working directory is not there any more: /");
        assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("kmsnap"));
        for (String how : List.of("undone", "undo set", "undo all", "undo gone")) {
            Result nothingLeft = take(program, how);
            assertThat(nothingLeft.output()).as(how + nothingLeft.messages()).isEqualTo("taken\n");
        }
    }

    @Test
    void keepsWhatTheHostKeepsOfProcessAndThreads() throws Exception {
        TestProgram program = TestProgram.compile(folder, "standing", "gcc -static");
        Result natively = program.natively("none");
        Result live = take(program, "live");
        assertThat(live.output()).as(live.messages()).isEqualTo(natively.output());
        Result resumed = TestProgram.km(folder, snapshot.toString());
        assertThat(resumed.output()).as(resumed.messages()).isEqualTo(natively.output());
        assertThat(resumed.messages()).isEmpty();
        assertThat(resumed.status()).isZero();
    }

    /** Rights that the payload gave up must stay given up; where root may not take another user's there is no way. */
    @Test
    void goesOnWithTheRightsItHadOrNotAtAll() throws Exception {
        TestProgram program = TestProgram.compile(folder, "standing", "gcc -static");
        Result stopped = take(program, "stop");
        assertThat(stopped.status()).as(stopped.messages()).isZero();
        boolean root = TestProgram.execute(folder, List.of("id", "-u")).output().equals("0\n");
        List<String> poor = new ArrayList<>(List.of("setpriv", "--no-new-privs"));
        if (root) poor.add("--bounding-set=-setuid,-sys_nice");
        poor.addAll(TestProgram.km());
        poor.add(snapshot.toString());
        Result resumed = TestProgram.execute(folder, poor);
        if (root) {
            assertThat(resumed.status()).as(resumed.messages()).isEqualTo(2);
            assertThat(resumed.output()).isEmpty();
            assertThat(resumed.messages())
                    .contains(
                            snapshot + ": cannot be resumed: this process may not become what it was: capabilities [");
        } else {
            assertThat(resumed.status()).as(resumed.messages()).isZero();
        }
    }

    @Test
    void holdsItsLocksAgain() throws Exception {
        TestProgram program = TestProgram.compile(folder, "locks", "gcc");
        Result natively = program.natively("none");
        assertThat(natively.output()).contains("flock whole 1: Resource temporarily unavailable");
        assertThat(program.inMachine("none").output()).isEqualTo(natively.output());
        Result stopped = take(program, "stop");
        assertThat(stopped.status()).as(stopped.messages()).isZero();
        Result resumed = TestProgram.km(folder, snapshot.toString());
        assertThat(resumed.output()).as(resumed.messages()).isEqualTo(natively.output());
        assertThat(resumed.status()).isZero();
        assertThat(take(program, "live").output()).isEqualTo(natively.output());

        try (FileChannel ours = FileChannel.open(folder.resolve("ranges"), StandardOpenOption.WRITE)) {
            ours.lock(12, 1, false);
            assertLocked(
                    "its lock on " + folder.resolve("ranges") + " (fcntl for writing, bytes 10 to 19)",
                    "process " + ProcessHandle.current().pid());
        }
        Process holder = new ProcessBuilder("flock", "shared", "sh", "-c", "echo; exec cat")
                .directory(folder.toFile())
                .start();
        try {
            assertThat(holder.inputReader().readLine()).isEmpty();
            assertLocked("its lock on " + folder.resolve("shared") + " (flock for reading)", "process ");
        } finally {
            holder.getOutputStream().close();
            holder.waitFor();
        }
        assertThat(TestProgram.km(folder, snapshot.toString()).output()).isEqualTo(natively.output());
    }

    private void assertLocked(String lock, String holder) throws Exception {
        Result refused = TestProgram.km(folder, snapshot.toString());
        assertThat(refused.status()).as(refused.messages()).isEqualTo(2);
        assertThat(refused.output()).isEmpty();
        assertThat(refused.messages())
                .contains(snapshot + ": cannot be resumed: descriptor ")
                .contains(lock + " cannot be taken again: " + holder)
                .contains(" holds one");
    }

    @Test
    void leavesNothingWhenItCannotBeWritten() throws Exception {
        TestProgram program = TestProgram.compile(folder, "unkeepable", "gcc -static");
        Path missing = folder.resolve("missing/kmsnap");
        Result result = program.inMachineWith(List.of("--snapshot=" + missing), "nothing");
        assertThat(result.output()).isEqualTo("refused: Input/output error\n");
        assertThat(result.messages()).contains("cannot write snapshot " + missing + ": no such folder");
        Files.createDirectory(snapshot);
        result = take(program, "nothing");
        assertThat(result.messages())
                .contains("cannot write snapshot " + snapshot + ": it exists and is not a regular file");
        result = take(program, "small");
        assertThat(result.output()).isEqualTo("refused: Input/output error\n");
    }

    @Test
    void aFullDiskLeavesNothing() throws Exception {
        TestProgram program = TestProgram.compile(folder, "unkeepable", "gcc -static");
        Path disk = Files.createDirectory(folder.resolve("disk"));
        String target = disk.resolve("kmsnap").toString();
        for (String form : List.of("none", "zstd")) {
            String script = "mount -t tmpfs -o size=64k none disk && \"$@\"; echo status $?; ls -A disk";
            // -r makes it root of a namespace of its own for whoever is not
            List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", script, "sh"));
            command.addAll(TestProgram.km());
            command.addAll(List.of("--snapshot=" + target, "--snapshot-compress=" + form));
            command.addAll(List.of(program.binary().toString(), "nothing"));
            Result result = TestProgram.execute(folder, command);
            assertThat(result.output()).as(result.messages()).isEqualTo("refused: Input/output error\nstatus 0\n");
            assertThat(result.messages()).contains("cannot write snapshot " + target + ": No space left on device");
        }
    }

    @Test
    void oneAtATime() throws Exception {
        TestProgram program = TestProgram.compile(folder, "twice", "gcc -static");
        Result asked = take(program, "");
        assertThat(asked.output()).as(asked.messages()).isEqualTo("taken 1, refused 1, otherwise 0\n");
        assertThat(asked.messages()).contains("another snapshot is being taken");
        Result resumed = TestProgram.km(folder, "--snapshot=" + folder.resolve("next"), snapshot.toString());
        assertThat(resumed.output()).as(resumed.messages()).isEqualTo(asked.output());
    }

    @Test
    void saysWhatIsWrongWithABadSnapshot() throws Exception {
        TestProgram program = TestProgram.compile(folder, "unkeepable", "gcc -static");
        assertThat(take(program, "nothing").output()).isEqualTo("taken\n");
        byte[] whole = Files.readAllBytes(snapshot);
        for (int length : List.of(10, 64, 500, 3000, whole.length - 4096)) {
            Files.write(snapshot, java.util.Arrays.copyOf(whole, length));
            Result cut = TestProgram.km(folder, snapshot.toString());
            assertThat(cut.status()).as("%d bytes: %s", length, cut.messages()).isEqualTo(2);
            assertThat(cut.messages()).contains(snapshot.toString()).doesNotContain("\tat ");
        }
        Files.write(snapshot, whole);
        Result arguments = TestProgram.km(folder, snapshot.toString(), "one");
        assertThat(arguments.status()).isEqualTo(1);
        assertThat(arguments.messages()).contains("cannot set payload arguments when resuming a snapshot");

        byte[] strange = whole.clone();
        strange[E_MACHINE] = (byte) 183;
        assertNotResumable(strange, "ELF header e_machine at offset 0x12: found 183 (aarch64)");
        strange = whole.clone();
        strange[indexOf(whole, STATE) + STATE.length + 3]++;
        Result other = TestProgram.km(
                folder, Files.write(folder.resolve("other"), strange).toString());
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.messages())
                .contains(
                        folder.resolve("other") + ", note KMDB type 1: another version of km wrote the state: found ");
        assertThat(TestProgram.km(folder, folder.resolve("unkeepable.c").toString()))
                .returns(2, Result::status)
                .extracting(Result::messages)
                .asString()
                .startsWith("km: " + folder.resolve("unkeepable.c") + ": ");

        Path core = folder.resolve("core");
        TestProgram.compile(folder, "end", "gcc -static").inMachineWith(List.of("-C", core.toString()), "null");
        Result foreign = TestProgram.km(folder, core.toString());
        assertThat(foreign.status()).isEqualTo(2);
        assertThat(foreign.messages()).contains("not a snapshot");
        for (Path base : List.of(core, folder.resolve("unkeepable.c"), folder.resolve("missing"))) {
            Result based = TestProgram.km(
                    folder,
                    "--base=" + base,
                    "--snapshot=" + snapshot,
                    program.binary().toString(),
                    "nothing");
            assertThat(based.status()).as(based.messages()).isEqualTo(2);
            assertThat(based.messages()).contains(base.toString()).doesNotContain("\tat ");
            assertThat(based.output()).isEmpty();
        }
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int i = 0; i <= bytes.length - wanted.length; i++) {
            if (java.util.Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) return i;
        }
        throw new AssertionError("no " + java.util.Arrays.toString(wanted));
    }

    @Test
    void buildsOnAnother() throws Exception {
        TestProgram program = TestProgram.compile(folder, "layers", "gcc -static");
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        Path three = folder.resolve("three");
        assertThat(program.inMachineWith(List.of("--snapshot=" + one)).status()).isZero();
        Result second = TestProgram.km(folder, "--base=" + one, "--snapshot=" + two, one.toString());
        assertThat(second.output()).as(second.messages()).isEqualTo("one 1 9 50\n");
        Result third = TestProgram.km(folder, "--base=" + two, "--snapshot=" + three, two.toString());
        assertThat(third.output()).as(third.messages()).isEqualTo("two 2 3 1, 0 9, 0 0, 50 60\n");
        Result last = TestProgram.km(folder, three.toString());
        assertThat(last.output()).as(last.messages()).isEqualTo("three 4 3 1, 0 5 9, 0 0, 50 60\n");
        assertThat(Files.size(one)).isGreaterThan(40 << 20);
        assertThat(Files.size(two)).isLessThan(8 << 20);
        assertThat(Files.size(three)).isLessThan(1 << 20);

        Result itself = TestProgram.km(folder, "--base=" + one, "--snapshot=" + one, one.toString());
        assertThat(itself.messages()).contains("no snapshot: it would replace the one that it builds on");
        Files.move(two, folder.resolve("aside"));
        assertThat(TestProgram.km(folder, three.toString()).messages())
                .contains(three + ": the snapshot that it builds on, " + two + ", is not there");
        Files.copy(one, two);
        assertThat(TestProgram.km(folder, three.toString()).messages())
                .contains("is not the snapshot that it builds on");
    }

    @Test
    void isCompressed() throws Exception {
        TestProgram program = TestProgram.compile(folder, "layers", "gcc -static");
        Path plain = folder.resolve("plain");
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        Path three = folder.resolve("three");
        String zstd = "--snapshot-compress=zstd";
        program.inMachineWith(List.of("--snapshot=" + plain));
        assertThat(program.inMachineWith(List.of("--snapshot=" + one, zstd)).status())
                .isZero();
        assertThat(Files.size(one)).isLessThan(Files.size(plain) / 4);
        for (Path first : List.of(one, plain)) {
            Result second = TestProgram.km(folder, zstd, "--base=" + first, "--snapshot=" + two, first.toString());
            assertThat(second.output()).as(second.messages()).isEqualTo("one 1 9 50\n");
            Result third = TestProgram.km(folder, "--base=" + two, "--snapshot=" + three, two.toString());
            assertThat(third.output()).as(third.messages()).isEqualTo("two 2 3 1, 0 9, 0 0, 50 60\n");
            Result last = TestProgram.km(folder, three.toString());
            assertThat(last.output()).as(last.messages()).isEqualTo("three 4 3 1, 0 5 9, 0 0, 50 60\n");
        }
        assertThat(CoreFile.open(one).threads()).hasSize(1);

        byte[] whole = Files.readAllBytes(one);
        byte[] damaged = whole.clone();
        damaged[whole.length / 2] ^= 0x55;
        assertNotResumable(damaged, "the frame at offset 0x", " with the memory at 0x", " is damaged: ");
        assertNotResumable(java.util.Arrays.copyOf(whole, whole.length / 2), "the file ends within its notes");
        Result wrong = program.inMachineWith(List.of("--snapshot-compress=lz4"));
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.messages()).contains("--snapshot-compress wants \"zstd\" or \"none\", not \"lz4\"");
    }

    private void assertNotResumable(byte[] content, String... reason) throws Exception {
        Path file = Files.write(folder.resolve("unusable"), content);
        Result refused = TestProgram.km(folder, file.toString());
        assertThat(refused.status()).as(refused.messages()).isEqualTo(2);
        assertThat(refused.messages()).startsWith("km: " + file + ": ").contains(reason);
    }

    @Test
    void isTakenAtASize() throws Exception {
        TestProgram program = TestProgram.compile(folder, "grows", "gcc -static");
        Result stopped = program.inMachineWith(List.of("--snapshot=" + snapshot, "--snapshot-at-size=16M,stop"));
        assertThat(stopped.status()).as(stopped.messages()).isZero();
        assertThat(stopped.output()).isEmpty();
        assertThat(stopped.messages()).contains("snapshot taken: 16777216 bytes are resident");
        Result resumed = TestProgram.km(folder, snapshot.toString());
        assertThat(resumed.output()).as(resumed.messages()).isEqualTo("grown 64\n");
        Result wrong = program.inMachineWith(List.of("--snapshot-at-size=many"));
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.messages()).contains("--snapshot-at-size wants bytes");
    }
}
