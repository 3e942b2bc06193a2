package io.kmdebug.symbols;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdDecompressor;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The DWARF sections of an image, found and decompressed on first use, in the program or in the file that its debug
 * information was split off to. gABI "Section Compression".
 */
final class DwarfSections {
    private static final int ELFCOMPRESS_ZLIB = 1;
    private static final int ELFCOMPRESS_ZSTD = 2;
    private static final int CHDR_BYTES = 24;
    private static final int GNU_HEADER_BYTES = 12;
    /** deflate cannot shrink by more than about 1032:1; zstd can, but debug information is no run of zeros. */
    private static final long MAX_RATIO = 1100;
    /** What is not worth a doubt. */
    private static final long SMALL_BYTES = 16 << 20;

    private final ElfFile file;
    private final Supplier<DebugFiles.Found> debug;
    private final Map<String, Bytes> known = new ConcurrentHashMap<>();

    /** Set where these are the sections of a .dwo or .dwp file: those of the program, which has the addresses. */
    private final @Nullable DwarfSections skeletons;

    private final Map<String, DwarfPackage.Part> parts;

    DwarfSections(ElfFile file, DebugFiles files) {
        this(file, Lazily.of(() -> files.find(file)), null, Map.of());
    }

    private DwarfSections(
            ElfFile file,
            Supplier<DebugFiles.Found> debug,
            @Nullable DwarfSections skeletons,
            Map<String, DwarfPackage.Part> parts) {
        this.file = file;
        this.debug = debug;
        this.skeletons = skeletons;
        this.parts = parts;
    }

    /** Of {@code file} alone. */
    static DwarfSections plain(ElfFile file) {
        return new DwarfSections(file, () -> new DebugFiles.Found(file, ""), null, Map.of());
    }

    /**
     * Of a file of split units, under the names that they have in a program.
     *
     * @param parts what belongs to the unit in a .dwp file; empty for a .dwo file
     */
    static DwarfSections split(ElfFile file, DwarfSections skeletons, Map<String, DwarfPackage.Part> parts) {
        return new DwarfSections(file, () -> new DebugFiles.Found(file, ""), skeletons, parts);
    }

    boolean isSplit() {
        return skeletons != null;
    }

    /** The program: what is loaded, with its code and .eh_frame. */
    ElfFile file() {
        return file;
    }

    /** The file with the debug information: the program, unless it was split off and found. */
    ElfFile debugFile() {
        return debug.get().file();
    }

    /** For the user: which debug file is wanted but missing; "" for none. */
    String missing() {
        return debug.get().missing();
    }

    /** Whether Go's linker made the program. */
    boolean isGo() {
        return goLineTable() != null;
    }

    /** The functions and lines that the run-time system of Go has in memory, or null. */
    @Nullable
    ElfSection goLineTable() {
        for (ElfSection section : file.sections()) {
            // position-independent programs have it among what is read-only after relocation
            if (section.name().endsWith(".gopclntab")) return section;
        }
        return null;
    }

    Bytes info() {
        return section(".debug_info");
    }

    Bytes abbrev() {
        return section(".debug_abbrev");
    }

    Bytes types() {
        return section(".debug_types");
    }

    Bytes line() {
        return section(".debug_line");
    }

    Bytes str() {
        return section(".debug_str");
    }

    Bytes lineStr() {
        return section(".debug_line_str");
    }

    Bytes strOffsets() {
        return section(".debug_str_offsets");
    }

    Bytes addr() {
        return section(".debug_addr");
    }

    Bytes ranges() {
        return section(".debug_ranges");
    }

    Bytes rnglists() {
        return section(".debug_rnglists");
    }

    Bytes loc() {
        return section(".debug_loc");
    }

    Bytes loclists() {
        return section(".debug_loclists");
    }

    Bytes aranges() {
        return section(".debug_aranges");
    }

    /**
     * The content of the section {@code name}; empty when the file has none.
     *
     * @throws CorruptFileException when it lies behind the end of the file or cannot be decompressed
     */
    Bytes section(String name) {
        return known.computeIfAbsent(name, this::read);
    }

    private Bytes read(String name) {
        if (skeletons == null) return read(name.startsWith(".debug_") ? debugFile() : file, name);
        if (name.equals(".debug_addr") || name.equals(".debug_ranges")) return skeletons.section(name);
        Bytes whole = read(file, name + ".dwo");
        if (parts.isEmpty() || name.equals(".debug_str")) return whole;
        DwarfPackage.Part part = parts.getOrDefault(name, DwarfPackage.NO_PART);
        return whole.slice(whole.name(), part.offset(), part.size());
    }

    private static Bytes read(ElfFile file, String name) {
        if (file.type() == ElfFile.ET_REL) {
            List<ElfSection> all =
                    file.sections().stream().filter(s -> s.name().equals(name)).toList();
            if (all.size() > 1) return joined(file, name, all);
        }
        ElfSection section = file.section(name).orElse(null);
        if (section != null) {
            Bytes content = file.content(section);
            boolean compressed = (section.flags() & ElfSection.SHF_COMPRESSED) != 0;
            return compressed ? inflateElf(content) : content;
        }
        // binutils' older form: .zdebug_info with "ZLIB" and a big-endian size in front
        ElfSection old = file.section(".z" + name.substring(1)).orElse(null);
        if (old != null) return inflateGnu(file.content(old));
        return Bytes.of(file.path() + " " + name, new byte[0]);
    }

    /** Type units of an object file stand in sections of their own, of which the linker would keep one each. */
    private static Bytes joined(ElfFile file, String name, List<ElfSection> all) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long raw = 0;
        for (ElfSection section : all) {
            Bytes content = file.content(section);
            raw += content.length();
            if (raw > file.bytes().length()) {
                throw corrupt(content, "sections of one name", 0, "sections over one another", "sections apart");
            }
            if ((section.flags() & ElfSection.SHF_COMPRESSED) != 0) content = inflateElf(content);
            if (out.size() + content.length() > Integer.MAX_VALUE - 8) {
                throw corrupt(content, "sections of one name", 0, "more than 2 GiB", "less");
            }
            out.writeBytes(content.copy(0, (int) content.length()));
        }
        return Bytes.of(file.path() + " " + name, out.toByteArray());
    }

    private static Bytes inflateElf(Bytes content) {
        if (content.length() < CHDR_BYTES) {
            throw corrupt(content, "compression header", 0, content.length() + " bytes", "24 bytes");
        }
        int type = content.i4(0);
        return switch (type) {
            case ELFCOMPRESS_ZLIB -> inflate(content, CHDR_BYTES, content.u8(8));
            case ELFCOMPRESS_ZSTD -> unpackZstd(content, content.u8(8));
            default -> throw corrupt(content, "ch_type", 0, Integer.toString(type), "1 (zlib) or 2 (zstd)");
        };
    }

    private static Bytes inflateGnu(Bytes content) {
        if (content.length() < GNU_HEADER_BYTES || content.i4(0) != 0x42494c5a) {
            throw corrupt(content, "compression header", 0, "no magic number", "ZLIB");
        }
        return inflate(content, GNU_HEADER_BYTES, Long.reverseBytes(content.u8(4)));
    }

    /** A claim that is a lie must not be allocated. */
    private static void checkSize(Bytes content, long size) {
        boolean fits = size >= 0 && size <= Integer.MAX_VALUE - 8 && content.length() <= Integer.MAX_VALUE - 8;
        if (fits && size <= Math.max(SMALL_BYTES, MAX_RATIO * content.length())) return;
        throw corrupt(content, "uncompressed size", 8, Long.toUnsignedString(size), "a plausible size");
    }

    private static Bytes inflate(Bytes content, int header, long size) {
        checkSize(content, size);
        byte[] out = new byte[(int) size];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(content.copy(header, (int) (content.length() - header)));
            int done = 0;
            while (done < out.length) {
                int got = inflater.inflate(out, done, out.length - done);
                if (got == 0) throw corrupt(content, "compressed data", header, done + " bytes", size + " bytes");
                done += got;
            }
        } catch (DataFormatException e) {
            throw corrupt(content, "compressed data", header, String.valueOf(e.getMessage()), "a zlib stream");
        } finally {
            inflater.end();
        }
        return Bytes.of(content.name(), out);
    }

    private static Bytes unpackZstd(Bytes content, long size) {
        checkSize(content, size);
        byte[] in = content.copy(CHDR_BYTES, (int) (content.length() - CHDR_BYTES));
        byte[] out = new byte[(int) size];
        try {
            int done = new ZstdDecompressor().decompress(in, 0, in.length, out, 0, out.length);
            if (done == out.length) return Bytes.of(content.name(), out);
            throw corrupt(content, "compressed data", CHDR_BYTES, done + " bytes", size + " bytes");
        } catch (MalformedInputException e) {
            throw corrupt(
                    content,
                    "compressed data",
                    CHDR_BYTES + e.getOffset(),
                    String.valueOf(e.getMessage()),
                    "a zstd stream");
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // what the library has no check for, a Huffman table that runs on for one
            throw corrupt(content, "compressed data", CHDR_BYTES, String.valueOf(e.getMessage()), "a zstd stream");
        }
    }

    private static CorruptFileException corrupt(Bytes content, String where, long at, String found, String expected) {
        return new CorruptFileException(content.name(), where, at, found, expected);
    }
}
