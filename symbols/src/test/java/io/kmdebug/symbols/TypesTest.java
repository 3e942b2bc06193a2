package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TypesTest {
    /** gdb has a spelling of its own for these. */
    private static final Set<String> SPELLED_OTHERWISE = Set.of("vec", "u128", "z");

    @TempDir
    static Path directory;

    static Stream<String> commands() {
        return Stream.of(
                "gcc -gdwarf-2 -gstrict-dwarf",
                "gcc -gdwarf-3",
                "gcc -gdwarf-4",
                "gcc -gdwarf-4 -fdebug-types-section",
                "gcc -gdwarf-5",
                "gcc -gdwarf-5 -fdebug-types-section",
                "gcc -gdwarf-5 -O2",
                "clang -gdwarf-4",
                "clang -gdwarf-5",
                "clang -gdwarf-5 -O2");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void globalsHaveTheTypesThatGdbSees(String command) {
        Programs programs = new Programs(directory);
        Path program = programs.compile(command, "types.c");
        DwarfSymbols symbols = Programs.symbols(program);
        List<String> oracle = programs.gdb(program, """
                b = gdb.lookup_global_symbol('main').symtab.static_block()
                for block in (b, b.superblock):
                  for s in block:
                    if s.is_variable or s.name == 'hidden': print('%s|%s|%d' % (s.name, s.type, s.type.sizeof))
                """);
        TreeMap<String, String> expected = new TreeMap<>();
        for (String line : oracle) expected.put(line.substring(0, line.indexOf('|')), line.replace(" ", ""));
        TreeMap<String, String> actual = new TreeMap<>();
        long pc = symbols.functionsNamed("main").get(0).entryPc();
        for (VariableSymbol v : symbols.globalsAt(pc)) {
            String line = v.name() + "|" + v.type().name() + "|" + v.type().byteSize();
            actual.put(v.name(), line.replace(" ", ""));
            assertThat(v.isStatic()).isTrue();
            assertThat(symbols.globalsNamed(v.name())).hasSize(1);
        }
        for (String name : SPELLED_OTHERWISE) {
            expected.remove(name);
            actual.remove(name);
        }
        assertThat(actual).hasSizeGreaterThan(20).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void membersLieWhereGdbSeesThem(String command) {
        Programs programs = new Programs(directory);
        Path program = programs.compile(command, "types.c");
        DwarfSymbols symbols = Programs.symbols(program);
        for (String name : List.of("struct big", "struct inner")) {
            List<String> expected = programs
                    .gdb(
                            program,
                            "for f in gdb.lookup_type('" + name + "').fields():\n"
                                    + "  print('%s|%s|%d|%d' % (f.name, f.type, f.bitpos, f.bitsize))\n")
                    .stream()
                    .map(line -> line.replace(" ", ""))
                    .filter(line -> !SPELLED_OTHERWISE.contains(line.substring(0, line.indexOf('|'))))
                    .toList();
            List<String> actual = new ArrayList<>();
            CompositeType type = (CompositeType) symbols.typeNamed(name).orElseThrow();
            for (CompositeType.Member m : type.members()) {
                if (m.name() != null && SPELLED_OTHERWISE.contains(m.name())) continue;
                String line = m.name() + "|" + m.type().name() + "|" + m.bitOffset() + "|" + m.bitSize();
                actual.add(line.replace("null", "None").replace(" ", ""));
            }
            assertThat(actual).as("%s with %s", name, command).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void enumeratorsHaveTheirValues(String command) {
        DwarfSymbols symbols = Programs.symbols(new Programs(directory).compile(command, "types.c"));
        EnumType e = (EnumType) symbols.typeNamed("enum e").orElseThrow();
        assertThat(e.signed()).isTrue();
        assertThat(e.enumerators())
                .extracting(Type.Enumerator::name, Type.Enumerator::value)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("MINUS", -1L),
                        org.assertj.core.api.Assertions.tuple("ZERO", 0L),
                        org.assertj.core.api.Assertions.tuple("BIGE", 0x7fffffffL));
        EnumType wide = (EnumType) symbols.typeNamed("enum le").orElseThrow();
        assertThat(wide.byteSize()).isEqualTo(8);
        assertThat(wide.enumerators().get(1).value()).isEqualTo(0x123456789abL);
        EnumType unsigned = (EnumType) symbols.typeNamed("enum ue").orElseThrow();
        assertThat(unsigned.signed()).isFalse();
        assertThat(unsigned.enumerators().get(0).value()).isEqualTo(0xffff_ffffL);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void typesAreFoundByTheNamesOfCasts(String command) {
        DwarfSymbols symbols = Programs.symbols(new Programs(directory).compile(command, "types.c"));
        assertThat(symbols.typeNamed("long unsigned  int").orElseThrow().name()).isEqualTo("unsigned long");
        assertThat(symbols.typeNamed("unsigned").orElseThrow().name()).isEqualTo("unsigned int");
        assertThat(symbols.typeNamed("signed char").orElseThrow().byteSize()).isEqualTo(1);
        assertThat(symbols.typeNamed("short").orElseThrow().byteSize()).isEqualTo(2);
        assertThat(symbols.typeNamed("ulong_t").orElseThrow()).isInstanceOf(TypedefType.class);
        assertThat(symbols.typeNamed("big").orElseThrow().name()).isEqualTo("struct big");
        assertThat(symbols.typeNamed("const struct big").orElseThrow().name()).isEqualTo("struct big");
        assertThat(symbols.typeNamed("union big")).isEmpty();
        assertThat(symbols.typeNamed("struct missing")).isEmpty();
        assertThat(symbols.typeNamed("void")).contains(UnspecifiedType.VOID);
    }
}
