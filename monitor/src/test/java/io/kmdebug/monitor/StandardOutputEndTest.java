package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever reads what a payload says sees the end of it as soon as the payload has closed it, not when it ends. */
class StandardOutputEndTest {
    /** Longer than a test may last. */
    private static final String WORK = "sleep 300";

    private static final int LIMIT_SECONDS = 60;

    @Test
    @Timeout(LIMIT_SECONDS)
    void endsWithTheShellThatLeftSomethingBehind() throws Exception {
        staysSilently(WORK + " <&- >&- 2>&- & echo $!");
    }

    @Test
    @Timeout(LIMIT_SECONDS)
    void endsInTheFirstProcess() throws Exception {
        staysSilently("echo $$; exec <&- >&- 2>&-; exec " + WORK);
    }

    @Test
    @Timeout(LIMIT_SECONDS)
    void endsWithADaemonsParents() throws Exception {
        staysSilently("(exec </dev/null >/dev/null 2>&1; " + WORK + " & " + WORK + ") & echo $!");
    }

    /** @param script says its pid, closes its output, works on */
    private static void staysSilently(String script) throws IOException {
        List<String> km = new ArrayList<>(TestProgram.km());
        for (List<String> runner : List.of(List.<String>of(), km)) {
            List<String> command = new ArrayList<>(runner);
            command.addAll(List.of("/bin/sh", "-c", script));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            ProcessHandle working =
                    ProcessHandle.of(Long.parseLong(said.trim())).orElseThrow();
            List<ProcessHandle> below = working.descendants().toList();
            assertThat(working.isAlive()).isTrue();
            working.destroyForcibly();
            below.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
