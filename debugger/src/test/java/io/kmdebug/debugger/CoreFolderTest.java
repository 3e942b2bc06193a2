package io.kmdebug.debugger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files below a folder are cores. */
class CoreFolderTest {
    @TempDir
    Path folder;

    /** The start of an ELF file of this e_type, of a processor with this byte order. */
    private static byte[] elf(int type, boolean big) {
        byte[] start = new byte[64];
        start[0] = 0x7f;
        start[1] = 'E';
        start[2] = 'L';
        start[3] = 'F';
        start[4] = 2;
        start[5] = (byte) (big ? 2 : 1);
        start[big ? 17 : 16] = (byte) type;
        return start;
    }

    private void file(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private void packed(String name, byte[] content) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            out.write(content);
        }
    }

    private List<String> cores() {
        return CoreFolder.of(folder).cores().stream()
                .map(core -> folder.relativize(core).toString())
                .toList();
    }

    @Test
    void whatBeginsAsACoreIsOneWhateverItIsCalled() throws Exception {
        file("crash-of-monday", elf(4, false));
        file("deep/er/of-a-sparc", elf(4, true));
        packed("monday.gz", elf(4, false));
        file("program", elf(2, false));
        file("notes.txt", new byte[] {1, 2, 3});
        packed("notes.gz", new byte[100]);
        file("empty", new byte[0]);
        assertThat(cores()).containsExactly("crash-of-monday", "deep/er/of-a-sparc", "monday.gz");
        assertThat(CoreFolder.of(folder).others()).isEqualTo(4);
    }

    @Test
    void whatIsCalledAsACoreIsNotPassedOverInSilence() throws Exception {
        for (String name : List.of("core", "core.77", "kmcore", "kmcore.5", "core.sshd.1000.4f2a.zst", "app.core"))
            file(name, new byte[0]);
        for (String source : List.of("core.c", "corefile", "kmcore.txt")) file(source, new byte[0]);
        assertThat(cores())
                .containsExactly("app.core", "core", "core.77", "core.sshd.1000.4f2a.zst", "kmcore", "kmcore.5");
    }

    @Test
    void pipesAndLinksAreNotWaitedForNorFollowedInCircles() throws Exception {
        file("core", elf(4, false));
        Files.createSymbolicLink(folder.resolve("again"), folder);
        Files.createSymbolicLink(folder.resolve("core.1"), folder.resolve("nothing"));
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("core.2").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(cores()).containsExactly("core");
    }

    @Test
    void aFolderIsNeeded() throws Exception {
        file("file", new byte[1]);
        assertThatThrownBy(() -> CoreFolder.of(folder.resolve("none")))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> CoreFolder.of(folder.resolve("file"))).hasMessageContaining("is no folder");
    }
}
