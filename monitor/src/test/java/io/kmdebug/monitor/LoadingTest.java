package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.TestProgram.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of program starts as natively, or is refused with what is wrong with it. */
class LoadingTest {
    @TempDir
    private Path folder;

    private Result natively(String... command) throws Exception {
        return TestProgram.execute(folder, List.of(command));
    }

    private Result km(String... words) throws Exception {
        return TestProgram.km(folder, words);
    }

    private void compile(String options, String name) throws Exception {
        TestProgram program = TestProgram.compile(folder, "loaded", options);
        Files.copy(program.binary(), folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void script(String name, String line) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, line + "\n", StandardCharsets.ISO_8859_1);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** Restartable sequences are the kernel's alone: AT_RSEQ_FEATURE_SIZE 27 and AT_RSEQ_ALIGN 28 depend on them. */
    private static List<String> comparable(Result result) {
        Predicate<String> rseq = line -> line.startsWith("27 ") || line.startsWith("28 ");
        return result.output().lines().filter(rseq.negate()).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -static",
                "gcc -static-pie",
                "gcc",
                "gcc -no-pie",
                "musl-gcc -static",
                "gcc -static-pie -DALIGN=0x200000 -Wl,-z,max-page-size=0x200000",
                "gcc -DALIGN=0x2000000 -Wl,-z,max-page-size=0x2000000",
                "gcc -z execstack",
                "gcc -static -Wl,-Ttext-segment=0x23457000",
                "gcc -Wl,-z,noseparate-code -Wl,-z,norelro"
            })
    void startsAsNatively(String compiler) throws Exception {
        compile(compiler, "program");
        Result natively = natively("./program", "one", "", "\u00e4 b");
        Result machine = km("./program", "one", "", "\u00e4 b");
        assertThat(comparable(machine)).as(machine.messages()).isEqualTo(comparable(natively));
        assertThat(machine.status()).isEqualTo(3);
    }

    @Test
    void followsInterpreterLines() throws Exception {
        compile("gcc -static", "program");
        script("one", "#! \t./program  first second \t");
        script("two", "#!./one x");
        script("three", "#!./two");
        for (String name : List.of("./one", "./two", "./three")) {
            Result machine = km(name, "A", "B C");
            assertThat(comparable(machine)).as(machine.messages()).isEqualTo(comparable(natively(name, "A", "B C")));
            assertThat(machine.status()).isEqualTo(3);
        }
    }

    @Test
    void givesUpInCirclesOfInterpreterLines() throws Exception {
        script("a", "#!./b");
        script("b", "#!./a");
        Result result = km("./a");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.messages()).isEqualTo("km: ./a: too many interpreters in a row\n");
    }

    @Test
    void namesAMissingInterpreter() throws Exception {
        script("script", "#!/nothing/here");
        assertThat(km("./script").messages())
                .isEqualTo("km: ./script: needs the interpreter /nothing/here: no such file\n");
        compile("gcc -Wl,--dynamic-linker=/nothing/ld.so", "program");
        Result result = km("./program");
        assertThat(result.messages()).isEqualTo("km: ./program: needs the interpreter /nothing/ld.so: no such file\n");
        assertThat(result.status()).isEqualTo(2);
    }

    @Test
    void findsFilesThatEndInKm() throws Exception {
        compile("gcc -static", "app.km");
        Result natively = natively("./app.km", "A");
        List<String> expected = new ArrayList<>(comparable(natively));
        assertThat(comparable(km("./app.km", "A"))).isEqualTo(expected);
        expected.replaceAll(line -> line.replace("app.km", "app"));
        assertThat(comparable(km("./app", "A"))).isEqualTo(expected);
        Files.createDirectory(folder.resolve("bin"));
        Files.createSymbolicLink(folder.resolve("app"), folder.resolve("bin").resolve("km"));
        assertThat(comparable(km("./app", "A"))).isEqualTo(expected);
    }

    @Test
    void doesNotSearchPath() throws Exception {
        Result result = km("ls");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.messages()).isEqualTo("km: ls: no such file in this folder, and km does not search PATH\n");
    }

    /** An offset into the first PT_LOAD header and the value there. */
    private Result damaged(int field, long value) throws Exception {
        compile("gcc -static", "program");
        Path file = folder.resolve("program");
        java.nio.ByteBuffer bytes =
                java.nio.ByteBuffer.wrap(Files.readAllBytes(file)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int headers = (int) bytes.getLong(32);
        int at = headers;
        while (bytes.getInt(at) != 1) at += 56;
        bytes.putLong(at + field, value);
        Files.write(file, bytes.array());
        return km("./program");
    }

    @ParameterizedTest
    @ValueSource(longs = {0x7fff_ffff_ffff_ffffL, 0x2000_0000_0000L, 0x4000_0000_0000_0000L, -1})
    void refusesSegmentsThatAreTooLarge(long size) throws Exception {
        Result result = damaged(40, size);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.messages().lines()).hasSize(1);
        assertThat(result.messages())
                .startsWith("km: ")
                .contains("program header")
                .contains("p_memsz");
    }

    @ParameterizedTest
    @ValueSource(longs = {0x1000, 0x400800, -4096, 0x7fff_ffff_f000L})
    void refusesSegmentsAtImpossiblePlaces(long address) throws Exception {
        Result result = damaged(16, address);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.messages().lines()).hasSize(1);
        assertThat(result.messages()).startsWith("km: ").contains("program header");
    }
}
