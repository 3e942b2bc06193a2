package io.kmdebug.symbols;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/**
 * Fuzz target: .gnu_debugdata. The first byte says what the rest is: an xz stream; one whose header, block, index and
 * footer get the checksums that they need; the file to be packed; the file to be packed many times over.
 */
final class MiniDebugFuzz {
    private static final int MOST_BYTES = 4 << 20;

    private MiniDebugFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) return;
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        PackedSections sections = new PackedSections();
        sections.put(
                MiniDebugInfo.SECTION,
                switch (data[0] & 3) {
                    case 0 -> rest;
                    case 1 -> summed(rest);
                    case 2 -> packed(rest, 1);
                    default -> packed(rest, MOST_BYTES / Math.max(1, rest.length));
                });
        ElfFile file = sections.elf("");
        FuzzLimits.within(() -> {
            DwarfSymbols symbols = new DwarfSymbols(file, new DebugFiles(List.of()));
            for (long pc = PackedSections.CODE; pc < PackedSections.CODE + 0x200; pc += 0x21) {
                symbols.symbolAt(pc).ifPresent(ElfSymbol::name);
            }
            symbols.symbolsNamed("main");
            symbols.functionsNamed("header_helper");
            symbols.status();
        });
    }

    private static byte[] packed(byte[] file, int times) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(0), XZ.CHECK_CRC32)) {
            for (int i = 0; i < times; i++) xz.write(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The .xz file format, 2.1 and 3.1 and 4: sums are where the stream says that its parts end. */
    private static byte[] summed(byte[] stream) {
        if (stream.length < 40) return stream;
        ByteBuffer out = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}).put(7, (byte) 0);
        out.putInt(8, sum(stream, 6, 2));
        int header = (stream[12] & 0xff) * 4;
        if (12 + header + 4 <= stream.length) out.putInt(12 + header, sum(stream, 12, header));
        int footer = stream.length - 12;
        out.put(footer + 8, stream[6])
                .put(footer + 9, stream[7])
                .put(footer + 10, (byte) 'Y')
                .put(footer + 11, (byte) 'Z');
        out.putInt(footer, sum(stream, footer + 4, 6));
        long index = ((out.getInt(footer + 4) & 0xffff_ffffL) + 1) * 4;
        int start = (int) (footer - index);
        if (index >= 8 && index <= footer - 12) out.putInt(footer - 4, sum(stream, start, (int) index - 4));
        return stream;
    }

    private static int sum(byte[] data, int from, int length) {
        CRC32 sum = new CRC32();
        sum.update(data, from, length);
        return (int) sum.getValue();
    }
}
