package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.ElfSymbol;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DwarfSymbolsTest {
    @TempDir
    static Path directory;

    private static Programs programs;

    @BeforeAll
    static void sources() {
        programs = new Programs(directory);
        programs.source("opaque.h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -gdwarf-4", "gcc -gdwarf-5 -O2 -fno-inline", "clang -gdwarf-4", "clang -gdwarf-5"})
    void aDeclaredTypeIsCompletedFromTheUnitThatDefinesIt(String command) {
        DwarfSymbols symbols = Programs.symbols(programs.compile(command, "opaque_user.c", "opaque_owner.c"));
        Type handle = symbols.globalsNamed("current").get(0).type();
        assertThat(handle.name()).isEqualTo("handle");
        CompositeType state = (CompositeType) ((PointerType) handle.stripped()).target();
        assertThat(state.name()).isEqualTo("struct hidden_state");
        assertThat(state.isDeclaration()).isFalse();
        assertThat(state.byteSize()).isEqualTo(8);
        assertThat(state.members()).extracting(CompositeType.Member::name).containsExactly("value", "tag");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -gdwarf-4", "gcc -gdwarf-5 -O2 -fno-inline", "clang -gdwarf-4", "clang -gdwarf-5"})
    void eachUnitHasItsOwnStatics(String command) {
        DwarfSymbols symbols = Programs.symbols(programs.compile(command, "opaque_user.c", "opaque_owner.c"));
        assertThat(symbols.status()).matches("DWARF [45], 2 units");
        assertThat(symbols.globalsNamed("local_only")).hasSize(2);
        assertThat(symbols.globalsNamed("shared_total")).hasSize(1);
        assertThat(names(symbols.globalsAt(symbols.functionsNamed("use").get(0).entryPc())))
                .contains("current", "local_only")
                .doesNotContain("shared_total");
        assertThat(names(symbols.globalsAt(
                        symbols.functionsNamed("open_state").get(0).entryPc())))
                .contains("local_only", "shared_total");
        assertThat(symbols.functionsNamed("header_helper")).hasSize(2);
        assertThat(symbols.sourceFiles())
                .extracting(SourceFile::name)
                .contains("opaque_user.c", "opaque_owner.c", "opaque.h");
        assertThat(symbols.breakpointRows("opaque.h", 8)).hasSize(2);
    }

    private static List<String> names(List<VariableSymbol> variables) {
        return variables.stream().map(VariableSymbol::name).toList();
    }

    @Test
    void withoutArangesTheSameUnitsAreFound() {
        Path with = programs.compile("gcc -g", "opaque_user.c", "opaque_owner.c");
        Path without = directory.resolve("without-aranges");
        programs.run("objcopy", "--remove-section=.debug_aranges", with.toString(), without.toString());
        DwarfSymbols expected = Programs.symbols(with);
        DwarfSymbols actual = Programs.symbols(without);
        for (String name : List.of("main", "use", "open_state", "read_state", "header_helper")) {
            List<FunctionScope> functions = expected.functionsNamed(name);
            assertThat(functions).isNotEmpty();
            for (FunctionScope function : functions) {
                for (long pc = function.entryPc(); pc < function.ranges().get(0).high(); pc++) {
                    assertThat(actual.lineAt(pc)).isEqualTo(expected.lineAt(pc)).isPresent();
                    assertThat(actual.scopesAt(pc).get(0).name()).isEqualTo(name);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "g++ -gdwarf-4",
                "g++ -gdwarf-5 -O2",
                "clang++ -gdwarf-5",
                "g++ -g -fdebug-types-section",
                "g++ -g -O1 -gsplit-dwarf -fdebug-types-section",
                "clang++ -gdwarf-5 -gsplit-dwarf -fdebug-types-section"
            })
    void cxxNamesAreQualified(String command) {
        DwarfSymbols symbols = Programs.symbols(programs.compile(command, "classes.cpp"));
        FunctionScope scale = symbols.functionsNamed("scale").get(0);
        assertThat(scale.name()).isEqualTo("geometry::scale");
        assertThat(scale.linkageName()).startsWith("_ZN8geometry5scale");
        assertThat(symbols.functionsNamed("geometry::scale")).containsExactly(scale);
        assertThat(symbols.functionsNamed("other::scale")).isEmpty();
        assertThat(symbols.functionsNamed(String.valueOf(scale.linkageName()))).containsExactly(scale);
        assertThat(scale.parameters()).extracting(VariableSymbol::name).containsExactly("box", "factor");
        assertThat(scale.parameters().get(0).type().name()).isEqualTo("const geometry::Box<int> &");
        assertThat(scale.parameters().get(1).type().name()).isEqualTo("int &&");
        assertThat(symbols.functionsNamed("area"))
                .extracting(FunctionScope::name)
                .contains("geometry::Box<int>::area");
        CompositeType box = (CompositeType) symbols.typeNamed("Box<int>").orElseThrow();
        assertThat(box.members()).extracting(CompositeType.Member::name).containsExactly(null, "width", "height");
        assertThat(box.members().get(0).base()).isTrue();
        assertThat(box.members().get(0).type().name()).isEqualTo("geometry::Base");
        assertThat(names(symbols.globalsAt(scale.entryPc()))).contains("geometry::Base::instances");
        assertThat(symbols.status()).doesNotContain("cannot");
    }

    @Test
    void elfSymbolsAreFoundByAddressAndName() {
        Path program = programs.compile("gcc -g -static", "opaque_user.c", "opaque_owner.c");
        DwarfSymbols symbols = Programs.symbols(program);
        List<ElfSymbol> functions = symbols.file().symbols().stream()
                .filter(s -> s.type() == ElfSymbol.STT_FUNC && s.size() > 1 && s.section() != 0)
                .toList();
        assertThat(functions).hasSizeGreaterThan(500);
        for (ElfSymbol function : functions) {
            ElfSymbol found =
                    symbols.symbolAt(function.value() + function.size() - 1).orElseThrow();
            assertThat(found.value() + found.size())
                    .as(function.name())
                    .isGreaterThanOrEqualTo(function.value() + function.size());
            assertThat(symbols.symbolsNamed(function.name())).contains(function);
        }
        assertThat(symbols.symbolAt(0)).isEmpty();
        assertThat(symbols.symbolAt(-1)).isEmpty();
        assertThat(symbols.symbolsNamed("no such symbol")).isEmpty();
    }

    @Test
    void whatIsMissingIsSaid() {
        Path stripped = programs.compile("gcc -s", "types.c");
        assertThat(Programs.symbols(stripped).status()).isEqualTo("no debug information: the file is stripped");
        assertThat(Programs.symbols(stripped).hasDebugInfo()).isFalse();
        Path plain = programs.compile("gcc -O1", "types.c");
        assertThat(Programs.symbols(plain).status())
                .isEqualTo("no debug information: the program was compiled without -g");
        long pc = Programs.symbols(plain).symbolsNamed("main").get(0).value();
        assertThat(Programs.symbols(plain).scopesAt(pc)).isEmpty();
        assertThat(Programs.symbols(plain).lineAt(pc)).isEmpty();
        assertThat(Programs.symbols(plain).breakpointRows("types.c", 40)).isEmpty();
        assertThat(Programs.symbols(plain).globalsNamed("ul")).isEmpty();
        assertThat(Programs.symbols(plain).typeNamed("unsigned int")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -O0 -gdwarf-5", "clang -O1 -gdwarf-4"})
    void aProgramOfManyUnitsIsReadOnlyWhereItIsAskedFor(String command) {
        int count = 20;
        List<String> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            programs.write("unit" + i + ".c", """
                    struct data_%1$d { int value; struct data_%1$d *next; };
                    static int state_%1$d = %1$d;
                    int work_%1$d(struct data_%1$d *d, int n)
                    {
                        int result = n;
                        for (int i = 0; i < n; i++) {
                            result += d->value + state_%1$d;
                        }
                        return result;
                    }
                    """.formatted(i));
            files.add("unit" + i + ".c");
        }
        String calls =
                IntStream.range(0, count).mapToObj(i -> "work_" + i + "(0, 0)").collect(Collectors.joining(" + "));
        String declarations = IntStream.range(0, count)
                .mapToObj(i -> "int work_" + i + "();\n")
                .collect(Collectors.joining());
        programs.write("units.c", declarations + "int main(void) { return " + calls + "; }\n");
        List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.add("units.c");
        words.addAll(files);
        words.addAll(List.of("-o", "units"));
        programs.run(words.toArray(String[]::new));

        DwarfSymbols symbols = Programs.symbols(directory.resolve("units"));
        Set<String> places = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            long pc = symbols.symbolsNamed("work_" + i).get(0).value();
            assertThat(symbols.scopesAt(pc)).extracting(FunctionScope::name).containsExactly("work_" + i);
            assertThat(symbols.lineAt(pc).orElseThrow().file().name()).isEqualTo("unit" + i + ".c");
            assertThat(symbols.functionsNamed("work_" + i)).containsExactlyElementsOf(symbols.scopesAt(pc));
            List<LineRow> rows = symbols.breakpointRows("unit" + i + ".c", 7);
            assertThat(rows).hasSize(1);
            places.add(rows.get(0).file().path() + " " + rows.get(0).address());
        }
        assertThat(places).hasSize(count);
        assertThat(symbols.status()).endsWith(", 21 units");
    }
}
