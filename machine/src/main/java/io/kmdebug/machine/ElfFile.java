package io.kmdebug.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An ELF64 little-endian x86-64 file: an executable, shared object, relocatable object or core. Headers are read when
 * it is opened, everything else on first use. Thread-safe.
 */
public final class ElfFile {
    public static final int ET_REL = 1;
    public static final int ET_EXEC = 2;
    public static final int ET_DYN = 3;
    public static final int ET_CORE = 4;
    public static final int EM_X86_64 = 62;

    private static final int HEADER_BYTES = 64;
    private static final int PN_XNUM = 0xffff;
    /** Linkers write 16 or 20 bytes; --build-id=0x… anything that fits a line. */
    private static final int LONGEST_BUILD_ID = 1024;
    /** Names of symbols may share their ends, so that together they are longer than the section they stand in. */
    private static final long NAMES_FROM_ONE_BYTE = 64;

    private static final long NAMES_ANYWAY = 1 << 20;

    private final Path path;
    private final Bytes bytes;
    private final int type;
    private final long entry;
    private final long programHeaderOffset;
    private final List<ElfSegment> segments;
    private volatile @Nullable List<ElfSection> sections;
    private volatile @Nullable List<ElfSymbol> symbols;

    private ElfFile(Path path, Bytes bytes) {
        this.path = path;
        this.bytes = bytes;
        checkIdentification();
        this.type = bytes.u2(16);
        int machine = bytes.u2(18);
        if (machine != EM_X86_64) throw corrupt("ELF header e_machine", 18, machineName(machine), "62 (x86-64)");
        this.entry = bytes.u8(24);
        this.programHeaderOffset = bytes.u8(32);
        this.segments = readSegments();
    }

    /**
     * Opens and checks the headers.
     *
     * @throws IOException when the file cannot be read
     * @throws CorruptFileException when it is not ELF64 little-endian x86-64, or its header is cut
     */
    public static ElfFile open(Path path) throws IOException {
        return new ElfFile(path, Bytes.map(path));
    }

    /** Reads an ELF image that is in memory, such as the vDSO. */
    public static ElfFile of(Path name, Bytes bytes) {
        return new ElfFile(name, bytes);
    }

    public Path path() {
        return path;
    }

    public Bytes bytes() {
        return bytes;
    }

    /** ET_REL 1, ET_EXEC 2, ET_DYN 3, ET_CORE 4. */
    public int type() {
        return type;
    }

    public long entry() {
        return entry;
    }

    /** e_phoff: bytes from the start of the file to the program headers. */
    public long programHeaderOffset() {
        return programHeaderOffset;
    }

    public List<ElfSegment> segments() {
        return segments;
    }

    /** Empty when the file has no section headers, or they lie behind its end. */
    public List<ElfSection> sections() {
        List<ElfSection> known = sections;
        if (known == null) sections = known = readSections();
        return known;
    }

    public Optional<ElfSection> section(String name) {
        return sections().stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** A section's bytes as they stand in the file (SHF_COMPRESSED ones still compressed); none for SHT_NOBITS. */
    public Bytes content(ElfSection section) {
        String name = bytes.name() + " " + section.name();
        if (section.type() == ElfSection.SHT_NOBITS) return Bytes.of(name, new byte[0]);
        return bytes.slice(name, section.offset(), section.size());
    }

    /** A segment's bytes in the file. */
    public Bytes content(ElfSegment segment) {
        return bytes.slice(segment.offset(), segment.fileSize());
    }

    /** Entries of .symtab, or of .dynsym where there is no .symtab; section and file symbols are left out. */
    public List<ElfSymbol> symbols() {
        List<ElfSymbol> known = symbols;
        if (known == null) symbols = known = readSymbols();
        return known;
    }

    /** The path in PT_INTERP. */
    public Optional<String> interpreter() {
        return segments.stream()
                .filter(s -> s.type() == ElfSegment.PT_INTERP)
                .findFirst()
                .map(s -> content(s).string(0));
    }

    /** The GNU build id in lower-case hex. */
    public Optional<String> buildId() {
        for (ElfSegment segment : segments) {
            if (segment.type() != ElfSegment.PT_NOTE) continue;
            if (!isInFile(segment)) continue;
            Optional<String> id = buildId(content(segment));
            if (id.isPresent()) return id;
        }
        return section(".note.gnu.build-id").map(this::content).flatMap(ElfFile::buildId);
    }

    private boolean isInFile(ElfSegment segment) {
        long offset = segment.offset();
        long size = segment.fileSize();
        return offset >= 0 && size >= 0 && size <= bytes.length() && offset <= bytes.length() - size;
    }

    private static Optional<String> buildId(Bytes notes) {
        return ElfNote.readAll(notes).stream()
                .filter(n -> n.name().equals("GNU") && n.type() == ElfNote.NT_GNU_BUILD_ID)
                .filter(n -> n.content().length() <= LONGEST_BUILD_ID)
                .findFirst()
                .map(n -> HexFormat.of()
                        .formatHex(n.content().copy(0, (int) n.content().length())));
    }

    private void checkIdentification() {
        if (bytes.length() < HEADER_BYTES) {
            throw corrupt("ELF header", 0, bytes.length() + " bytes", "at least 64 bytes");
        }
        if (bytes.i4(0) != 0x464c457f) throw corrupt("magic number", 0, hex(bytes.u4(0)), "7f 45 4c 46 (ELF)");
        if (bytes.u1(4) != 2) throw corrupt("EI_CLASS", 4, bytes.u1(4), "2 (ELF64)");
        if (bytes.u1(5) != 1) throw corrupt("EI_DATA", 5, bytes.u1(5), "1 (little-endian)");
    }

    private List<ElfSegment> readSegments() {
        long count = bytes.u2(56);
        // gABI: more headers than two bytes can count are counted in sh_info of section 0
        if (count == PN_XNUM && bytes.u8(40) != 0)
            count = bytes.slice(bytes.u8(40), 64).u4(44);
        int size = bytes.u2(54);
        if (count > 0 && size != 56) throw corrupt("ELF header e_phentsize", 54, size, "56");
        long last = (bytes.length() - programHeaderOffset) / 56;
        if (count > 0 && (programHeaderOffset < 0 || count > last)) {
            throw corrupt(
                    "program header " + Math.max(0, last),
                    programHeaderOffset + 56 * Math.max(0, last),
                    "the end at " + hex(bytes.length()),
                    count + " headers of 56 bytes");
        }
        List<ElfSegment> list = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            long at = programHeaderOffset + 56L * i;
            list.add(new ElfSegment(
                    bytes.i4(at),
                    bytes.i4(at + 4),
                    bytes.u8(at + 8),
                    bytes.u8(at + 16),
                    bytes.u8(at + 24),
                    bytes.u8(at + 32),
                    bytes.u8(at + 40),
                    bytes.u8(at + 48)));
        }
        return List.copyOf(list);
    }

    private List<ElfSection> readSections() {
        long table = bytes.u8(40);
        long count = bytes.u2(60);
        if (table <= 0 || table > bytes.length() - 64) return List.of();
        if (count == 0) count = bytes.u8(table + 32);
        int namesIndex = bytes.u2(62);
        if (namesIndex == 0xffff) namesIndex = bytes.i4(table + 40);
        if (count < 0 || count > (bytes.length() - table) / 64) return List.of();
        Bytes names = sectionNames(table, namesIndex, count);
        List<ElfSection> list = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            long at = table + 64L * i;
            long name = bytes.u4(at);
            list.add(new ElfSection(
                    i,
                    name < names.length() ? names.string(name) : "",
                    bytes.i4(at + 4),
                    bytes.u8(at + 8),
                    bytes.u8(at + 16),
                    bytes.u8(at + 24),
                    bytes.u8(at + 32),
                    bytes.i4(at + 40),
                    bytes.i4(at + 44),
                    bytes.u8(at + 56)));
        }
        return List.copyOf(list);
    }

    private Bytes sectionNames(long table, int index, long count) {
        if (index <= 0 || index >= count) return Bytes.of("", new byte[0]);
        long at = table + 64L * index;
        return bytes.slice(bytes.u8(at + 24), bytes.u8(at + 32));
    }

    private List<ElfSymbol> readSymbols() {
        ElfSection table = null;
        for (ElfSection section : sections()) {
            if (section.type() == ElfSection.SHT_SYMTAB) table = section;
            if (section.type() == ElfSection.SHT_DYNSYM && table == null) table = section;
        }
        if (table == null || table.link() <= 0 || table.link() >= sections().size()) return List.of();
        Bytes entries = content(table);
        Bytes names = content(sections().get(table.link()));
        int count = (int) Math.min(entries.length() / 24, Integer.MAX_VALUE - 8);
        long room = NAMES_ANYWAY + NAMES_FROM_ONE_BYTE * names.length();
        List<ElfSymbol> list = new ArrayList<>(count);
        for (int i = 1; i < count; i++) {
            long at = 24L * i;
            int info = entries.u1(at + 4);
            int kind = info & 0xf;
            if (kind == ElfSymbol.STT_SECTION || kind == ElfSymbol.STT_FILE) continue;
            long name = entries.u4(at);
            if (name >= names.length()) continue;
            String text = names.string(name);
            room -= text.length();
            if (room < 0) throw corrupt("symbol names", at, "names within names", "names of their own");
            list.add(new ElfSymbol(text, entries.u8(at + 8), entries.u8(at + 16), kind, info >> 4, entries.u2(at + 6)));
        }
        return List.copyOf(list);
    }

    private CorruptFileException corrupt(String where, long offset, Object found, String expected) {
        return new CorruptFileException(bytes.name(), where, offset, String.valueOf(found), expected);
    }

    private static String machineName(int machine) {
        return switch (machine) {
            case 3 -> "3 (i386)";
            case 40 -> "40 (arm)";
            case 183 -> "183 (aarch64)";
            case 243 -> "243 (riscv)";
            default -> Integer.toString(machine);
        };
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
