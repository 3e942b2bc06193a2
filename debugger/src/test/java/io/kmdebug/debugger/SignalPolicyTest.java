package io.kmdebug.debugger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignalPolicyTest {
    @Test
    void namesMeanWhatTheShellSaysTheyMean() throws IOException {
        Process shell =
                new ProcessBuilder("bash", "-c", "for n in $(seq 1 64); do echo $n $(kill -l $n); done").start();
        String table = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int named = 0;
        for (String line : table.lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words.length < 2 || words[1].isEmpty()) continue; // 32 and 33 have no name
            assertThat(SignalPolicy.byName(words[1])).as(line).hasValue(Integer.parseInt(words[0]));
            assertThat(SignalPolicy.byName("sig" + words[1])).as(line).hasValue(Integer.parseInt(words[0]));
            named++;
        }
        assertThat(named).isEqualTo(62);
    }

    @Test
    void numbersAreNamesWithinTheirRange() {
        assertThat(SignalPolicy.byName(" 33 ")).hasValue(33);
        assertThat(SignalPolicy.byName("0")).isEmpty();
        assertThat(SignalPolicy.byName("65")).isEmpty();
        assertThat(SignalPolicy.byName("SIGRTMIN+31")).isEmpty();
        assertThat(SignalPolicy.byName("SIGRTMIN-1")).isEmpty();
        assertThat(SignalPolicy.byName("SIGRTMAX+1")).isEmpty();
        assertThat(SignalPolicy.byName("")).isEmpty();
        assertThat(SignalPolicy.byName("SIG")).isEmpty();
        assertThat(SignalPolicy.byName("SIGNONE")).isEmpty();
    }

    @Test
    void errorsOfTheProgramAlwaysStop() {
        SignalPolicy none = new SignalPolicy(Set.of());
        assertThat(none.stopsAt(11)).isTrue();
        assertThat(none.stopsAt(10)).isFalse();
        assertThat(new SignalPolicy(Set.of(10)).stopsAt(10)).isTrue();
    }
}
