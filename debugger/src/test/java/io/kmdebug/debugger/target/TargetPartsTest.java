package io.kmdebug.debugger.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TargetPartsTest {
    @Test
    void charactersCutInTwoAreJoined() {
        Utf8Chunks chunks = new Utf8Chunks();
        byte[] text = "a\u00e9\u4e2d\ud83d\ude00z".getBytes(StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder();
        for (byte b : text) out.append(chunks.decode(new byte[] {b}, 1));
        assertThat(out.append(chunks.finish())).hasToString("a\u00e9\u4e2d\ud83d\ude00z");
    }

    @Test
    void brokenCharactersBecomeReplacements() {
        Utf8Chunks chunks = new Utf8Chunks();
        assertThat(chunks.decode(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe4}, 4))
                .isEqualTo("a\ufffdb");
        assertThat(chunks.finish()).isEqualTo("\ufffd");
    }

    @Test
    void memoryIsReadOncePerStopAndEndsWhereItEnds() {
        AtomicInteger reads = new AtomicInteger();
        MemoryReader source = (address, target, offset, length) -> {
            reads.incrementAndGet();
            int got = (int) Math.max(0, Math.min(length, 0x3800 - address));
            for (int i = 0; i < got; i++) target[offset + i] = (byte) (address + i);
            return got;
        };
        MemoryCache cache = new MemoryCache(source);
        byte[] out = new byte[0x3000];
        assertThat(cache.read(0x1ff0, out, 0, 32)).isEqualTo(32);
        assertThat(out[0]).isEqualTo((byte) 0xf0);
        assertThat(out[31]).isEqualTo((byte) 0x0f);
        int before = reads.get();
        assertThat(cache.read(0x1000, out, 0, 0x2000)).isEqualTo(0x2000);
        assertThat(reads.get()).isEqualTo(before);
        assertThat(cache.read(0x2000, out, 0, 0x3000)).isEqualTo(0x1800);
        cache.forget();
        cache.read(0x1000, out, 0, 1);
        assertThat(reads.get()).isGreaterThan(before + 1);
    }

    @Test
    void aThreadInKmsHandlerIsShownBehindItsSystemCall() {
        Registers parked = new Registers()
                .set(AmdRegister.RIP, 0x80_0000_822cL)
                .set(AmdRegister.RSP, 0x7000)
                .set(AmdRegister.RDI, 0xdead)
                .set(AmdRegister.RCX, 0x401234);
        MemoryReader stack = (address, target, offset, length) -> {
            java.util.Arrays.fill(target, offset, offset + length, (byte) 0);
            target[offset] = (byte) (address - 0x7000);
            return length;
        };
        Registers shown = KmTrampoline.outside(parked, stack);
        assertThat(shown.pc()).isEqualTo(0x401234);
        assertThat(shown.sp()).isEqualTo(0x7038);
        assertThat(shown.get(AmdRegister.RDI)).isEqualTo(8);
        assertThat(shown.get(AmdRegister.R9)).isEqualTo(48);
        Registers elsewhere = new Registers().set(AmdRegister.RIP, 0x401000).set(AmdRegister.RCX, 1);
        assertThat(KmTrampoline.outside(elsewhere, stack)).isSameAs(elsewhere);
    }
}
