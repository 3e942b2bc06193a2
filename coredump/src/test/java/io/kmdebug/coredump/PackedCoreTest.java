package io.kmdebug.coredump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfSegment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cores that were packed, and cores much larger than memory. */
class PackedCoreTest {
    @TempDir
    static Path folder;

    private static Path core;

    @BeforeAll
    static void crash() throws IOException {
        Path program = Shell.compile(folder, "threads", CrashProgram.THREADS, "gcc", "-g", "-O1", "-pthread");
        core = Shell.crash(folder, program, "first", "second word");
    }

    private static Path packed(String tool, String extension) {
        Path packed = Path.of(core + extension);
        Shell.Result result = Shell.run(folder, tool, "-k", "-f", core.toString());
        assertThat(packed).as(result.output()).exists();
        return packed;
    }

    private static Set<String> temporaryFiles() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> name.startsWith("kmdebug-core-"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip,.gz", "zstd,.zst"})
    void aPackedCoreIsReadAsTheWholeOne(String tool, String extension) throws Exception {
        CoreFile whole = CoreFile.open(core);
        Path packed = packed(tool, extension);
        Set<String> before = temporaryFiles();
        CoreFile file = CoreFile.open(packed);
        assertThat(temporaryFiles()).isSubsetOf(before);
        assertThat(file.path()).isEqualTo(packed);
        assertThat(file.notices()).isEmpty();
        assertThat(file.elf().bytes().length()).isEqualTo(whole.elf().bytes().length());
        assertThat(file.threads()).extracting(CoreThread::tid).isEqualTo(tids(whole));
        for (ElfSegment segment : whole.segments()) {
            int size = (int) Math.min(segment.fileSize(), 1 << 20);
            assertThat(file.memory().read(segment.address(), size))
                    .isEqualTo(whole.memory().read(segment.address(), size));
        }
    }

    private static List<Integer> tids(CoreFile file) {
        return file.threads().stream().map(CoreThread::tid).toList();
    }

    @ParameterizedTest
    @CsvSource({"gzip,.gz", "zstd,.zst"})
    void aPackedCoreThatIsCutKeepsItsBeginning(String tool, String extension) throws Exception {
        byte[] packed = Files.readAllBytes(packed(tool, extension));
        Path cut = Files.write(folder.resolve("cut" + extension), Arrays.copyOf(packed, packed.length * 9 / 10));
        CoreFile file = CoreFile.open(cut);
        assertThat(file.notices().get(0)).startsWith("the packed core is damaged or cut after ");
        assertThat(file.notices()).anyMatch(n -> n.contains("segments are missing"));
        assertThat(tids(file)).isEqualTo(tids(CoreFile.open(core)));
        Path start = Files.write(folder.resolve("start" + extension), Arrays.copyOf(packed, 12));
        assertThatThrownBy(() -> CoreFile.open(start))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(start.toString());
        Path text = Files.writeString(folder.resolve("text"), "no core, whoever packed it, but some words in a file");
        Path other = Path.of(text + extension);
        Shell.run(folder, tool, "-k", "-f", text.toString());
        assertThatThrownBy(() -> CoreFile.open(other)).isInstanceOf(CorruptFileException.class);
    }

    /** The stack of the first thread is moved 120 GiB down the file, in which there is nothing in between. */
    @Test
    void aSparseCoreOfMoreThanAHundredGigabytesIsReadByOffset() throws Exception {
        long far = 120L << 30;
        CoreFile whole = CoreFile.open(core);
        long sp = whole.threads().get(0).registers().sp();
        Path large = folder.resolve("large.core");
        Files.copy(core, large);
        long resident;
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            int index = whole.elf().segments().indexOf(stack(whole, sp));
            ElfSegment stack = whole.elf().segments().get(index);
            byte[] content = whole.elf().bytes().copy(stack.offset(), (int) stack.fileSize());
            file.seek(far);
            file.write(content);
            file.seek(whole.elf().programHeaderOffset() + 56L * index + 8);
            file.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(far)
                    .array());
            resident = residentKilobytes();
        }
        CoreFile file = CoreFile.open(large);
        assertThat(file.elf().bytes().length()).isGreaterThan(far);
        assertThat(file.notices()).isEmpty();
        assertThat(file.memory().read(sp, 256)).isEqualTo(whole.memory().read(sp, 256));
        assertThat(residentKilobytes() - resident).isLessThan(64 << 10);
        Files.delete(large);
    }

    private static ElfSegment stack(CoreFile file, long sp) {
        return file.segments().stream().filter(s -> s.contains(sp)).findFirst().orElseThrow();
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
