package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debug information outside the program or packed within it says the same as within the program. */
class DebugFilesTest {
    @TempDir
    Path directory;

    private Programs programs;
    private Path whole;
    private String expected;

    @BeforeEach
    void compile() {
        programs = new Programs(directory);
        programs.source("opaque.h");
        whole = programs.compile("gcc -g -O1 -Wl,--build-id", "opaque_user.c", "opaque_owner.c");
        expected = facts(Programs.symbols(whole));
        assertThat(expected).contains("opaque_user.c", "use(", "struct hidden_state");
    }

    /** Functions with their lines and parameters, globals with their types: what users look at. */
    private static String facts(DwarfSymbols symbols) {
        StringBuilder text = new StringBuilder();
        for (String name : List.of("main", "use", "open_state", "header_helper")) {
            for (FunctionScope function : symbols.functionsNamed(name)) {
                long pc = symbols.breakpointPc(function);
                text.append(name).append('(');
                function.parameters()
                        .forEach(p -> text.append(p.type().name())
                                .append(' ')
                                .append(p.name())
                                .append(','));
                LineRow row = symbols.lineAt(pc).orElseThrow();
                text.append(") 0x")
                        .append(Long.toHexString(pc))
                        .append(' ')
                        .append(row.file().name())
                        .append(':');
                text.append(row.line())
                        .append(' ')
                        .append(symbols.symbolAt(pc).orElseThrow().name())
                        .append('\n');
            }
        }
        for (String name : List.of("current", "shared_total", "local_only")) {
            for (VariableSymbol variable : symbols.globalsNamed(name)) {
                text.append(variable.type().name())
                        .append(' ')
                        .append(variable.type().stripped().byteSize())
                        .append('\n');
            }
        }
        symbols.typeNamed("struct hidden_state")
                .ifPresent(type -> text.append(type.name()).append(type.byteSize()));
        return text.toString();
    }

    /** Leaves the stripped program and its debug file, as packagers make them. */
    private Path split(Path debug) throws IOException {
        Files.createDirectories(debug.getParent());
        Path stripped = directory.resolve("stripped");
        programs.run("objcopy", "--only-keep-debug", whole.toString(), debug.toString());
        programs.run("objcopy", "--strip-all", whole.toString(), stripped.toString());
        return stripped;
    }

    private DwarfSymbols opened(Path program) {
        return new DwarfSymbols(Programs.open(program), new DebugFiles(List.of(directory.resolve("debug"))));
    }

    private Path byBuildId() {
        String id = Programs.open(whole).buildId().orElseThrow();
        return directory.resolve("debug/.build-id/" + id.substring(0, 2) + "/" + id.substring(2) + ".debug");
    }

    @Test
    void aDebugFileIsFoundByBuildId() throws IOException {
        DwarfSymbols symbols = opened(split(byBuildId()));
        assertThat(facts(symbols)).isEqualTo(expected);
        assertThat(symbols.status()).startsWith("DWARF 5, 2 units in " + byBuildId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"program.debug", ".debug/program.debug", "debug/DIRECTORY/program.debug"})
    void aDebugFileIsFoundByItsLink(String place) throws IOException {
        Path debug = directory.resolve(
                place.replace("DIRECTORY", directory.toString().substring(1)));
        Path stripped = split(debug);
        // without a build id, so that the checksum decides
        programs.run("objcopy", "--remove-section=.note.gnu.build-id", stripped.toString());
        Path without = directory.resolve("linked");
        programs.run("objcopy", "--add-gnu-debuglink=" + debug, stripped.toString(), without.toString());
        assertThat(Programs.open(without).buildId()).isEmpty();
        assertThat(facts(opened(without))).isEqualTo(expected);
    }

    @Test
    void aDebugFileOfAnotherProgramIsRefusedAndNamed() throws IOException {
        Path debug = directory.resolve("program.debug");
        Path stripped = split(debug);
        programs.run("objcopy", "--add-gnu-debuglink=" + debug, stripped.toString());
        Path other = programs.compile("gcc -g -O2 -Wl,--build-id", "opaque_user.c", "opaque_owner.c");
        programs.run("objcopy", "--only-keep-debug", other.toString(), debug.toString());
        assertThat(opened(stripped).status())
                .contains(
                        debug.toString(),
                        "belongs to another program",
                        "build id",
                        Programs.open(other).buildId().orElseThrow());

        programs.run("objcopy", "--remove-section=.note.gnu.build-id", stripped.toString());
        assertThat(opened(stripped).status()).contains(debug.toString(), "belongs to another program", "CRC");
    }

    @Test
    void aMissingOrBrokenDebugFileIsNamed() throws IOException {
        Path debug = directory.resolve("program.debug");
        Path stripped = split(debug);
        programs.run("objcopy", "--add-gnu-debuglink=" + debug, stripped.toString());
        Files.write(debug, new byte[] {1, 2, 3});
        assertThat(opened(stripped).status()).contains(debug.toString(), "cannot be read", "ELF header");
        Files.delete(debug);
        assertThat(opened(stripped).status())
                .isEqualTo("no debug information: its debug file program.debug is not installed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zlib", "zlib-gnu", "zlib-gabi", "zstd"})
    void packedSectionsAreRead(String way) {
        Path packed = directory.resolve("packed");
        programs.run("objcopy", "--compress-debug-sections=" + way, whole.toString(), packed.toString());
        assertThat(facts(Programs.symbols(packed))).isEqualTo(expected);
    }

    @Test
    void aDamagedZstdSectionIsNamedAndTheRestIsRead() throws IOException {
        Path packed = directory.resolve("packed");
        programs.run("objcopy", "--compress-debug-sections=zstd", whole.toString(), packed.toString());
        var section = Programs.open(packed).section(".debug_info").orElseThrow();
        byte[] bytes = Files.readAllBytes(packed);
        for (int i = 30; i < section.size(); i++) bytes[(int) section.offset() + i] ^= 0x5a;
        Files.write(packed, bytes);
        DwarfSymbols symbols = Programs.symbols(packed);
        assertThat(symbols.status()).contains(".debug_info", "compressed data");
        assertThat(symbols.symbolsNamed("use")).hasSize(1);
    }

    @Test
    void whatSeveralDebugFilesHaveInCommonIsRead() throws IOException {
        Path copy = directory.resolve("copy");
        Path common = directory.resolve("common.debug");
        programs.run(
                "gcc",
                "-g",
                "-O1",
                "-Wl,--build-id",
                "-DCOPY",
                "opaque_user.c",
                "opaque_owner.c",
                "-o",
                copy.toString());
        programs.run("dwz", "-m", common.toString(), "-h", whole.toString(), copy.toString());
        assertThat(Programs.open(whole).section(".gnu_debugaltlink")).isPresent();
        assertThat(facts(opened(whole))).isEqualTo(expected);

        Files.delete(common);
        DwarfSymbols without = opened(whole);
        long main = without.symbolsNamed("main").get(0).value();
        assertThat(without.lineAt(main).orElseThrow().file().name()).isEqualTo("opaque_user.c");
        assertThat(without.scopesAt(main)).hasSize(1);
        assertThat(without.typeNamed("handle")).isEmpty();
        assertThat(without.status()).contains("common.debug", "is not installed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -O1 -gdwarf-5",
                "gcc -O1 -gdwarf-4",
                "gcc -O2 -gdwarf-5 -fdebug-types-section",
                "gcc -O2 -gdwarf-4 -fdebug-types-section",
                "clang -O1 -gdwarf-5",
                "clang -O1 -gdwarf-4",
                "clang -O2 -gdwarf-5 -fdebug-types-section"
            })
    void unitsThatContinueInDwoFilesAreRead(String command) throws IOException {
        String one = facts(Programs.symbols(programs.compile(command, "opaque_user.c", "opaque_owner.c")));
        Path program = programs.compile(command + " -gsplit-dwarf", "opaque_user.c", "opaque_owner.c");
        DwarfSymbols split = Programs.symbols(program);
        assertThat(facts(split)).isEqualTo(one).contains("struct hidden_state");
        assertThat(split.status()).endsWith("2 units; 2 of them continued in .dwo files");

        Path moved = Files.createDirectory(directory.resolve("moved"));
        try (var all = Files.newDirectoryStream(directory, "*.dwo")) {
            for (Path file : all) Files.move(file, moved.resolve(file.getFileName()));
        }
        assertThat(facts(Programs.symbols(Files.copy(program, moved.resolve("program")))))
                .isEqualTo(one);

        DwarfSymbols without = Programs.symbols(program);
        long main = without.symbolsNamed("main").get(0).value();
        assertThat(without.lineAt(main).orElseThrow().file().name()).isEqualTo("opaque_user.c");
        assertThat(without.scopesAt(main)).isEmpty();
        assertThat(without.status()).contains(".dwo: the file is missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -O1 -gdwarf-4",
                "clang -O1 -gdwarf-5",
                "clang -O1 -gdwarf-5 -fdebug-types-section",
                "gcc -O1 -gdwarf-4 -fdebug-types-section"
            })
    void aPackageOfDwoFilesIsRead(String command) throws IOException {
        String one = facts(Programs.symbols(programs.compile(command, "opaque_user.c", "opaque_owner.c")));
        Path program = programs.compile(command + " -gsplit-dwarf", "opaque_user.c", "opaque_owner.c");
        String tool = command.startsWith("gcc") ? "dwp" : "llvm-dwp";
        programs.run(tool, "-e", program.toString(), "-o", program + ".dwp");
        try (var all = Files.newDirectoryStream(directory, "*.dwo")) {
            for (Path file : all) Files.delete(file);
        }
        DwarfSymbols packed = Programs.symbols(program);
        assertThat(facts(packed)).isEqualTo(one);
        assertThat(packed.status()).endsWith("2 units; 2 of them continued in .dwo files");

        Files.write(Path.of(program + ".dwp"), new byte[] {0x7f, 'E', 'L', 'F'});
        DwarfSymbols broken = Programs.symbols(program);
        assertThat(broken.scopesAt(broken.symbolsNamed("main").get(0).value())).isEmpty();
        assertThat(broken.status()).contains(".dwp", "ELF header");
    }
}
