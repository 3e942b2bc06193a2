package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Amd64InstructionTest {
    private static final Pattern LINE = Pattern.compile("^ *[0-9a-f]+:\\t((?:[0-9a-f]{2} )+) *\\t?(.*)$");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/lib/x86_64-linux-musl/libc.a",
                "/bin/busybox",
                "/usr/lib/x86_64-linux-gnu/libm-2.36.a",
                "/usr/lib/x86_64-linux-gnu/libmvec.a"
            })
    void lengthsAreThoseOfObjdump(String file) throws IOException, InterruptedException {
        Process objdump = new ProcessBuilder("objdump", "-dw", "--insn-width=16", file)
                .redirectErrorStream(true)
                .start();
        Amd64Instruction instruction = new Amd64Instruction();
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(objdump.getInputStream(), StandardCharsets.ISO_8859_1))) {
            String previous = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = LINE.matcher(line);
                if (!matcher.matches()) continue;
                // data between functions, and prefixes that objdump shows on a line of their own
                if (line.contains("(bad)") || matcher.group(2).matches("(rex\\S*|data16|addr32|[c-g]s|repn?z)?"))
                    continue;
                byte[] code = bytes(matcher.group(1));
                compared++;
                boolean good = instruction.decode(code, 0, code.length);
                if ((!good || instruction.length != code.length) && !line.contains("fwait")) {
                    if (!isX87AfterFwait(code)) wrong.add(line + " -> " + instruction.length + " after " + previous);
                }
                previous = line;
            }
        }
        assertThat(objdump.waitFor()).isZero();
        assertThat(compared).isGreaterThan(10_000);
        assertThat(wrong).isEmpty();
    }

    /** objdump shows FWAIT and the x87 instruction behind it as one (FSTCW for FWAIT; FNSTCW). */
    private static boolean isX87AfterFwait(byte[] code) {
        return code[0] == (byte) 0x9b;
    }

    @Test
    void operandsOfStackInstructionsAreDecoded() {
        Amd64Instruction sub = decode(0x48, 0x81, 0xec, 0x38, 0x01, 0x00, 0x00);
        assertThat(sub.opcode).isEqualTo(0x81);
        assertThat(sub.reg).isEqualTo(5);
        assertThat(sub.rm).isEqualTo(4);
        assertThat(sub.immediate).isEqualTo(0x138);
        Amd64Instruction push = decode(0x41, 0x57);
        assertThat(push.rm).isEqualTo(15);
        Amd64Instruction load = decode(0x4c, 0x8b, 0x64, 0x24, 0xf8);
        assertThat(load.reg).isEqualTo(12);
        assertThat(load.base).isEqualTo(4);
        assertThat(load.index).isEqualTo(-1);
        assertThat(load.displacement).isEqualTo(-8);
        Amd64Instruction jump = decode(0x0f, 0x85, 0xf0, 0xff, 0xff, 0xff);
        assertThat(jump.immediate).isEqualTo(-16);
    }

    @Test
    void cutInstructionsAreRefused() {
        byte[] code = {0x48, (byte) 0x81, (byte) 0xec, 0x38, 0x01, 0x00, 0x00};
        Amd64Instruction instruction = new Amd64Instruction();
        for (int limit = 0; limit < code.length; limit++) {
            assertThat(instruction.decode(code, 0, limit)).isFalse();
            assertThat(instruction.length).isZero();
        }
        assertThat(instruction.decode(code, 0, code.length)).isTrue();
    }

    private static Amd64Instruction decode(int... values) {
        byte[] code = new byte[values.length];
        for (int i = 0; i < values.length; i++) code[i] = (byte) values[i];
        Amd64Instruction instruction = new Amd64Instruction();
        assertThat(instruction.decode(code, 0, code.length)).isTrue();
        return instruction;
    }

    private static byte[] bytes(String hex) {
        String[] parts = hex.trim().split(" +");
        byte[] code = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) code[i] = (byte) Integer.parseInt(parts[i], 16);
        return code;
    }
}
