package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterruptsTest {
    private static final StopReason SIGINT = new StopReason.Signalled(LinuxSignal.SIGINT.number());

    private int sent;
    private boolean comesLate = true;
    private final Interrupts interrupts = new Interrupts(
            actions -> {},
            () -> {
                sent++;
                return comesLate;
            },
            false);

    @Test
    void oneForEachResume() {
        resume();
        interrupts.send();
        interrupts.send();
        assertThat(sent).isEqualTo(1);
        assertThat(explains(new StopReason.Interrupted())).isTrue();
        resume();
        interrupts.send();
        assertThat(sent).isEqualTo(2);
    }

    @Test
    void theProgramsOwnSigintIsNotOurs() {
        resume();
        assertThat(explains(SIGINT)).isFalse();
        resume();
        interrupts.send();
        assertThat(explains(new StopReason.Interrupted())).isTrue();
        resume();
        assertThat(explains(SIGINT)).isFalse();
    }

    @Test
    void anOvertakenInterruptIsOursHoweverLateItComes() {
        overtaken();
        for (int i = 0; i < 3; i++) {
            resume();
            assertThat(explains(new StopReason.Stepped())).isFalse();
        }
        resume();
        assertThat(explains(SIGINT)).isTrue();
        resume();
        assertThat(explains(SIGINT)).isFalse();
    }

    @Test
    void anOvertakenInterruptAndTheNextOneMayBothCome() {
        overtaken();
        resume();
        interrupts.send();
        assertThat(explains(new StopReason.Interrupted())).isTrue();
        resume();
        assertThat(explains(SIGINT)).isTrue();
        resume();
        assertThat(explains(SIGINT)).isFalse();
    }

    @Test
    void aStubThatForgetsThemSendsNoneLate() {
        comesLate = false;
        overtaken();
        resume();
        assertThat(explains(SIGINT)).isFalse();
    }

    private void overtaken() {
        resume();
        interrupts.send();
        assertThat(explains(new StopReason.Breakpoint())).isFalse();
    }

    private void resume() {
        interrupts.resume(List.of());
    }

    private boolean explains(StopReason reason) {
        return interrupts.explain(new StopEvent(1, reason, new Registers()));
    }

    @Test
    void oneThatAStubHasLostIsSentAgainUntilSomethingStops() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Interrupts losing = new Interrupts(
                actions -> {},
                () -> {
                    arrived.release();
                    return false;
                },
                true);
        losing.resume(List.of());
        losing.send();
        assertThat(arrived.tryAcquire(2, 30, TimeUnit.SECONDS)).isTrue();
        assertThat(losing.explain(new StopEvent(1, new StopReason.Interrupted(), new Registers())))
                .isTrue();
    }
}
