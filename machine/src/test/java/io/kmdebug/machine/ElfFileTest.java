package io.kmdebug.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headers, sections, segments, symbols and build id, as readelf reads them. */
final class ElfFileTest {
    @TempDir
    static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        Path source = Files.writeString(
                folder.resolve("p.c"),
                "int shared = 3;\nstatic int twice(int x) { return 2 * x; }\nint main(void) { return twice(shared); }\n");
        program = folder.resolve("p");
        run("gcc", "-g", "-Wl,--build-id", "-o", program.toString(), source.toString());
    }

    @Test
    void sectionsAreReadelfs() throws Exception {
        ElfFile elf = ElfFile.open(program);
        Matcher line = Pattern.compile(
                        "(?m)^ *\\[ *(\\d+)] (\\S*) +\\w+ +([0-9a-f]{16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}) ")
                .matcher(run("readelf", "-SW", program.toString()));
        int seen = 0;
        while (line.find()) {
            int index = Integer.parseInt(line.group(1));
            if (index == 0) continue;
            ElfSection section = elf.sections().get(index);
            assertThat(section.name()).isEqualTo(line.group(2));
            assertThat(section.address()).isEqualTo(Long.parseLong(line.group(3), 16));
            assertThat(section.offset()).isEqualTo(Long.parseLong(line.group(4), 16));
            assertThat(section.size()).isEqualTo(Long.parseLong(line.group(5), 16));
            seen++;
        }
        assertThat(seen).isEqualTo(elf.sections().size() - 1).isGreaterThan(20);
    }

    @Test
    void segmentsAreReadelfs() throws Exception {
        ElfFile elf = ElfFile.open(program);
        Matcher line = Pattern.compile("(?m)^  LOAD +0x(\\S+) 0x(\\S+) 0x\\S+ 0x(\\S+) 0x(\\S+) ")
                .matcher(run("readelf", "-lW", program.toString()));
        List<ElfSegment> loads = elf.segments().stream()
                .filter(s -> s.type() == ElfSegment.PT_LOAD)
                .toList();
        int seen = 0;
        while (line.find()) {
            ElfSegment load = loads.get(seen++);
            assertThat(load.offset()).isEqualTo(Long.parseLong(line.group(1), 16));
            assertThat(load.address()).isEqualTo(Long.parseLong(line.group(2), 16));
            assertThat(load.fileSize()).isEqualTo(Long.parseLong(line.group(3), 16));
            assertThat(load.memorySize()).isEqualTo(Long.parseLong(line.group(4), 16));
        }
        assertThat(seen).isEqualTo(loads.size()).isPositive();
        assertThat(elf.interpreter()).contains("/lib64/ld-linux-x86-64.so.2");
    }

    @Test
    void symbolsAreReadelfs() throws Exception {
        ElfFile elf = ElfFile.open(program);
        String table = run("readelf", "-sW", program.toString());
        for (String name : List.of("main", "twice", "shared")) {
            Matcher line = Pattern.compile("(?m)^ *\\d+: ([0-9a-f]{16}) +(\\d+) \\w+ +\\w+ +\\w+ +\\d+ " + name + "$")
                    .matcher(table);
            assertThat(line.find()).isTrue();
            ElfSymbol symbol = elf.symbols().stream()
                    .filter(s -> s.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            assertThat(symbol.value()).isEqualTo(Long.parseLong(line.group(1), 16));
            assertThat(symbol.size()).isEqualTo(Long.parseLong(line.group(2)));
            assertThat(symbol.isFunction()).isEqualTo(!name.equals("shared"));
        }
    }

    @Test
    void buildIdIsReadelfs() throws Exception {
        Matcher id = Pattern.compile("Build ID: ([0-9a-f]+)").matcher(run("readelf", "-n", program.toString()));
        assertThat(id.find()).isTrue();
        assertThat(ElfFile.open(program).buildId()).contains(id.group(1));
    }

    @Test
    void anythingElseIsRefusedWithItsPlace() throws Exception {
        byte[] whole = Files.readAllBytes(program);
        assertThatThrownBy(() -> ElfFile.open(Files.writeString(folder.resolve("text"), "x".repeat(100))))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("text")
                .hasMessageContaining("magic number at offset 0x0");
        assertThatThrownBy(() -> ElfFile.open(Files.write(folder.resolve("cut"), Arrays.copyOf(whole, 80))))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("program header 0 at offset 0x40");
        byte[] arm = whole.clone();
        arm[18] = (byte) 183;
        assertThatThrownBy(() -> ElfFile.open(Files.write(folder.resolve("arm"), arm)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("aarch64");
        byte[] narrow = whole.clone();
        narrow[4] = 1;
        assertThatThrownBy(() -> ElfFile.open(Files.write(folder.resolve("narrow"), narrow)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("EI_CLASS");
    }

    @Test
    void everyCutIsEitherReadOrRefusedCleanly() throws Exception {
        byte[] whole = Files.readAllBytes(program);
        for (int length = 0; length < whole.length; length += 97) {
            Bytes cut = Bytes.of("cut", Arrays.copyOf(whole, length));
            try {
                ElfFile elf = ElfFile.of(Path.of("cut"), cut);
                elf.sections();
                elf.symbols();
                elf.buildId();
            } catch (CorruptFileException expected) {
                assertThat(expected.getMessage()).contains("expected");
            }
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
        return output;
    }
}
