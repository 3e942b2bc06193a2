package io.kmdebug.coredump;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UserRegs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cores as KM itself lays them out: names without NUL, no NT_FPREGSET, overlapping segments, no section headers. */
class KmCoreTest {
    @TempDir
    Path folder;

    @Test
    void programAndFloatingPointComeFromKmsNotes() throws Exception {
        CoreFile core = CoreFile.open(write(notes(2, xsave(2.5))));
        assertThat(core.notices()).isEmpty();
        assertThat(core.km()).isTrue();
        assertThat(core.signal()).isZero();
        assertThat(core.executable()).contains("/opt/app.km");
        assertThat(core.guestImage().orElseThrow().loadAdjust()).isEqualTo(0x1fb000);
        Registers registers = core.threads().get(0).registers();
        assertThat(core.threads().get(0).tid()).isEqualTo(1);
        assertThat(registers.pc()).isEqualTo(0x401234);
        assertThat(registers.has(AmdRegister.CS)).isFalse();
        assertThat(Double.longBitsToDouble(registers.get(AmdRegister.XMM3))).isEqualTo(2.5);
        assertThat(core.mappedFiles()).containsExactly(new MappedFile(0x400010, 0x4012f3, 4096, "/opt/app.km"));
    }

    @Test
    void theOlderFloatingPointFormatIsRead() throws Exception {
        ByteBuffer fpu = ByteBuffer.allocate(416).order(ByteOrder.LITTLE_ENDIAN);
        fpu.putShort(128, (short) 0x37f).putDouble(152 + 3 * 16, 6.25).putInt(408, 0x1f80);
        Registers registers =
                CoreFile.open(write(notes(1, fpu.array()))).threads().get(0).registers();
        assertThat(Double.longBitsToDouble(registers.get(AmdRegister.XMM3))).isEqualTo(6.25);
        assertThat(registers.get(AmdRegister.MXCSR)).isEqualTo(0x1f80);
    }

    @Test
    void overlappingSegmentsAreReadOnce() throws Exception {
        CoreFile core = CoreFile.open(write(notes(0, new byte[0])));
        byte[] read = core.memory().read(0x400000, 0x4000);
        assertThat(read[0]).isEqualTo((byte) 1);
        assertThat(read[0x1fff]).isEqualTo((byte) 1);
        assertThat(read[0x3fff]).isEqualTo((byte) 2);
        assertThat(core.memory().read(0x404000, read, 0, 1)).isZero();
    }

    private Path write(byte[] notes) throws IOException {
        ByteBuffer file = ByteBuffer.allocate(0x6000).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        file.putShort((short) 4)
                .putShort((short) 62)
                .putInt(1)
                .putLong(0x1000)
                .putLong(64)
                .putLong(0);
        file.putInt(0)
                .putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) 3)
                .putInt(0)
                .putShort((short) 0);
        segment(file, 4, 64 + 3 * 56, 0, notes.length);
        segment(file, 1, 0x2000, 0x400000, 0x2000);
        segment(file, 1, 0x3000, 0x401000, 0x3000);
        file.put(notes);
        file.position(0x2000).put(filled(0x2000, 1)).put(filled(0x2000, 2));
        return Files.write(Files.createTempFile(folder, "km", "core"), file.array());
    }

    private static void segment(ByteBuffer file, int type, long offset, long address, long size) {
        file.putInt(type)
                .putInt(6)
                .putLong(offset)
                .putLong(address)
                .putLong(0)
                .putLong(size)
                .putLong(size)
                .putLong(0);
    }

    private static byte[] notes(int format, byte[] floatingPoint) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer status = ByteBuffer.allocate(336).order(ByteOrder.LITTLE_ENDIAN);
        Registers registers = new Registers();
        registers
                .set(AmdRegister.RIP, 0x401234)
                .set(AmdRegister.RSP, 0x7fff0000)
                .set(AmdRegister.CS, 0);
        status.putInt(32, 1).position(112).put(UserRegs.encode(registers));
        note(out, "CORE", 1, status.array());

        ByteBuffer files = ByteBuffer.allocate(16 + 24 + 12).order(ByteOrder.LITTLE_ENDIAN);
        files.putLong(1).putLong(4096).putLong(0x400010).putLong(0x4012f3).putLong(1);
        files.put("/opt/app.km".getBytes(StandardCharsets.UTF_8));
        note(out, "CORE", 0x46494c45, files.array());

        ByteBuffer vcpu = ByteBuffer.allocate(96 + floatingPoint.length).order(ByteOrder.LITTLE_ENDIAN);
        vcpu.putInt(92, format).put(96, floatingPoint);
        note(out, "KMSP", KmNoteType.VCPU, vcpu.array());

        byte[] name = "/opt/app.km\0".getBytes(StandardCharsets.UTF_8);
        ByteBuffer guest = ByteBuffer.allocate(88 + 2 * 56 + name.length).order(ByteOrder.LITTLE_ENDIAN);
        guest.putInt(0, 1).putLong(8, 0x1fb000).putShort(24 + 56, (short) 2).put(88 + 2 * 56, name);
        note(out, "KMSP", KmNoteType.GUESTV, guest.array());
        return out.toByteArray();
    }

    private static byte[] xsave(double xmm3) {
        ByteBuffer area = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        area.putShort(0, (short) 0x37f).putInt(24, 0x1f80).putLong(512, 7).putDouble(160 + 3 * 16, xmm3);
        return area.array();
    }

    private static void note(ByteArrayOutputStream out, String owner, int type, byte[] content) {
        ByteBuffer note = ByteBuffer.allocate(16 + (content.length + 3 & ~3)).order(ByteOrder.LITTLE_ENDIAN);
        note.putInt(4).putInt(content.length).putInt(type);
        note.put(owner.getBytes(StandardCharsets.US_ASCII)).put(content);
        out.writeBytes(note.array());
    }

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
