package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.SeekableInputStream;
import org.tukaani.xz.SeekableXZInputStream;

/**
 * What some distributions leave in a stripped program: an ELF file, packed by xz, with the symbols of its functions. GDB
 * manual, "MiniDebugInfo". Those of .dynsym are not repeated in it.
 */
final class MiniDebugInfo {
    static final String SECTION = ".gnu_debugdata";

    /** Programs of a gigabyte have less than this. */
    private static final int MAX_BYTES = 128 << 20;

    /** Symbols are packed to a fifth; what shrinks to less than a thousandth has nothing to say. */
    private static final long MAX_RATIO = 1000;

    /** Each takes the memory again; xz makes one of what is less than three times its dictionary. */
    private static final int MAX_SMALL_BLOCKS = 4;

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
        try (SeekableXZInputStream in = new SeekableXZInputStream(new Content(packed), MAX_MEMORY_KIB)) {
            long most = Math.min(MAX_BYTES, MAX_RATIO * packed.length());
            if (in.length() > most) throw corrupt(packed, in.length() + " bytes", "at most " + most);
            long blocks = MAX_SMALL_BLOCKS + (in.length() >> 20);
            if (in.getBlockCount() > blocks) throw corrupt(packed, in.getBlockCount() + " blocks", "at most " + blocks);
            byte[] out = new byte[(int) in.length()];
            new DataInputStream(in).readFully(out);
            return out;
        } catch (IOException e) {
            throw corrupt(packed, e.getClass().getSimpleName() + " " + e.getMessage(), "an xz stream");
        }
    }

    private static CorruptFileException corrupt(Bytes packed, String found, String expected) {
        return new CorruptFileException(packed.name(), "compressed data", 0, found, expected);
    }

    private static final class Content extends SeekableInputStream {
        private final Bytes bytes;
        private long at;

        Content(Bytes bytes) {
            this.bytes = bytes;
        }

        @Override
        public long length() {
            return bytes.length();
        }

        @Override
        public long position() {
            return at;
        }

        @Override
        public void seek(long position) {
            at = position;
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
