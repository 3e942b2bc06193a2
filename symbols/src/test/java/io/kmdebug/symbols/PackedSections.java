package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sections of an ELF file in a form that a fuzzer can change well: each is a mark, a number for its name, its bytes.
 * A change within one section moves no other and leaves no header wrong.
 */
final class PackedSections {
    /** Where the only code of the built file is. */
    static final long CODE = 0x40_1000;

    static final int CODE_BYTES = 0x2000;

    /** Where .rodata is, and where Go's line table is said to be. */
    static final long READ_ONLY = 0x41_0000;

    static final long GO_TABLE = 0x42_0000;

    private static final int MARK_0 = 0xf5;
    private static final int MARK_1 = 0xec;
    /** Numbers are part of kept inputs: new names go to the end. */
    private static final String[] NAMES = {
        ".debug_info",
        ".debug_abbrev",
        ".debug_line",
        ".debug_str",
        ".debug_line_str",
        ".debug_str_offsets",
        ".debug_addr",
        ".debug_ranges",
        ".debug_rnglists",
        ".debug_loc",
        ".debug_loclists",
        ".debug_aranges",
        ".debug_types",
        ".debug_names",
        ".gdb_index",
        ".debug_macro",
        ".debug_cu_index",
        ".debug_tu_index",
        ".eh_frame",
        ".eh_frame_hdr",
        ".debug_frame",
        ".symtab",
        ".strtab",
        ".debug_pubnames",
        ".debug_macinfo",
        ".gopclntab",
        ".gnu_debugdata",
        ".debug_gdb_scripts",
        ".debug_gnu_pubnames",
        ".text",
        ".zdebug_info",
        ".zdebug_str",
        ".rodata",
        ".noptrdata"
    };

    private final Map<String, byte[]> sections = new LinkedHashMap<>();

    /** Reads {@code data} from {@code from} on; what stands before the first mark is left out. */
    static PackedSections of(byte[] data, int from) {
        PackedSections packed = new PackedSections();
        int at = from;
        while (at + 2 < data.length && !isMark(data, at)) at++;
        while (at + 2 < data.length) {
            int start = at + 3;
            int end = start;
            while (end < data.length && !(end + 2 < data.length && isMark(data, end))) end++;
            String name = NAMES[(data[at + 2] & 0xff) % NAMES.length];
            byte[] content = new byte[end - start];
            System.arraycopy(data, start, content, 0, content.length);
            packed.sections.put(name, content);
            at = end;
        }
        return packed;
    }

    private static boolean isMark(byte[] data, int at) {
        return (data[at] & 0xff) == MARK_0 && (data[at + 1] & 0xff) == MARK_1;
    }

    /** These sections, as they would be given to {@link #of}. */
    byte[] packed() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        sections.forEach((name, content) -> {
            out.write(MARK_0);
            out.write(MARK_1);
            out.write(List.of(NAMES).indexOf(name));
            out.writeBytes(content);
        });
        return out.toByteArray();
    }

    /**
     * The named sections of {@code file}, as they would be given to {@link #of}; .dwo sections under their plain names.
     */
    static byte[] pack(ElfFile file, List<String> prefixes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < NAMES.length; i++) {
            String name = NAMES[i];
            if (prefixes.stream().noneMatch(name::startsWith)) continue;
            for (ElfSection section : file.sections()) {
                if (!section.name().equals(name) && !section.name().equals(name + ".dwo")) continue;
                out.write(MARK_0);
                out.write(MARK_1);
                out.write(i);
                Bytes content = file.content(section);
                out.writeBytes(content.copy(0, (int) content.length()));
                break;
            }
        }
        return out.toByteArray();
    }

    byte[] section(String name) {
        return sections.getOrDefault(name, new byte[0]);
    }

    void put(String name, byte[] content) {
        sections.put(name, content);
    }

    /** @param suffix behind each name but those of the .dwp index: "" or ".dwo" */
    ElfFile elf(String suffix) {
        return ElfFile.of(Path.of("fuzzed"), Bytes.of("fuzzed", file(suffix)));
    }

    byte[] file(String suffix) {
        List<String> names = new ArrayList<>(List.of(""));
        List<byte[]> contents = new ArrayList<>(List.of(new byte[0]));
        if (!sections.containsKey(".text")) {
            names.add(".text");
            contents.add(new byte[CODE_BYTES]);
        }
        sections.forEach((name, content) -> {
            boolean plain = !name.startsWith(".debug_") || name.endsWith("_index");
            names.add(plain ? name : name + suffix);
            contents.add(content);
        });
        names.add(".shstrtab");
        ByteArrayOutputStream strings = new ByteArrayOutputStream();
        int[] nameAt = new int[names.size()];
        for (int i = 0; i < names.size(); i++) {
            nameAt[i] = strings.size();
            strings.writeBytes((names.get(i) + "\0").getBytes(StandardCharsets.UTF_8));
        }
        contents.add(strings.toByteArray());
        return assemble(names, contents, nameAt);
    }

    /** 0 for what is not loaded. */
    private static long address(String name) {
        return switch (name) {
            case ".text" -> CODE;
            case ".eh_frame" -> 0x40_4000;
            case ".eh_frame_hdr" -> 0x40_8000;
            case ".rodata" -> READ_ONLY;
            case ".gopclntab" -> GO_TABLE;
            case ".noptrdata" -> 0x43_0000;
            default -> 0;
        };
    }

    private static byte[] assemble(List<String> names, List<byte[]> contents, int[] nameAt) {
        boolean search = names.contains(".eh_frame_hdr");
        int at = 64 + (search ? 56 : 0);
        int size = at;
        for (byte[] content : contents) size += content.length;
        ByteBuffer out = ByteBuffer.allocate(size + 64 * names.size()).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
        out.putShort(16, (short) ElfFile.ET_EXEC).putShort(18, (short) ElfFile.EM_X86_64);
        out.putLong(32, 64).putLong(40, size).putShort(54, (short) 56).putShort(56, (short) (search ? 1 : 0));
        out.putShort(58, (short) 64).putShort(60, (short) names.size()).putShort(62, (short) (names.size() - 1));
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            byte[] content = contents.get(i);
            out.put(at, content);
            long address = address(name);
            boolean loaded = address != 0;
            long flags = name.endsWith("data") ? ElfSection.SHF_ALLOC : ElfSection.SHF_ALLOC | ElfSection.SHF_EXECINSTR;
            int header = size + 64 * i;
            int type = i == 0 ? 0 : name.equals(".symtab") ? ElfSection.SHT_SYMTAB : 1;
            out.putInt(header, nameAt[i]).putInt(header + 4, type).putLong(header + 8, loaded ? flags : 0);
            out.putLong(header + 16, address).putLong(header + 24, at).putLong(header + 32, content.length);
            if (type == ElfSection.SHT_SYMTAB) out.putInt(header + 40, Math.max(0, names.indexOf(".strtab")));
            if (name.equals(".eh_frame_hdr")) {
                out.putInt(64, 0x6474e550)
                        .putInt(68, 4)
                        .putLong(72, at)
                        .putLong(80, address)
                        .putLong(88, address);
                out.putLong(96, content.length).putLong(104, content.length).putLong(112, 4);
            }
            at += content.length;
        }
        return out.array();
    }
}
