package io.kmdebug.monitor.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.syscall.FakeMemory;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignalFrameTest {
    private static final int SIGUSR1 = 10;
    private static final long HANDLER = 0x400000;
    private static final long RESTORER = 0x400100;
    private static final long STACK = FakeMemory.START + 0x8000;

    private final FakeMemory memory = new FakeMemory();
    private final FakeContext context = new FakeContext(memory);
    private final FakeHost host = new FakeHost();
    private final ProcessSignals signals = new ProcessSignals(host);
    private final ThreadSignals thread = signals.thread(100, null);

    @BeforeEach
    void setUp() {
        for (int i = 0; i < 16; i++) context.set(i, 0x1000 + i);
        context.set(GuestContext.RSP, STACK);
        context.set(GuestContext.RIP, 0x401000);
        byte[] area = new byte[FakeContext.XSAVE_BYTES];
        for (int i = 160; i < 416; i++) area[i] = (byte) i;
        area[25] = 0x5f;
        area[24] = (byte) 0x80;
        area[512] = 7;
        context.xsave(area);
    }

    @AfterEach
    void tearDown() {
        memory.close();
    }

    private void deliver(long flags) {
        signals.action(SIGUSR1, new SignalAction(HANDLER, flags | SignalAction.SA_RESTORER, RESTORER, 0));
        signals.post(SignalInfo.sent(SIGUSR1, SignalInfo.SI_USER, 5, 6));
        signals.deliverPending(thread, context);
    }

    private void returnFromHandler() {
        context.set(GuestContext.RSP, context.get(GuestContext.RSP) + 8);
        SignalFrame.restore(thread, context);
    }

    @Test
    void handlerStartsAsTheAbiWants() {
        context.set(GuestContext.RFLAGS, 0x202 | 0x400 | 0x100);
        deliver(0);
        long frame = context.get(GuestContext.RSP);
        assertThat(frame + 8 & 15).isZero();
        assertThat(memory.readLong(frame)).isEqualTo(RESTORER);
        assertThat(context.get(GuestContext.RDI)).isEqualTo(SIGUSR1);
        assertThat(memory.readInt(context.get(GuestContext.RSI))).isEqualTo(SIGUSR1);
        assertThat(context.get(GuestContext.RDX)).isEqualTo(frame + 8);
        assertThat(context.get(GuestContext.RAX)).isZero();
        assertThat(context.get(GuestContext.RFLAGS)).isEqualTo(0x202);
        assertThat(frame).isLessThan(STACK - 128 - FakeContext.XSAVE_BYTES);
    }

    @Test
    void redZoneIsLeftAlone() {
        byte[] red = new byte[128];
        Arrays.fill(red, (byte) 0x5a);
        memory.write(STACK - 128, red);
        deliver(0);
        assertThat(memory.read(STACK - 128, 128)).isEqualTo(red);
    }

    @Test
    void everythingComesBack() {
        byte[] before = context.xsave();
        deliver(0);
        assertThat(context.xsave()).as("the handler has a clean unit").isNotEqualTo(before);
        for (int i = 0; i < 16; i++) if (i != GuestContext.RSP) context.set(i, -1);
        returnFromHandler();
        for (int i = 0; i < 16; i++) {
            if (i != GuestContext.RSP) assertThat(context.get(i)).isEqualTo(0x1000 + i);
        }
        assertThat(context.get(GuestContext.RSP)).isEqualTo(STACK);
        assertThat(context.get(GuestContext.RIP)).isEqualTo(0x401000);
        assertThat(context.xsave()).isEqualTo(before);
        assertThat(thread.mask()).isZero();
    }

    @Test
    void frameTellsHowLongTheFloatingPointStateIs() {
        deliver(0);
        long fpstate = memory.readLong(context.get(GuestContext.RSP) + 48 + 184);
        assertThat(fpstate & 63).isZero();
        assertThat(memory.readInt(fpstate + 464)).isEqualTo(0x46505853);
        assertThat(memory.readInt(fpstate + 468)).isEqualTo(FakeContext.XSAVE_BYTES + 4);
        assertThat(memory.readLong(fpstate + 472)).isEqualTo(7);
        assertThat(memory.readInt(fpstate + 480)).isEqualTo(FakeContext.XSAVE_BYTES);
        assertThat(memory.readInt(fpstate + FakeContext.XSAVE_BYTES)).isEqualTo(0x46505845);
    }

    @Test
    void harmfulValuesInAFrameAreNotLoaded() {
        deliver(0);
        long frame = context.get(GuestContext.RSP);
        memory.writeLong(frame + 48 + 136, -1L);
        long fpstate = memory.readLong(frame + 48 + 184);
        memory.writeInt(fpstate + 24, -1);
        memory.writeLong(fpstate + 512, -1L);
        memory.writeLong(fpstate + 520, -1L);
        memory.writeLong(frame + 304, -1L);
        returnFromHandler();
        assertThat(context.get(GuestContext.RFLAGS)).isEqualTo(0x202 | 0x50dd5);
        byte[] area = context.xsave();
        assertThat(Arrays.copyOfRange(area, 24, 28)).containsExactly(0xff, 0xff, 0, 0);
        assertThat(Arrays.copyOfRange(area, 512, 528)).containsExactly(7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(thread.mask()).isEqualTo(~SignalSet.UNBLOCKABLE);
    }

    @Test
    void frameWithAKernelAddressRaisesSigsegv() {
        deliver(0);
        memory.writeLong(context.get(GuestContext.RSP) + 48 + 128, 0xffff800000000000L);
        returnFromHandler();
        signals.deliverPending(thread, context);
        assertThat(host.events).contains("core 100 signal 11");
    }

    @Test
    void noRoomForTheFrameRaisesSigsegv() {
        context.set(GuestContext.RSP, FakeMemory.START + 200);
        deliver(0);
        assertThat(host.events).contains("core 100 signal 11");
    }

    @Test
    void alternateStackIsUsedOnceAndItsOverflowKills() {
        long top = FakeMemory.START + 0x4000;
        thread.alternateStack(new AlternateStack(top - 4096, 0, 4096));
        deliver(SignalAction.SA_ONSTACK | SignalAction.SA_NODEFER);
        long outer = context.get(GuestContext.RSP);
        assertThat(outer).isBetween(top - 4096, top);
        deliver(SignalAction.SA_ONSTACK | SignalAction.SA_NODEFER);
        assertThat(context.get(GuestContext.RSP)).isBetween(top - 4096, outer);
        deliver(SignalAction.SA_ONSTACK | SignalAction.SA_NODEFER);
        assertThat(host.events).contains("core 100 signal 11");
    }

    @Test
    void autodisarmedStackComesBackWithTheReturn() {
        AlternateStack stack = new AlternateStack(FakeMemory.START + 0x2000, AlternateStack.SS_AUTODISARM, 8192);
        thread.alternateStack(stack);
        deliver(SignalAction.SA_ONSTACK);
        assertThat(thread.alternateStack()).isEqualTo(AlternateStack.NONE);
        returnFromHandler();
        assertThat(thread.alternateStack()).isEqualTo(stack);
    }

    @Test
    void missingFloatingPointPointerGivesTheInitialState() {
        deliver(0);
        memory.writeLong(context.get(GuestContext.RSP) + 48 + 184, 0);
        returnFromHandler();
        assertThat(Arrays.copyOfRange(context.xsave(), 24, 28)).containsExactly(0x80, 0x1f, 0, 0);
    }
}
