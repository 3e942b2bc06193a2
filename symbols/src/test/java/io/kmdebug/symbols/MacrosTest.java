package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.ElfSection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The macros that hold at a line are those that gdb lists. */
class MacrosTest {
    private static final Pattern LISTED = Pattern.compile("#define (\\w+)(\\([^)]*\\))? ?(.*)");
    private static final List<String> PLACES = List.of("macros.c:15", "macros.c:24", "macros.c:32", "macros.h:6");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -g3 -gdwarf-5",
                "gcc -g3 -gdwarf-5 -gdwarf64",
                "gcc -g3 -gdwarf-4",
                "gcc -g3 -gdwarf-2 -gstrict-dwarf",
                "gcc -g3 -gsplit-dwarf",
                "clang -g -fdebug-macro -gdwarf-5",
                "clang -g -fdebug-macro -gdwarf-4"
            })
    void theMacrosOfALineAreThoseThatGdbLists(String command) {
        Programs programs = new Programs(directory);
        programs.source("macros.h");
        Path program = programs.compile(command, "macros.c");
        // gdb does not read the macros of split units
        Path told = programs.compile(command.replace(" -gsplit-dwarf", ""), "macros.c");
        DwarfSymbols symbols = Programs.symbols(program);
        for (String place : PLACES) {
            Map<String, String> expected = listed(programs, told, place);
            assertThat(expected).as(place).containsKeys("HEADER_LIMIT", "BUFSIZ");
            String[] parts = place.split(":", -1);
            LineRow row =
                    symbols.breakpointRows(parts[0], Integer.parseInt(parts[1])).get(0);
            Map<String, String> found = new TreeMap<>();
            for (String name : expected.keySet()) {
                symbols.macro(name, row.address(), null).ifPresent(macro -> found.put(name, text(macro)));
            }
            if (command.endsWith("-gsplit-dwarf")) {
                // gcc writes each import in a .dwo file as one of the importing part itself: headers are lost
                assertThat(expected).as(place).containsAllEntriesOf(found);
                assertThat(found).containsKeys("__TIMESIZE");
                continue;
            }
            assertThat(found).as(place).isEqualTo(expected);
            boolean builtIn = command.startsWith("gcc");
            assertThat(symbols.macro("__x86_64__", row.address(), null).isPresent())
                    .isEqualTo(builtIn);
            for (String name : List.of("MAX_USERS", "LATE", "ONLY_HERE", "HEADER_LIMIT_2", "no_such_macro")) {
                assertThat(symbols.macro(name, row.address(), null).isPresent())
                        .as(name + " at " + place)
                        .isEqualTo(expected.containsKey(name));
            }
        }
    }

    private static Map<String, String> listed(Programs programs, Path program, String place) {
        Map<String, String> all = new TreeMap<>();
        for (String line : programs.gdb(program, "gdb.execute('info macros " + place + "')")) {
            Matcher matcher = LISTED.matcher(line);
            if (!matcher.matches()) continue;
            if (matcher.group(1).equals("__FILE__")) continue;
            String parameters = matcher.group(2) == null ? "" : matcher.group(2).replace(" ", "");
            all.put(matcher.group(1), parameters + " " + matcher.group(3).trim());
        }
        return all;
    }

    private static String text(Macro macro) {
        if (macro.parameters() == null) return " " + macro.body();
        String parameters = String.join(",", macro.parameters());
        if (macro.variadic()) {
            parameters = parameters.endsWith("__VA_ARGS__") && !parameters.contains("rest")
                    ? parameters.replace("__VA_ARGS__", "...")
                    : parameters + "...";
        }
        return "(" + parameters + ") " + macro.body();
    }

    @Test
    void inlinedFunctionsSeeTheMacrosOfTheirOwnLines() {
        Programs programs = new Programs(directory);
        programs.source("macros.h");
        DwarfSymbols symbols = Programs.symbols(programs.compile("gcc -g3 -O2", "macros.c"));
        FunctionScope inlined = symbols.inlinedNamed("between").get(0);
        List<FunctionScope> scopes = symbols.scopesAt(inlined.entryPc());
        assertThat(scopes).extracting(FunctionScope::name).containsExactly("between", "main");
        assertThat(symbols.macro("LATE", inlined.entryPc(), scopes.get(0)).map(Macro::body))
                .contains("1");
        assertThat(symbols.macro("LATE", inlined.entryPc(), scopes.get(1))).isEmpty();
    }

    @Test
    void damagedMacrosAreNotedAndHarmNothing() throws IOException {
        Programs programs = new Programs(directory);
        programs.source("macros.h");
        Path program = programs.compile("gcc -g3", "macros.c");
        ElfSection section = Programs.open(program).section(".debug_macro").orElseThrow();
        byte[] whole = Files.readAllBytes(program);
        Random random = new Random(4);
        for (int round = 0; round < 200; round++) {
            byte[] broken = whole.clone();
            for (int i = 0; i < 20; i++) {
                int at = (int) section.offset() + random.nextInt((int) section.size());
                broken[at] = (byte) random.nextInt();
            }
            Path file = Files.write(directory.resolve("broken"), broken);
            DwarfSymbols symbols = Programs.symbols(file);
            long main = symbols.symbolsNamed("main").get(0).value();
            symbols.macro("HEADER_LIMIT", main, null);
            assertThat(symbols.scopesAt(main)).hasSize(1);
        }
    }
}
