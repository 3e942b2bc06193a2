package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Go programs without debug information, compared with Go's own tools. */
@Timeout(120)
class GoLineTableTest {
    private static final String SOURCE = """
            package main

            import "fmt"

            func small(n int) int { return n * 3 }

            func main() { fmt.Println(small(7)) }
            """;

    @TempDir
    Path folder = Path.of("");

    private Path build(String... flags) {
        Programs programs = new Programs(folder);
        programs.write("hello.go", SOURCE);
        List<String> command =
                new ArrayList<>(List.of("env", "GO111MODULE=off", "GOPROXY=off", "/usr/bin/go", "build"));
        command.addAll(List.of(flags));
        Path program = folder.resolve("hello");
        command.addAll(List.of("-o", program.toString(), "hello.go"));
        programs.run(command.toArray(String[]::new));
        return program;
    }

    @Test
    void namesAndLinesAreThoseOfGosOwnTool() throws Exception {
        // without DWARF; Go's tool still needs the symbols to find the table
        Path program = build("-ldflags=-w");
        DwarfSymbols symbols = Programs.symbols(program);
        GoLineTable table = GoLineTable.of(Programs.open(program));
        assertThat(table).isNotNull();
        assertThat(symbols.status()).contains("functions with lines from the run-time system of Go 1.18 and 1.19");
        Random random = new Random(7);
        List<Long> places = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int function = random.nextInt(table.count());
            places.add(table.entry(function) + random.nextLong(table.end(function) - table.entry(function)));
        }
        List<String> theirs = addr2line(program, places);
        for (int i = 0; i < places.size(); i++) {
            long pc = places.get(i);
            List<FunctionScope> scopes = symbols.scopesAt(pc);
            LineRow row = symbols.lineAt(pc).orElse(null);
            if (row == null) {
                assertThat(theirs.get(i)).as("pc 0x%x", pc).matches("(?s).*:(0|-1)");
                continue;
            }
            String ours =
                    scopes.get(scopes.size() - 1).name() + "\n" + row.file().path() + ":" + row.line();
            assertThat(ours).as("pc 0x%x", pc).isEqualTo(theirs.get(i));
        }
        assertThat(symbols.functionsNamed("main.main")).hasSize(1);
        assertThat(symbols.breakpointRows("hello.go", 7)).isNotEmpty();
        assertThat(symbols.sourceFiles()).anyMatch(f -> f.path().endsWith("/fmt/print.go"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-buildmode=exe", "-buildmode=pie"})
    void functionsBeginWhereTheLinkersSymbolsSay(String mode) {
        ElfFile file = Programs.open(build(mode, "-ldflags=-w"));
        GoLineTable table = GoLineTable.of(file);
        assertThat(table).isNotNull();
        int compared = 0;
        for (ElfSymbol symbol : file.symbols()) {
            boolean main = symbol.isFunction() && symbol.name().matches("(main|fmt|strconv|runtime)\\..*");
            if (!main || symbol.size() == 0) continue;
            int function = table.at(symbol.value());
            assertThat(function).as(symbol.name()).isNotNegative();
            assertThat(table.entry(function)).as(symbol.name()).isEqualTo(symbol.value());
            // the linker tells two calling conventions of one function apart
            assertThat(symbol.name().replaceFirst("\\.abi(0|internal)$", "")).isEqualTo(table.name(function));
            compared++;
        }
        assertThat(compared).isGreaterThan(1000);
    }

    private List<String> addr2line(Path program, List<Long> places) throws Exception {
        String asked =
                places.stream().map(Long::toHexString).map(a -> "0x" + a + "\n").collect(Collectors.joining());
        Path input = Files.writeString(folder.resolve("asked"), asked);
        Process process = new ProcessBuilder("/usr/bin/go", "tool", "addr2line", program.toString())
                .directory(folder.toFile())
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        assertThat(process.waitFor()).isZero();
        List<String> lines = Files.readAllLines(folder.resolve("said"));
        List<String> answers = new ArrayList<>();
        for (int i = 0; i + 1 < lines.size(); i += 2) answers.add(lines.get(i) + "\n" + lines.get(i + 1));
        return answers;
    }

    /** What DWARF says of inlining and of the depth of the stack, the run-time system's tables say too. */
    @Test
    void inlinedCallsAndStackDepthsAreThoseOfDwarf() {
        Path program = build("-buildmode=exe");
        DwarfSymbols whole = Programs.symbols(program);
        ElfFile file = Programs.open(program);
        GoLineTable table = GoLineTable.of(file);
        assertThat(table).isNotNull();
        GoInlineTree tree = GoInlineTree.of(file, new ElfSymbolTable(file, () -> file), table);
        assertThat(tree).isNotNull();
        GoFunctions functions = new GoFunctions(table, tree);
        Random random = new Random(11);
        int inlined = 0;
        int different = 0;
        for (int i = 0; i < 3000; i++) {
            int function = random.nextInt(table.count());
            long pc = table.entry(function) + random.nextLong(table.end(function) - table.entry(function));
            List<FunctionScope> expected = whole.scopesAt(pc);
            List<FunctionScope> found = functions.scopesAt(pc);
            if (expected.size() > 1) inlined++;
            if (!expected.isEmpty() && !names(found).equals(names(expected))) different++;
        }
        assertThat(inlined).isGreaterThan(200);
        // the compiler moves instructions out of inlined code, and the two tables draw that line apart
        assertThat(different).isLessThan(inlined / 10);
    }

    private static List<String> names(List<FunctionScope> scopes) {
        return scopes.stream().map(FunctionScope::name).toList();
    }

    @Test
    void aTableThatIsCutOrScribbledOverIsCorrupt() throws Exception {
        ElfFile file = Programs.open(build("-ldflags=-s -w"));
        Bytes whole = file.content(file.section(".gopclntab").orElseThrow());
        byte[] raw = whole.copy(0, (int) whole.length());
        raw[0] = 1;
        assertThatThrownBy(() -> GoLineTable.of(Bytes.of("table", raw), 0)).isInstanceOf(CorruptFileException.class);
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            byte[] broken = whole.copy(0, 8 + random.nextInt((int) whole.length() - 8));
            for (int i = 0; i < 20; i++)
                broken[8 + random.nextInt(Math.min(broken.length - 8, 4000))] = (byte) random.nextInt();
            try {
                GoFunctions functions = new GoFunctions(GoLineTable.of(Bytes.of("table", broken), 0x401000), null);
                functions.scopesAt(0x401000 + random.nextInt(100_000));
                functions.lineAt(0x401000 + random.nextInt(100_000));
            } catch (CorruptFileException e) {
                assertThat(e.getMessage()).contains("table");
            }
        }
    }
}
