package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One program in every format of DWARF says the same: versions 2 to 5, 32- and 64-bit, type units, packed sections. The
 * compiler is told nothing else, so its code is the same and so must be every answer at every address of it.
 */
class DwarfFormatsTest {
    private static final List<String> OPTIONS = List.of(
            "-gdwarf-5",
            "-gdwarf-5 -gdwarf64",
            "-gdwarf-5 -fdebug-types-section",
            "-gdwarf-5 -gdwarf64 -fdebug-types-section",
            "-gdwarf-4",
            "-gdwarf-4 -gdwarf64",
            "-gdwarf-4 -fdebug-types-section",
            "-gdwarf-4 -gdwarf64 -fdebug-types-section",
            "-gdwarf-3",
            "-gdwarf-3 -gdwarf64",
            "-gdwarf-2");

    /** Without optimisation no two of the formats differ in the lists that make the others worth their time. */
    private static final List<String> FEW_OPTIONS = List.of(
            "-gdwarf-5", "-gdwarf-5 -gdwarf64 -fdebug-types-section", "-gdwarf-4 -fdebug-types-section", "-gdwarf-2");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gcc g++ -O2", "gcc g++ -O0", "clang clang++ -O2", "clang clang++ -O0"})
    void everyFormatSaysTheSame(String compilers) {
        Programs programs = new Programs(directory);
        programs.source("formats_c.h");
        String[] words = compilers.split(" ", -1);
        Map<String, DwarfSymbols> answers = new LinkedHashMap<>();
        for (String options : words[2].equals("-O0") ? FEW_OPTIONS : OPTIONS) {
            Path program = build(programs, words[0], words[1], words[2] + " " + options);
            answers.put(options, Programs.symbols(program));
        }
        DwarfSymbols expected = answers.get("-gdwarf-5");
        assertThat(ProgramFacts.of(expected, true))
                .contains("shapes::Box<short", "visit", "thread_total", "scaled inlined");
        answers.forEach((options, symbols) -> {
            boolean old = options.startsWith("-gdwarf-2") || options.startsWith("-gdwarf-3");
            // DW_OP_stack_value came with DWARF 4: before, clang leaves it out of the same expressions, gcc does not;
            // and it has no rows of line 0 for the code of thread-locals
            boolean clangsOld = old && compilers.equals("clang clang++ -O2");
            // and so did DW_TAG_rvalue_reference_type: before, gcc writes the tag of ordinary references
            boolean gccsReferences = old && words[0].equals("gcc");
            assertThat(differences(form(expected, clangsOld, gccsReferences), form(symbols, clangsOld, gccsReferences)))
                    .as(compilers + " " + options)
                    .isEmpty();
        });
    }

    private static String form(Symbols symbols, boolean withoutPlaces, boolean oneKindOfReference) {
        String text = ProgramFacts.of(symbols, !withoutPlaces);
        if (withoutPlaces) text = without(text, line -> line.startsWith("0x") && line.contains("formats_c.c:0:"));
        if (!oneKindOfReference) return text;
        return without(text.replace("&&", "&"), line -> line.startsWith("type PointerType int &"));
    }

    private static String without(String text, Predicate<String> line) {
        return text.lines().filter(line.negate()).collect(Collectors.joining("\n"));
    }

    /** Lines that one has and the other has not, the first few of them. */
    private static List<String> differences(String expected, String actual) {
        List<String> wanted = expected.lines().toList();
        List<String> found = actual.lines().toList();
        List<String> out = new ArrayList<>();
        for (String line : found) if (!wanted.contains(line)) out.add("+ " + line);
        for (String line : wanted) if (!found.contains(line)) out.add("- " + line);
        if (out.isEmpty() && !expected.equals(actual)) out.add("the order of lines differs");
        return out.subList(0, Math.min(20, out.size()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zlib", "zlib-gnu", "zlib-gabi", "zstd"})
    void packedSectionsSayTheSame(String way) {
        Programs programs = new Programs(directory);
        programs.source("formats_c.h");
        Path plain = build(programs, "gcc", "g++", "-O2 -gdwarf-5 -gdwarf64 -fdebug-types-section");
        Path packed = directory.resolve("packed");
        programs.run("objcopy", "--compress-debug-sections=" + way, plain.toString(), packed.toString());
        assertThat(ProgramFacts.of(Programs.symbols(packed), true))
                .isEqualTo(ProgramFacts.of(Programs.symbols(plain), true));
    }

    private Path build(Programs programs, String c, String cpp, String options) {
        String name = (c + options).replaceAll("[^A-Za-z0-9]+", "_");
        compile(programs, c, options, "formats_c.c", name + "_c.o");
        compile(programs, cpp, options, "formats_cpp.cpp", name + "_cpp.o");
        programs.run(cpp, name + "_c.o", name + "_cpp.o", "-o", name);
        return directory.resolve(name);
    }

    private static void compile(Programs programs, String compiler, String options, String source, String object) {
        programs.source(source);
        List<String> words = new ArrayList<>(List.of((compiler + " -g -c " + options).split(" ", -1)));
        words.addAll(List.of(source, "-o", object));
        programs.run(words.toArray(String[]::new));
    }
}
