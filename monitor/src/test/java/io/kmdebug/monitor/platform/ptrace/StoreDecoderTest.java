package io.kmdebug.monitor.platform.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Instructions as the assembler encodes them. All access memory by %rbx, or by what they are bound to. */
class StoreDecoderTest {
    private static final long STACK = 0x7000_0000L;
    private static final long TARGET = 0x1000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mov %eax,(%rbx)",
                "movq $5,8(%rbx,%rcx,4)",
                "movb %al,(%rbx)",
                "lock addl $1,(%rbx)",
                "add %rax,(%rbx)",
                "xorb $1,(%rbx)",
                "xchg %rax,(%rbx)",
                "incl (%rbx)",
                "notq (%rbx)",
                "shll $3,(%rbx)",
                "sete (%rbx)",
                "stosb",
                "rep stosq",
                "movups %xmm1,(%rbx)",
                "movdqa %xmm1,(%rbx)",
                "movq %xmm1,(%rbx)",
                "movd %xmm1,(%rbx)",
                "movnti %rax,(%rbx)",
                "vmovdqu %ymm1,(%rbx)",
                "vmovaps %ymm9,(%rbx)",
                "vmovq %xmm1,(%rbx)",
                "vextracti128 $1,%ymm1,(%rbx)",
                "vmovdqu64 %zmm1,(%rbx)",
                "cmpxchg %rcx,(%rbx)",
                "xadd %eax,(%rbx)",
                "fstpl (%rbx)",
                "fnstcw (%rbx)",
                "stmxcsr (%rbx)",
                "fxsave (%rbx)",
                "movbe %rax,(%rbx)",
                "pextrq $1,%xmm1,(%rbx)",
                "bts %rax,(%rbx)",
                "cmpxchg16b (%rbx)",
                "popq (%rbx)"
            })
    void seesStores(String instruction) throws Exception {
        assertThat(decode(instruction, TARGET)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mov (%rbx),%eax",
                "movzbl (%rbx),%eax",
                "cmp %eax,(%rbx)",
                "cmpl $5,(%rbx)",
                "test %eax,(%rbx)",
                "testb $1,(%rbx)",
                "add (%rbx),%rax",
                "divl (%rbx)",
                "movups (%rbx),%xmm1",
                "movq (%rbx),%xmm1",
                "vmovdqu (%rbx),%ymm1",
                "vmovq (%rbx),%xmm1",
                "vpaddd (%rbx),%ymm1,%ymm2",
                "vmovdqu64 (%rbx),%zmm1",
                "fldl (%rbx)",
                "fldcw (%rbx)",
                "ldmxcsr (%rbx)",
                "movbe (%rbx),%rax",
                "crc32l (%rbx),%eax",
                "bt %rax,(%rbx)",
                "lodsb",
                "pushq (%rbx)",
                "call *(%rbx)",
                "jmp *(%rbx)",
                "imul (%rbx),%rax",
                "cmove (%rbx),%eax"
            })
    void seesLoads(String instruction) throws Exception {
        assertThat(decode(instruction, TARGET)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"push %rax", "call .", "call *(%rbx)", "pushq (%rbx)", "pushq $1", "pushfq"})
    void seesStoresToTheStack(String instruction) throws Exception {
        assertThat(decode(instruction, STACK - 8)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"movsb", "rep movsq"})
    void tellsTheTwoPlacesOfAMoveApart(String instruction) throws Exception {
        byte[] code = assemble(instruction);
        assertThat(StoreDecoder.writes(code, TARGET, STACK, TARGET)).isTrue();
        assertThat(StoreDecoder.writes(code, TARGET, STACK, 0x9000)).isFalse();
    }

    private boolean decode(String instruction, long address) throws Exception {
        return StoreDecoder.writes(assemble(instruction), address, STACK, TARGET);
    }

    private byte[] assemble(String instruction) throws Exception {
        Path source = folder.resolve("one.s");
        Path object = folder.resolve("one.o");
        Path bytes = folder.resolve("one.bin");
        Files.writeString(source, instruction + "\n.fill 16,1,0x90\n");
        run("as", "-o", object.toString(), source.toString());
        run("objcopy", "-O", "binary", "-j", ".text", object.toString(), bytes.toString());
        return Arrays.copyOf(Files.readAllBytes(bytes), 16);
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }
}
