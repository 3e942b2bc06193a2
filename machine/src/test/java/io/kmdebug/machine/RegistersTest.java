package io.kmdebug.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One table of register numberings, and the layouts that follow from it. */
final class RegistersTest {
    @Test
    void gdbNumbersRegistersInTheOrderOfTheTable(@TempDir Path folder) throws Exception {
        Process gdb = new ProcessBuilder(
                        "gdb",
                        "-q",
                        "-nx",
                        "-batch",
                        "-ex",
                        "set architecture i386:x86-64",
                        "-ex",
                        "maint print registers")
                .redirectErrorStream(true)
                .start();
        String output = new String(gdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(gdb.waitFor()).as(output).isZero();
        for (AmdRegister register : List.of(
                AmdRegister.RAX,
                AmdRegister.R15,
                AmdRegister.GS,
                AmdRegister.ST7,
                AmdRegister.XMM15,
                AmdRegister.MXCSR)) {
            Matcher line = Pattern.compile("(?m)^ *" + register.gdbName() + " +(\\d+) +\\d+ +\\d+ +(\\d+) ")
                    .matcher(output);
            assertThat(line.find()).as("%s in %s", register, output).isTrue();
            assertThat(Integer.parseInt(line.group(1))).isEqualTo(register.ordinal());
            assertThat(Integer.parseInt(line.group(2))).isEqualTo(register.bytes());
        }
    }

    @Test
    void userRegsRoundTrip() {
        Registers registers = new Registers();
        for (AmdRegister register : AmdRegister.values()) {
            if (register.userRegsIndex() >= 0) registers.set(register, 0x1111_0000L + register.ordinal());
        }
        Registers back = new Registers();
        UserRegs.decode(UserRegs.encode(registers), 0, back);
        for (AmdRegister register : AmdRegister.values()) {
            assertThat(back.has(register)).isEqualTo(register.userRegsIndex() >= 0);
            if (back.has(register)) assertThat(back.get(register)).isEqualTo(registers.get(register));
        }
    }

    @Test
    void xsaveRoundTrip() {
        Random random = new Random(7);
        byte[] area = new byte[832];
        random.nextBytes(area);
        area[Xsave.XSTATE_BV] = 7;
        for (int i = 1; i < 8; i++) area[Xsave.XSTATE_BV + i] = 0;
        Registers registers = new Registers();
        Xsave.decode(area, registers);
        byte[] back = new byte[832];
        Xsave.encode(registers, back);
        Registers again = new Registers();
        Xsave.decode(back, again);
        for (AmdRegister register : AmdRegister.values()) {
            if (register == AmdRegister.FTAG) continue;
            assertThat(again.bytes(register)).as(register.name()).isEqualTo(registers.bytes(register));
        }
    }

    @Test
    void componentsThatAreNotInUseAreAtTheirInitialValue() {
        byte[] area = new byte[832];
        java.util.Arrays.fill(area, (byte) 0xee);
        for (int i = 0; i < 8; i++) area[Xsave.XSTATE_BV + i] = 0;
        Registers registers = new Registers();
        Xsave.decode(area, registers);
        assertThat(registers.get(AmdRegister.FCTRL)).isEqualTo(0x37f);
        assertThat(registers.bytes(AmdRegister.XMM3)).containsOnly(0);
        assertThat(registers.bytes(AmdRegister.YMM3H)).containsOnly(0);
    }

    @Test
    void absentIsNotZero() {
        Registers registers = new Registers().set(AmdRegister.RAX, 0);
        assertThat(registers.has(AmdRegister.RAX)).isTrue();
        assertThat(registers.has(AmdRegister.RBX)).isFalse();
        assertThat(registers.bytes(AmdRegister.RBX)).isNull();
        assertThat(registers.copy().has(AmdRegister.RAX)).isTrue();
    }

    @Test
    void signalsTranslateBothWays() {
        assertThat(LinuxSignal.toGdb(11)).isEqualTo(11);
        assertThat(LinuxSignal.toGdb(7)).isEqualTo(10);
        assertThat(LinuxSignal.toGdb(10)).isEqualTo(30);
        assertThat(LinuxSignal.toGdb(34)).isEqualTo(46);
        for (int signal = 1; signal <= 64; signal++) {
            if (signal == 16) continue; // gdb has no SIGSTKFLT
            assertThat(LinuxSignal.fromGdb(LinuxSignal.toGdb(signal))).isEqualTo(signal);
        }
    }

    @Test
    void lebsAreBounded(@TempDir Path folder) throws Exception {
        Path file = Files.write(
                folder.resolve("leb"), new byte[] {(byte) 0xe5, (byte) 0x8e, 0x26, 0x7f, (byte) 0x80, 0x7f});
        Cursor cursor = new Cursor(Bytes.map(file));
        assertThat(cursor.uleb("value")).isEqualTo(624485);
        assertThat(cursor.sleb("value")).isEqualTo(-1);
        assertThat(cursor.sleb("value")).isEqualTo(-128);
        Cursor endless = new Cursor(Bytes.of("endless", new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> endless.uleb("length"))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("length");
    }
}
