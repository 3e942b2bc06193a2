package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameCacheTest {
    private static final long PLENTY = 1 << 30;

    @TempDir
    static Path programs;

    @TempDir
    Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        Path source = programs.resolve("names.cpp");
        StringBuilder text =
                new StringBuilder("namespace app { enum Colour { red, green }; struct point { int x; };\n");
        for (int i = 0; i < 6000; i++) text.append("int f").append(i).append("(int a) { return a; }\n");
        text.append("int total; }\nint main() { app::point p{app::green}; return app::f7(p.x); }\n");
        Files.writeString(source, text);
        program = programs.resolve("names");
        new Programs(programs).run("g++", "-g", "-O0", "-o", program.toString(), source.toString());
    }

    /** An index keeps its table while it already answers; the folder goes when that is done. */
    @AfterEach
    void tablesAreKept() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("kmdebug-keep-names")) thread.join();
        }
    }

    private DwarfImage image() throws IOException {
        return new DwarfImage(ElfFile.open(program));
    }

    private NameCache cache(long limit) {
        return new NameCache(folder.resolve("index"), limit, 0);
    }

    /** Keeps the table of {@link #program} and returns its file. */
    private Path store(NameCache cache) throws IOException {
        DwarfImage image = image();
        cache.store(name(image), NameScans.of(image, image.unitsWithEntries(), NameKey.of(image)));
        return folder.resolve("index").resolve(name(image) + ".names");
    }

    private static String name(DwarfImage image) {
        return Objects.requireNonNull(NameKey.name(image));
    }

    private static void assertFindsAll(NameIndex index) {
        assertThat(index.functions("f5999")).hasSize(1);
        assertThat(index.functions("app::f0")).hasSize(1);
        assertThat(index.functions("_ZN3app2f7Ei")).hasSize(1);
        assertThat(index.functions("other::f0")).isEmpty();
        assertThat(index.variables("total")).hasSize(1);
        assertThat(index.types("app::point")).hasSize(1);
        assertThat(index.enumerators("green")).hasSize(1);
        assertThat(index.enumerators("f0")).isEmpty();
    }

    @Test
    void aTableThatWasKeptAnswersAsTheOneThatWasMade() throws Exception {
        assertFindsAll(NameIndex.of(image(), new NameCache(null, 0, 0)));
        Path file = store(cache(PLENTY));
        DwarfImage image = image();
        NameTable kept = cache(PLENTY).load(name(image), NameKey.of(image));
        assertThat(kept).isNotNull();
        assertThat(kept.bytes().name()).isEqualTo(file.toString());
        assertFindsAll(NameIndex.of(image, cache(PLENTY)));
    }

    @Test
    void aTableOfOtherUnitsIsNotTaken() throws Exception {
        store(cache(PLENTY));
        DwarfImage image = image();
        assertThat(cache(PLENTY).load(name(image), NameKey.of(image) + 1)).isNull();
    }

    @Test
    void everyDamagedByteIsFoundBeforeItIsBelieved() throws Exception {
        Path file = store(cache(PLENTY));
        byte[] good = Files.readAllBytes(file);
        long key = NameKey.of(image());
        for (int at = 0; at < good.length; at += 1999) {
            byte[] bad = good.clone();
            bad[at] ^= 0x40;
            assertThatThrownBy(() -> readAll(NameTable.open(Bytes.of("bad", bad), key)))
                    .as("byte %d", at)
                    .isInstanceOf(CorruptFileException.class);
        }
        for (int size = 0; size < good.length; size += 4999) {
            byte[] cut = Arrays.copyOf(good, size);
            assertThatThrownBy(() -> NameTable.open(Bytes.of("cut", cut), key))
                    .isInstanceOf(CorruptFileException.class);
        }
    }

    private static void readAll(NameTable table) {
        for (int hash = 0; hash < 1 << 15; hash++) table.find(NameKind.TYPE, hash << 17);
        for (int i = 0; i < 6000; i++)
            table.find(NameKind.FUNCTION, StringPlace.hash(("f" + i).getBytes(StandardCharsets.UTF_8)));
        for (int i = 0; i < 6000; i++) {
            table.find(
                    NameKind.FUNCTION,
                    StringPlace.hash(
                            ("_ZN3app" + (1 + ("" + i).length()) + "f" + i + "Ei").getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void aTableThatIsDamagedBehindItsHeaderIsMadeAnew() throws Exception {
        Path file = store(cache(PLENTY));
        byte[] bad = Files.readAllBytes(file);
        for (int i = 4096; i < bad.length; i += 1024) bad[i] ^= 1;
        Files.write(file, bad);
        assertFindsAll(NameIndex.of(image(), cache(PLENTY)));
        tablesAreKept();
        assertThat(Files.readAllBytes(file)).hasSameSizeAs(bad).isNotEqualTo(bad);
    }

    @Test
    void theLongestUnusedGoFirst() throws Exception {
        Path kept = store(cache(PLENTY));
        long size = Files.size(kept);
        Path old = kept.resolveSibling("old.names");
        Path recent = kept.resolveSibling("recent.names");
        Path strangers = kept.resolveSibling("notes.txt");
        Path abandoned = kept.resolveSibling("x.unfinished");
        for (Path file : List.of(old, recent, strangers, abandoned)) Files.copy(kept, file);
        Files.setLastModifiedTime(old, FileTime.from(Instant.EPOCH));
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.EPOCH));
        store(cache(2 * size));
        assertThat(old).doesNotExist();
        assertThat(abandoned).doesNotExist();
        assertThat(recent).exists();
        assertThat(kept).exists();
        assertThat(strangers).exists();
    }

    @Test
    void whatIsUsedIsMarked() throws Exception {
        Path kept = store(cache(PLENTY));
        Files.setLastModifiedTime(kept, FileTime.from(Instant.EPOCH));
        DwarfImage image = image();
        assertThat(cache(PLENTY).load(name(image), NameKey.of(image))).isNotNull();
        assertThat(Files.getLastModifiedTime(kept).toInstant()).isAfter(Instant.EPOCH);
    }

    @Test
    void aTableLargerThanTheWholeCacheIsNotKept() throws Exception {
        assertThat(store(cache(1000))).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeMadeOrWrittenIsNoFailure() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        for (Path place : List.of(file.resolve("index"), Path.of("/proc/index"), Path.of("/dev/full/x"))) {
            NameCache cache = new NameCache(place, PLENTY, 0);
            DwarfImage image = image();
            cache.store(name(image), NameScans.of(image, image.unitsWithEntries(), NameKey.of(image)));
            assertThat(cache.load(name(image), NameKey.of(image))).isNull();
        }
    }

    @Test
    void writersAtTheSameTimeLeaveOneWholeTable() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread writer = new Thread(() -> {
                try {
                    go.await();
                    for (int n = 0; n < 5; n++) store(cache(PLENTY));
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            writer.start();
            writers.add(writer);
        }
        go.countDown();
        for (Thread writer : writers) writer.join();
        try (Stream<Path> files = Files.list(folder.resolve("index"))) {
            assertThat(files).hasSize(1);
        }
        assertFindsAll(NameIndex.of(image(), cache(PLENTY)));
    }

    @Test
    void withoutAFolderNothingIsKept() {
        assertThat(new NameCache(null, PLENTY, 0).keeps(PLENTY)).isFalse();
        assertThat(new NameCache(folder, PLENTY, 100).keeps(99)).isFalse();
        assertThat(new NameCache(folder, PLENTY, 100).keeps(100)).isTrue();
    }
}
