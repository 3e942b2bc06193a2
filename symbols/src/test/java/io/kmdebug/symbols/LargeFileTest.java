package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of more than 2 and 4 GiB, most of them holes. */
class LargeFileTest {
    private static final long GIB = 1L << 30;
    private static final int UNIT_HEADER = 11;

    @TempDir
    Path folder;

    private static void write(FileChannel out, long at, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) out.write(left, at + left.position());
    }

    /**
     * The program with its debug sections moved behind 3 GiB, its section headers behind them, and a unit of more than 2
     * GiB, which says nothing, before those of .debug_info.
     */
    private Path enlarged(Path program) throws IOException {
        byte[] whole = Files.readAllBytes(program);
        ByteBuffer header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        Path large = folder.resolve("large");
        List<ElfSection> sections = Programs.open(program).sections();
        byte[] table = new byte[64 * sections.size()];
        System.arraycopy(whole, (int) header.getLong(40), table, 0, table.length);
        ByteBuffer entries = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel out = FileChannel.open(large, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long end = 3 * GIB;
            for (ElfSection section : sections) {
                if (!section.name().startsWith(".debug_")) continue;
                byte[] content = new byte[(int) section.size()];
                System.arraycopy(whole, (int) section.offset(), content, 0, content.length);
                long before = section.name().equals(".debug_info") ? 2 * GIB + 17 : 0;
                long size = before + content.length;
                if (before > 0) write(out, end, silentUnit(before));
                // its sets name units by where they were
                if (section.name().equals(".debug_aranges")) size = 0;
                write(out, end + before, content);
                entries.putLong(64 * section.index() + 24, end);
                entries.putLong(64 * section.index() + 32, size);
                end += before + content.length;
            }
            header.putLong(40, end);
            write(out, 0, whole);
            write(out, end, table);
        }
        return large;
    }

    /** A unit header of DWARF 4 without entries. */
    private static byte[] silentUnit(long size) {
        ByteBuffer unit = ByteBuffer.allocate(UNIT_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        unit.putInt((int) (size - 4)).putShort((short) 4).putInt(0).put((byte) 8);
        return unit.array();
    }

    @Test
    void aProgramOfMoreThanFourGibibytesIsReadAsTheOneItWasMadeOf() throws IOException {
        Programs programs = new Programs(folder);
        Path program = programs.compile("g++ -g -O0 -gdwarf-4", "named2.cpp", "named.cpp");
        Path large = enlarged(program);
        assertThat(Files.size(large)).isGreaterThan(4 * GIB);
        DwarfSymbols expected = Programs.symbols(program);
        DwarfSymbols found = new DwarfSymbols(ElfFile.open(large));
        for (String name : List.of("main", "app::work", "helper")) {
            FunctionScope wanted = expected.functionsNamed(name).get(0);
            FunctionScope function = found.functionsNamed(name).get(0);
            assertThat(function.entryPc()).as(name).isEqualTo(wanted.entryPc());
            assertThat(found.lineAt(function.entryPc())).isEqualTo(expected.lineAt(wanted.entryPc()));
            assertThat(found.scopesAt(function.entryPc())).hasSize(1);
            assertThat(function.parameters().stream()
                            .map(v -> v.name() + " " + v.type().name())
                            .toList())
                    .isEqualTo(wanted.parameters().stream()
                            .map(v -> v.name() + " " + v.type().name())
                            .toList());
        }
        assertThat(found.typeNamed("word").map(Type::byteSize)).contains(8L);
        assertThat(found.globalsNamed("app::shared")).hasSize(1);
        assertThat(found.breakpointRows("named2.cpp", 17))
                .isEqualTo(expected.breakpointRows("named2.cpp", 17))
                .isNotEmpty();
    }
}
