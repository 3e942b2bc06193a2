package io.kmdebug.monitor.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In a process of its own, which is started with descriptors that nobody meant it to have. */
class HostDescriptorsTest {
    private static final String OCCUPIED = "occupied";

    /** What that process runs: says which of the descriptors are open, or which number the next one gets. */
    public static void main(String[] numbers) {
        if (numbers[0].equals(OCCUPIED)) {
            HostDescriptors.makeRoomMeanwhile();
            HostDescriptors.occupyLow();
            System.out.println(HostCall.open("/dev/null", 0));
            return;
        }
        HostDescriptors.closeLeaked();
        for (String number : numbers) System.out.println(number + " " + new File("/proc/self/fd/" + number).exists());
    }

    @Test
    void afterTheLowNumbersAreTakenTheFirstOfThePayloadIsNext() throws Exception {
        assertThat(output("exec 30</dev/null 100</dev/null; exec \"$@\"", OCCUPIED))
                .isEqualTo(HostDescriptors.LOWEST_OF_PAYLOAD + "\n");
    }

    @Test
    void fewDescriptorsAreNotSpentOnTheMonitorsNumbers() throws Exception {
        String first = output("ulimit -n 300; exec \"$@\"", OCCUPIED).strip();
        assertThat(Integer.parseInt(first)).isBetween(3, HostDescriptors.LOWEST_OF_PAYLOAD - 1);
    }

    @Test
    void whatASpareWasStartedWithByChanceIsClosed() throws Exception {
        assertThat(output("exec 30</dev/null 256</dev/null 300</dev/null; exec \"$@\"", "30", "256", "300"))
                .isEqualTo("30 true\n256 false\n300 false\n");
    }

    private static String output(String script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                script,
                "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                HostDescriptorsTest.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
