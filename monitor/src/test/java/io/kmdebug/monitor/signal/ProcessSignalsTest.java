package io.kmdebug.monitor.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.syscall.FakeMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessSignalsTest {
    private static final int SIGUSR1 = 10;
    private static final int SIGSEGV = 11;
    private static final int SIGUSR2 = 12;
    private static final int SIGCONT = 18;
    private static final int SIGTSTP = 20;
    private static final long HANDLER = 0x400000;
    private static final long RESTORER = 0x400100;
    private static final long STACK = FakeMemory.START + 0x8000;
    private static final long CALL_END = 0x401002;

    private final FakeMemory memory = new FakeMemory();
    private final FakeContext context = new FakeContext(memory);
    private final FakeHost host = new FakeHost();
    private final ProcessSignals signals = new ProcessSignals(host);
    private final ThreadSignals first = signals.thread(100, null);

    @BeforeEach
    void setUp() {
        context.set(GuestContext.RSP, STACK);
        context.set(GuestContext.RIP, CALL_END);
    }

    @AfterEach
    void tearDown() {
        memory.close();
    }

    private void handle(int signal, long flags) {
        signals.action(signal, new SignalAction(HANDLER, flags | SignalAction.SA_RESTORER, RESTORER, 0));
    }

    private static SignalInfo queued(int signal, int value) {
        SignalInfo info = SignalInfo.sent(signal, SignalInfo.SI_QUEUE, 1, 2);
        ByteBuffer.wrap(info.raw()).order(ByteOrder.LITTLE_ENDIAN).putInt(24, value);
        return info;
    }

    private int valueTaken() {
        SignalInfo info = signals.take(first, -1);
        if (info == null) throw new AssertionError("no signal is pending");
        return ByteBuffer.wrap(info.raw()).order(ByteOrder.LITTLE_ENDIAN).getInt(24);
    }

    @Test
    void standardSignalsCoalesceAndRealTimeSignalsQueueInOrder() {
        first.mask(-1);
        for (int i = 0; i < 3; i++) {
            signals.post(queued(40, i));
            signals.post(queued(SIGUSR1, i));
        }
        assertThat(valueTaken()).as("first siginfo of SIGUSR1 stays").isZero();
        for (int i = 0; i < 3; i++) assertThat(valueTaken()).isEqualTo(i);
        assertThat(signals.take(first, -1)).isNull();
    }

    @Test
    void processSignalWakesAThreadThatDoesNotBlockIt() {
        first.mask(SignalSet.bit(SIGUSR1));
        ThreadSignals second = signals.thread(101, null);
        handle(SIGUSR1, 0);
        host.events.clear();
        signals.post(queued(SIGUSR1, 0));
        assertThat(host.events).containsExactly("wake 101");
        assertThat(second.hasDeliverable()).isTrue();
        assertThat(first.hasDeliverable()).isFalse();
    }

    @Test
    void ignoredSignalIsDroppedUnlessBlocked() {
        signals.action(SIGUSR1, new SignalAction(SignalAction.IGNORE, 0, 0, 0));
        signals.post(queued(SIGUSR1, 0));
        assertThat(first.pending()).isZero();
        first.mask(SignalSet.bit(SIGUSR1));
        signals.post(queued(SIGUSR1, 0));
        assertThat(first.pending()).isEqualTo(SignalSet.bit(SIGUSR1));
    }

    @Test
    void signalThatIsWaitedForIsNotDroppedAsIgnored() {
        signals.action(SIGUSR1, new SignalAction(SignalAction.IGNORE, 0, 0, 0));
        assertThat(first.takeOrWait(SignalSet.bit(SIGUSR1))).isNull();
        signals.post(queued(SIGUSR1, 3));
        assertThat(host.events).contains("wake 100");
        assertThat(first.takeOrWait(SignalSet.bit(SIGUSR1))).isNotNull();
    }

    @Test
    void blockedFaultKillsWithCore() {
        handle(SIGSEGV, 0);
        first.mask(SignalSet.bit(SIGSEGV));
        signals.fault(first, SignalInfo.fault(SIGSEGV, SignalInfo.SEGV_MAPERR, 8), 14, 4, 8);
        signals.deliverPending(first, context);
        assertThat(host.events).contains("core 100 signal 11");
    }

    @Test
    void stopAndContinueCancelEachOther() {
        first.mask(SignalSet.bit(SIGTSTP) | SignalSet.bit(SIGCONT));
        signals.post(queued(SIGTSTP, 0));
        signals.post(queued(SIGCONT, 0));
        assertThat(first.pending()).isEqualTo(SignalSet.bit(SIGCONT));
        signals.post(queued(SIGTSTP, 0));
        assertThat(first.pending()).isEqualTo(SignalSet.bit(SIGTSTP));
        assertThat(host.events).contains("proceed");
    }

    @Test
    void debuggerCanDropOrReplaceASignal() {
        handle(SIGUSR2, 0);
        host.debugger = info -> info.signal() == SIGUSR1 ? queued(SIGUSR2, 9) : null;
        signals.post(queued(SIGUSR1, 0));
        signals.deliverPending(first, context);
        assertThat(context.get(GuestContext.RIP)).isEqualTo(HANDLER);
        assertThat(context.get(GuestContext.RDI)).isEqualTo(SIGUSR2);
        context.set(GuestContext.RIP, CALL_END);
        signals.post(queued(SIGCONT, 0));
        signals.post(queued(15, 0));
        signals.deliverPending(first, context);
        assertThat(context.get(GuestContext.RIP)).isEqualTo(CALL_END);
        assertThat(host.events).noneMatch(event -> event.startsWith("terminate"));
    }

    /** signal(7): what each kind of interrupted call does without a handler, with one, and with SA_RESTART. */
    @ParameterizedTest
    @CsvSource({
        "-512, none, again", "-512, plain, EINTR", "-512, SA_RESTART, again",
        "-513, none, again", "-513, plain, again", "-513, SA_RESTART, again",
        "-514, none, again", "-514, plain, EINTR", "-514, SA_RESTART, EINTR",
        "-516, none, restart_syscall", "-516, plain, EINTR", "-516, SA_RESTART, EINTR"
    })
    void interruptedCallEndsAsTheKernelSays(long code, String handler, String outcome) {
        context.originalRax(7);
        context.set(GuestContext.RAX, code);
        if (!handler.equals("none")) {
            handle(SIGUSR1, handler.equals("plain") ? 0 : SignalAction.SA_RESTART);
            signals.post(queued(SIGUSR1, 0));
        }
        signals.deliverPending(first, context);
        if (!handler.equals("none")) {
            assertThat(context.get(GuestContext.RIP)).isEqualTo(HANDLER);
            context.set(GuestContext.RSP, context.get(GuestContext.RSP) + 8); // the handler's ret
            context.set(GuestContext.RAX, SignalFrame.restore(first, context));
        }
        long rip = outcome.equals("EINTR") ? CALL_END : CALL_END - 2;
        long rax = outcome.equals("EINTR") ? -4 : outcome.equals("again") ? 7 : 219;
        assertThat(context.get(GuestContext.RIP)).isEqualTo(rip);
        assertThat(context.get(GuestContext.RAX)).isEqualTo(rax);
        assertThat(context.originalRax()).isEqualTo(-1);
    }

    @Test
    void maskOfOneCallComesBackWithTheHandlersReturn() {
        handle(SIGUSR1, 0);
        first.mask(SignalSet.bit(SIGUSR1));
        signals.post(queued(SIGUSR1, 0));
        first.maskForThisCall(SignalSet.bit(SIGUSR2));
        context.originalRax(130);
        context.set(GuestContext.RAX, -514);
        signals.deliverPending(first, context);
        assertThat(first.mask()).isEqualTo(SignalSet.bit(SIGUSR1) | SignalSet.bit(SIGUSR2));
        context.set(GuestContext.RSP, context.get(GuestContext.RSP) + 8);
        SignalFrame.restore(first, context);
        assertThat(first.mask()).isEqualTo(SignalSet.bit(SIGUSR1));
    }

    @Test
    void maskOfOneCallComesBackWithoutHandlerToo() {
        first.mask(SignalSet.bit(SIGUSR1));
        first.maskForThisCall(0);
        context.originalRax(130);
        context.set(GuestContext.RAX, -514);
        signals.deliverPending(first, context);
        assertThat(first.mask()).isEqualTo(SignalSet.bit(SIGUSR1));
        assertThat(context.get(GuestContext.RAX)).isEqualTo(130);
    }

    @Test
    void killAndStopCannotBeBlocked() {
        first.mask(-1);
        assertThat(first.mask()).isEqualTo(~SignalSet.UNBLOCKABLE);
        signals.post(queued(9, 0));
        signals.deliverPending(first, context);
        assertThat(host.events).contains("terminate 100 signal 9");
    }
}
