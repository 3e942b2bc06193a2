package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words that start km, as a process of its own, so that whatever goes wrong there is only a status here. The platform
 * is what the system property {@code kmdebug.platform} or the variable KMDEBUG_PLATFORM names, else km's own choice,
 * which must be KVM then.
 */
public final class KmCommand {
    /** Set by {@link OnPtrace}. */
    static final String PLATFORM = "kmdebug.platform";

    private KmCommand() {}

    /** Options of km and what it runs are to be added. */
    public static List<String> words() {
        String platform = platform();
        if (platform == null || platform.equals("kvm")) {
            assertThat(Path.of("/dev/kvm"))
                    .as("tests of the monitor need /dev/kvm")
                    .isWritable();
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String path = System.getProperty("java.class.path");
        List<String> words = new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        words.addAll(List.of("-Xms12m", "-Xmn4m", "-Xmx512m"));
        words.addAll(List.of(
                "-XX:-UsePerfData",
                "-Xrs",
                "-XX:+DisableAttachMechanism",
                "-Djffi.boot.library.path=" + NativeLibrary.FOLDER,
                "-cp",
                path,
                "io.kmdebug.monitor.KmMain"));
        if (platform != null) words.add("--platform=" + platform);
        return words;
    }

    private static @Nullable String platform() {
        return System.getProperty(PLATFORM, System.getenv("KMDEBUG_PLATFORM"));
    }

    /** The native library as the distribution has it: unpacked, so that no km does that at its start. */
    private static final class NativeLibrary {
        private static final String NAME = "jni/x86_64-Linux/libjffi-1.2.so";
        private static final Path FOLDER = unpack();

        private static Path unpack() {
            try (InputStream in = KmCommand.class.getClassLoader().getResourceAsStream(NAME)) {
                assertThat(in).as("%s on the class path", NAME).isNotNull();
                Path folder = Files.createTempDirectory("jffi");
                folder.toFile().deleteOnExit();
                Path file = folder.resolve("libjffi-1.2.so");
                Files.write(file, in.readAllBytes());
                file.toFile().deleteOnExit();
                return folder;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
