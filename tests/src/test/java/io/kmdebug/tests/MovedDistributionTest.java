package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution is one folder that works wherever it is put, with the class archives it has made meanwhile. */
final class MovedDistributionTest {
    @TempDir
    Path folder;

    @Test
    void theDemoRunsFromACopyAndFromWhereTheCopyIsMovedTo() throws Exception {
        Path copy = folder.resolve("first place");
        copyWithoutArchives(Shipped.distribution(), copy);
        run(copy.resolve("bin/make-archives").toString());
        Path moved = folder.resolve("second place");
        Files.move(copy, moved);
        Shipped.Result demo =
                Shipped.run(folder, List.of(moved.resolve("bin/kmdebug").toString(), "demo"));
        assertThat(demo.status()).as("%s", demo).isZero();
        assertThat(demo.output())
                .contains("the payload ends with status 139", "stopped by SIGSEGV")
                .contains("urgency_of (note=0x0)")
                .contains(moved + "/samples/crew/crew.c:");
        assertThat(demo.output()).doesNotContain(copy + "/", "Exception");
    }

    /** The launchers of the original may be recording archives of their own at this moment. */
    private void copyWithoutArchives(Path from, Path to) throws Exception {
        Files.createDirectories(to.resolve("lib"));
        for (String part : List.of("bin", "samples", "lib/jni", "lib/km.jar", "lib/kmdebug.jar")) {
            run("cp", "-r", from.resolve(part).toString(), to.resolve(part).toString());
        }
    }

    private void run(String... command) throws Exception {
        Shipped.Result result = Shipped.run(folder, List.of(command));
        assertThat(result.status()).as("%s", result).isZero();
    }
}
