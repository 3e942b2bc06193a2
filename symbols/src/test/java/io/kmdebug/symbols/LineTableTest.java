package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LineTableTest {
    private static final Pattern ROW = Pattern.compile(
            "(\\S+?)(?:\\[\\+\\])?\\s+(\\d+|-)\\s+(0x[0-9a-f]+|0)(?:\\s+\\d+)?(\\s+x)?(?:\\s+END)?\\s*");

    private static final long FIRST_CODE = 0x1000;

    @TempDir
    static Path directory;

    static Stream<String> commands() {
        return Stream.of(
                "gcc -gdwarf-2 -gstrict-dwarf -O0",
                "gcc -gdwarf-3 -O2",
                "gcc -gdwarf-4 -O0",
                "gcc -gdwarf-5 -O2",
                "gcc -gdwarf-5 -gdwarf64 -O2",
                "gcc -g -O2 -ffunction-sections -Wl,--gc-sections",
                "gcc -g -O2 -gz=zlib",
                "clang -gdwarf-4 -O0",
                "clang -gdwarf-5 -O2",
                "musl-gcc -g -O1 -static");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void rowsAreThoseOfObjdump(String command) {
        Programs programs = new Programs(directory);
        Path program = programs.compile(command, "scopes.c");
        String dump = programs.run("objdump", "--dwarf=decodedline", "-w", program.toString());
        List<String> expected = new ArrayList<>();
        for (String line : dump.lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (!row.matches() || row.group(2).equals("-")) continue;
            long address = Long.decode(row.group(3));
            // code that the linker dropped is left at the start of the address space
            if (address < FIRST_CODE) continue;
            String statement = row.group(4) == null ? "" : " x";
            expected.add(row.group(1) + " " + row.group(2) + " 0x" + Long.toHexString(address) + statement);
        }
        DwarfImage image = new DwarfImage(Programs.open(program));
        List<String> actual = new ArrayList<>();
        for (Unit unit : image.units()) {
            LineTable table = unit.lines();
            table.forEach((row, file, line, flags) -> {
                String statement = (flags & LineTable.STATEMENT) == 0 ? "" : " x";
                SourceFile source = unit.file(file);
                actual.add((source == null ? "?" : source.name()) + " " + line + " 0x"
                        + Long.toHexString(table.address(row)) + statement);
            });
        }
        assertThat(expected).hasSizeGreaterThan(40);
        assertThat(actual).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(image.problems()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void theLineOfEveryAddressIsThatOfGdb(String command) {
        Programs programs = new Programs(directory);
        Path program = programs.compile(command, "scopes.c");
        DwarfSymbols symbols = Programs.symbols(program);
        List<Long> addresses = new ArrayList<>();
        for (String function : List.of("main", "helper", "variadic", "big_frame", "recursive")) {
            for (FunctionScope scope : symbols.functionsNamed(function)) {
                for (AddressRange range : scope.ranges()) {
                    for (long pc = range.low(); pc < range.high(); pc++) addresses.add(pc);
                }
            }
        }
        List<String> oracle = programs.gdb(
                program,
                "for pc in " + addresses + ":\n"
                        + "  s = gdb.find_pc_line(pc)\n"
                        + "  print(s.symtab.filename if s.symtab else '?', s.line)\n");
        assertThat(addresses).hasSizeGreaterThan(200);
        for (int i = 0; i < addresses.size(); i++) {
            Optional<LineRow> row = symbols.lineAt(addresses.get(i));
            String actual = row.map(r -> r.file().name() + " " + r.line()).orElse("none");
            String expected = oracle.get(i).substring(oracle.get(i).lastIndexOf('/') + 1);
            // gdb gives code of no line to the row before it
            if (actual.endsWith(" 0")) continue;
            assertThat(actual).as("0x%x with %s", addresses.get(i), command).isEqualTo(expected);
            assertThat(row.orElseThrow().contains(addresses.get(i))).isTrue();
        }
    }
}
