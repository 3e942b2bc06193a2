package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Broken debug information costs what it describes and nothing else: no question ends in an exception. */
class BrokenDwarfTest {
    private static final int ROUNDS = 150;

    @TempDir
    static Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {"gcc -gdwarf-4 -O2", "gcc -gdwarf-5 -O2", "clang -gdwarf-5 -O2", "gcc -gdwarf-2 -gstrict-dwarf"})
    void changedBytesAreNoticedOrIgnored(String command) throws IOException {
        byte[] good = Files.readAllBytes(new Programs(directory).compile(command, "scopes.c"));
        ElfFile file = ElfFile.of(Path.of("good"), Bytes.of("good", good));
        List<ElfSection> sections = file.sections().stream()
                .filter(s -> s.name().startsWith(".debug"))
                .toList();
        assertThat(sections).hasSizeGreaterThan(4);
        Random random = new Random(command.hashCode());
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bad = good.clone();
            int changes = 1 + random.nextInt(8);
            for (int i = 0; i < changes; i++) {
                ElfSection section = sections.get(random.nextInt(sections.size()));
                int at = (int) section.offset() + random.nextInt((int) section.size());
                bad[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : bad[at] ^ (1 << random.nextInt(8)));
            }
            assertThatCode(() -> askEverything(bad))
                    .as("round %d of %s", round, command)
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -gdwarf-5", "clang -gdwarf-4"})
    void cutSectionsAreNoticed(String command) throws IOException {
        byte[] good = Files.readAllBytes(new Programs(directory).compile(command, "scopes.c"));
        ElfFile file = ElfFile.of(Path.of("good"), Bytes.of("good", good));
        long table = Bytes.of("good", good).u8(40);
        for (ElfSection section : file.sections()) {
            if (!section.name().startsWith(".debug")) continue;
            for (long size : new long[] {0, 1, 7, section.size() / 2, section.size() - 1}) {
                byte[] bad = good.clone();
                for (int i = 0; i < 8; i++) {
                    bad[(int) table + 64 * section.index() + 32 + i] = (byte) (size >>> (8 * i));
                }
                assertThatCode(() -> askEverything(bad))
                        .as("%s of %d bytes", section.name(), size)
                        .doesNotThrowAnyException();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -gdwarf-4", "gcc -gdwarf-5"})
    void aBrokenUnitLeavesTheOthersAlone(String command) throws IOException {
        Programs programs = new Programs(directory);
        programs.source("opaque.h");
        Path program = programs.compile(command, "opaque_user.c", "opaque_owner.c");
        byte[] bad = Files.readAllBytes(program);
        DwarfImage image = new DwarfImage(Programs.open(program));
        long info = image.sections().file().section(".debug_info").orElseThrow().offset();
        bad[(int) (info + image.units().get(0).rootOffset())] = 0x7f;
        DwarfSymbols symbols = new DwarfSymbols(ElfFile.of(program, Bytes.of("bad", bad)));
        long broken = symbols.symbolsNamed("use").get(0).value();
        long whole = symbols.symbolsNamed("open_state").get(0).value();
        assertThat(symbols.scopesAt(broken)).isEmpty();
        assertThat(symbols.scopesAt(whole)).extracting(FunctionScope::name).containsExactly("open_state");
        assertThat(symbols.functionsNamed("read_state")).hasSize(1);
        assertThat(symbols.breakpointRows("opaque_owner.c", 8)).hasSize(1);
        assertThat(symbols.status()).contains("cannot read").contains("abbreviation code");
    }

    private static void askEverything(byte[] content) {
        DwarfSymbols symbols = new DwarfSymbols(ElfFile.of(Path.of("bad"), Bytes.of("bad", content)));
        for (String name : List.of("main", "helper", "square")) {
            symbols.functionsNamed(name).forEach(f -> describe(symbols, f, f.entryPc()));
            symbols.inlinedNamed(name).forEach(f -> describe(symbols, f, f.entryPc()));
        }
        long main = symbols.symbolsNamed("main").get(0).value();
        for (long pc = main; pc < main + 200; pc += 20) {
            long at = pc;
            symbols.scopesAt(pc).forEach(f -> describe(symbols, f, at));
            symbols.lineAt(pc);
        }
        symbols.rowsIn(new AddressRange(main - 50, main + 200));
        symbols.breakpointRows("scopes.c", 30);
        symbols.sourceFiles();
        symbols.globalsAt(main).forEach(BrokenDwarfTest::describe);
        symbols.globalsNamed("counter").forEach(BrokenDwarfTest::describe);
        for (String name : List.of("struct node", "node_t", "struct point"))
            symbols.typeNamed(name).ifPresent(BrokenDwarfTest::describe);
        assertThat(symbols.status()).isNotEmpty();
    }

    private static void describe(DwarfSymbols symbols, FunctionScope function, long pc) {
        function.name();
        function.linkageName();
        function.ranges();
        function.declarationFile();
        function.declarationLine();
        function.callFile();
        function.optimized();
        symbols.breakpointPc(function);
        describe(function.returnType());
        function.parameters().forEach(BrokenDwarfTest::describe);
        function.localsAt(pc).forEach(BrokenDwarfTest::describe);
    }

    private static void describe(VariableSymbol variable) {
        variable.declarationFile();
        variable.declarationLine();
        variable.isStatic();
        describe(variable.type());
    }

    private static void describe(Type type) {
        assertThat(type.name()).isNotNull();
        type.byteSize();
        Type stripped = type.stripped();
        if (stripped instanceof CompositeType c)
            c.members().forEach(m -> m.type().name());
    }
}
