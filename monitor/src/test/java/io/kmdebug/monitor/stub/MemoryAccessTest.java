package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Widths and directions of instructions as an assembler encodes them. */
class MemoryAccessTest {
    @ParameterizedTest
    @CsvSource({
        "8b00, false, 4, true", // mov (%rax),%eax
        "488b00, false, 8, true",
        "668b00, false, 2, true",
        "0fb600, false, 1, true", // movzbl
        "8900, true, 4, false",
        "c60001, true, 1, false", // movb $1,(%rax)
        "f0480fb110, true, 8, true", // lock cmpxchg
        "830001, true, 4, true", // addl $1,(%rax)
        "c5fe6f00, false, 32, true", // vmovdqu (%rax),%ymm0
        "f30f1000, false, 4, true", // movss
        "f20f1000, false, 8, true", // movsd
        "660f7f00, true, 16, false", // movdqa %xmm0,(%rax)
        "62f17e487f00, true, 64, false", // vmovdqu32 %zmm0,(%rax)
        "ff30, false, 8, true", // pushq (%rax)
        "dd00, false, 10, true"
    })
    void readsInstructions(String code, boolean write, int bytes, boolean reads) {
        MemoryAccess access = MemoryAccess.of(HexFormat.of().parseHex(code), 0x1000, write);
        assertThat(access).isEqualTo(new MemoryAccess(0x1000, bytes, reads, write));
    }
}
