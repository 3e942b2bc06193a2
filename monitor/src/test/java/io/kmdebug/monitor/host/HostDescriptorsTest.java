package io.kmdebug.monitor.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In a process of its own, which is started with descriptors that nobody meant it to have. */
class HostDescriptorsTest {
    /** What that process runs: says which of the descriptors are open. */
    public static void main(String[] numbers) {
        HostDescriptors.closeLeaked();
        for (String number : numbers) System.out.println(number + " " + new File("/proc/self/fd/" + number).exists());
    }

    @Test
    void whatASpareWasStartedWithByChanceIsClosed() throws Exception {
        List<String> command = List.of(
                "bash",
                "-c",
                "exec 30</dev/null 256</dev/null 300</dev/null; exec \"$@\"",
                "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                HostDescriptorsTest.class.getName(),
                "30",
                "256",
                "300");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).isEqualTo("30 true\n256 false\n300 false\n");
    }
}
