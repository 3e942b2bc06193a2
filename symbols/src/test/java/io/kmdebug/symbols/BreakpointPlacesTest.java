package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BreakpointPlacesTest {
    private static final int SOURCE_LINES = 84;

    @TempDir
    static Path directory;

    static Stream<String> commands() {
        return Stream.of(
                "gcc -gdwarf-4 -O0",
                "gcc -gdwarf-5 -O0 -fcf-protection -fstack-protector-all",
                "gcc -gdwarf-5 -O0 -fomit-frame-pointer",
                "gcc -gdwarf-5 -O1",
                "gcc -gdwarf-5 -O2",
                "gcc -gdwarf-4 -O2",
                "clang -gdwarf-4 -O0",
                "clang -gdwarf-5 -O1",
                "clang -gdwarf-5 -O2",
                "gcc -gdwarf-5 -O2 -gsplit-dwarf",
                "musl-gcc -g -O0 -static");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void functionBreakpointsGoWhereGdbPutsThem(String command) {
        Programs programs = new Programs(directory);
        Path program = programs.compile(command, "scopes.c");
        DwarfSymbols symbols = Programs.symbols(program);
        List<String> names = List.of("main", "helper", "variadic", "big_frame", "recursive", "maybe_inlined", "square");
        List<List<String>> expected = gdbPlaces(programs, program, names);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Set<String> actual = Stream.concat(
                            symbols.functionsNamed(name).stream(), symbols.inlinedNamed(name).stream())
                    .map(f -> "0x" + Long.toHexString(symbols.breakpointPc(f)))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(actual).as("%s with %s", name, command).isEqualTo(new TreeSet<>(expected.get(i)));
        }
    }

    /** gdb may have a place for each block of a line in one function; this reader has the first of them. */
    @ParameterizedTest
    @MethodSource("commands")
    void lineBreakpointsGoWhereGdbPutsThem(String command) {
        Programs programs = new Programs(directory);
        Path program = programs.compile(command, "scopes.c");
        DwarfSymbols symbols = Programs.symbols(program);
        List<String> lines = new ArrayList<>();
        for (int line = 1; line <= SOURCE_LINES; line++) lines.add("scopes.c:" + line);
        List<List<String>> expected = gdbPlaces(programs, program, lines);
        for (int line = 1; line <= SOURCE_LINES; line++) {
            List<LineRow> rows = symbols.breakpointRows("scopes.c", line);
            List<String> actual = rows.stream()
                    .map(row -> "0x" + Long.toHexString(row.address()))
                    .toList();
            List<String> gdb = expected.get(line - 1);
            assertThat(gdb).as("line %d with %s", line, command).containsAll(actual);
            assertThat(actual.isEmpty()).as("line %d with %s", line, command).isEqualTo(gdb.isEmpty());
            if (!gdb.isEmpty())
                assertThat(actual.get(0)).as("line %d with %s", line, command).isEqualTo(gdb.get(0));
            for (String missing : gdb) {
                if (actual.contains(missing)) continue;
                long pc = Long.decode(missing);
                FunctionScope scope = symbols.scopesAt(pc).get(0);
                assertThat(rows)
                        .as("line %d with %s: %s", line, command, missing)
                        .anyMatch(row -> symbols.scopesAt(row.address()).get(0).equals(scope));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aFileIsFoundByTheEndOfItsPath(String command) {
        Path program = new Programs(directory).compile(command, "scopes.c");
        DwarfSymbols symbols = Programs.symbols(program);
        List<LineRow> rows = symbols.breakpointRows("scopes.c", 67);
        assertThat(rows).isNotEmpty();
        assertThat(symbols.breakpointRows(directory.resolve("scopes.c").toString(), 67))
                .isEqualTo(rows);
        assertThat(symbols.breakpointRows(directory.getFileName() + "/scopes.c", 67))
                .isEqualTo(rows);
        assertThat(symbols.breakpointRows("elsewhere/scopes.c", 67)).isEmpty();
        assertThat(symbols.breakpointRows("/elsewhere/scopes.c", 67)).isEmpty();
        assertThat(symbols.breakpointRows("copes.c", 67)).isEmpty();
        assertThat(symbols.breakpointRows("scopes.c", 5000)).isEmpty();
    }

    private static List<List<String>> gdbPlaces(Programs programs, Path program, List<String> places) {
        StringBuilder script = new StringBuilder();
        for (String place : places) {
            script.append("try:\n  l = gdb.decode_line('")
                    .append(place)
                    .append("')[1]\nexcept gdb.error:\n  l = None\n");
            script.append("b = gdb.Breakpoint('").append(place).append("') if l else None\n");
            script.append("o = gdb.execute('info breakpoints', to_string=True) if b else ''\n");
            script.append("import re\n");
            script.append(
                    "print('@ ' + ' '.join(sorted(hex(int(x, 16)) for x in re.findall(r'0x[0-9a-f]{16}', o))))\n");
            script.append("if b: b.delete()\n");
        }
        List<List<String>> result = new ArrayList<>();
        for (String line : programs.gdb(program, script.toString())) {
            if (!line.startsWith("@ ")) continue;
            result.add(line.equals("@ ") ? List.of() : List.of(line.substring(2).split(" ", -1)));
        }
        assertThat(result).hasSameSizeAs(places);
        return result;
    }
}
