package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * What some distributions leave in a stripped program: an ELF file, packed by xz, with the symbols of its functions. GDB
 * manual, "MiniDebugInfo". Those of .dynsym are not repeated in it.
 */
final class MiniDebugInfo {
    static final String SECTION = ".gnu_debugdata";

    /** Programs of a gigabyte have less than this. */
    private static final int MAX_BYTES = 256 << 20;

    /** The largest preset of xz takes 65 MiB. */
    private static final int MAX_MEMORY_KIB = 100 << 10;

    private MiniDebugInfo() {}

    static boolean isIn(ElfFile program) {
        for (ElfSection section : program.sections()) {
            if (section.name().equals(SECTION) && section.type() != ElfSection.SHT_NOBITS) return true;
        }
        return false;
    }

    /**
     * The file that is packed in {@code program}; null when there is none. What is in the program's own .dynsym is not
     * repeated in it.
     *
     * @throws CorruptFileException when it cannot be unpacked, or is no ELF file
     */
    static @Nullable ElfFile file(ElfFile program) {
        ElfSection section = program.section(SECTION).orElse(null);
        if (section == null) return null;
        Bytes packed = program.content(section);
        return ElfFile.of(Path.of(packed.name()), Bytes.of(packed.name(), unpack(packed)));
    }

    private static byte[] unpack(Bytes packed) {
        try (XZInputStream in = new XZInputStream(new Content(packed), MAX_MEMORY_KIB)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[1 << 16];
            int got;
            while ((got = in.read(piece)) > 0) {
                if (out.size() > MAX_BYTES - got) {
                    throw corrupt(packed, "more than " + MAX_BYTES + " bytes", "at most that many");
                }
                out.write(piece, 0, got);
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw corrupt(packed, e.getClass().getSimpleName() + " " + e.getMessage(), "an xz stream");
        }
    }

    private static CorruptFileException corrupt(Bytes packed, String found, String expected) {
        return new CorruptFileException(packed.name(), "compressed data", 0, found, expected);
    }

    private static final class Content extends InputStream {
        private final Bytes bytes;
        private long at;

        Content(Bytes bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return at < bytes.length() ? bytes.u1(at++) : -1;
        }

        @Override
        public int read(byte @Nullable [] target, int offset, int length) {
            if (target == null || at >= bytes.length()) return -1;
            int size = (int) Math.min(length, bytes.length() - at);
            bytes.copy(at, target, offset, size);
            at += size;
            return size;
        }
    }
}
