package io.kmdebug.symbols.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The readable names are those of c++filt. */
class DemanglerTest {
    @TempDir
    Path directory;

    @Test
    void namesOfTheStandardLibraryAreThoseOfCxxfilt() throws Exception {
        String library =
                run(List.of("g++", "-print-file-name=libstdc++.so.6"), "").strip();
        List<String> symbols = symbols(List.of("nm", "-D", "--defined-only", library), "_Z");
        assertThat(symbols).hasSizeGreaterThan(4000);
        assertThat(differences(symbols)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"g++,c++20,-O0", "g++,c++17,-O2", "clang++,c++17,-O0"})
    void namesOfAProgramThatUsesWhatTheAbiHasAreThoseOfCxxfilt(String compiler, String standard, String level)
            throws Exception {
        Path source = directory.resolve("names.cpp");
        Files.write(source, resource("names.cpp").getBytes(StandardCharsets.UTF_8));
        Path program = directory.resolve("names");
        run(List.of(compiler, "-w", "-std=" + standard, level, "-o", program.toString(), source.toString()), "");
        List<String> symbols = symbols(List.of("nm", program.toString()), "_Z");
        assertThat(symbols).hasSizeGreaterThan(20);
        // c++filt of binutils 2.40 gives up on a generic lambda as an argument of a generic lambda
        symbols.removeIf(symbol -> symbol.startsWith("_ZZ4mainENKUlT_E_clIZN5outer5apply"));
        assertThat(differences(symbols)).isEmpty();
    }

    @Test
    void namesOfRustAreThoseOfCxxfiltWithoutHashes() throws Exception {
        List<String> symbols = resource("rust_symbols.txt").lines().toList();
        assertThat(symbols).hasSize(500);
        assertThat(differences(symbols)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "main|main",
                "_start|_start",
                "_Z|_Z",
                "_ZN|_ZN",
                "_Z1fv|f()",
                "_Z1fv.cold|f() [clone .cold]",
                "_Z1fv.part.0|f() [clone .part.0]",
                "_ZNKSt6vectorIiSaIiEE4sizeEv|std::vector<int, std::allocator<int> >::size() const",
                "_Z3fooIXadL_Z3barvEEEvv|void foo<&(bar())>()",
                "_Z1fIJiPcEEvDpT_|void f<int, char*>(int, char*)",
                "_Z1fM1AKFvvEPFPFiiEiE|f(void (A::*)() const, int (*(*)(int))(int))",
                "_Z1fRA3_KPKc|f(char const* const (&) [3])",
                "_ZThn8_N1A1fEv|non-virtual thunk to A::f()",
                "_ZTv0_n24_N1AD0Ev|virtual thunk to A::~A()",
                "_ZGVZ4mainE5local|guard variable for main::local",
                "_RNvCskwGfYPst2Cb_3foo16example_function|foo::example_function",
                "_RNvXs_C1aINtB4_1SyENtB4_1T1m|<a::S<u64> as a::T>::m",
                "_RNvC6_123foo3bar|123foo::bar",
                "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y|utf8_idents::"
                        + "\u10E1\u10D0\u10ED\u10DB\u10D4\u10DA\u10D0\u10D3_\u10D2\u10D4\u10DB\u10E0\u10D8\u10D4\u10DA\u10D8_\u10E1\u10D0\u10D3\u10D8\u10DA\u10D8",
                "_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE|core::fmt::Write::write_fmt",
                "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE"
                        + "|<Test + 'static as foo::Bar<Test>>::bar"
            })
    void namesAreReadable(String symbol, String name) {
        assertThat(Demangler.readable(symbol)).isEqualTo(name);
    }

    @Test
    void nothingThatOnlyLooksMangledHarms() throws Exception {
        List<String> seeds =
                new ArrayList<>(resource("rust_symbols.txt").lines().toList());
        seeds.addAll(symbols(
                List.of(
                        "nm",
                        "-D",
                        run(List.of("g++", "-print-file-name=libstdc++.so.6"), "")
                                .strip()),
                "_Z"));
        Random random = new Random(20);
        String letters = "EINSTDLXJZRPKFCOQABMYUstdcvplmi0123456789_$.GnIEpT_S_T0_";
        for (int i = 0; i < 60_000; i++) {
            StringBuilder symbol = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
            for (int change = random.nextInt(4); change >= 0; change--) {
                int at = 2 + random.nextInt(Math.max(1, symbol.length() - 2));
                switch (random.nextInt(4)) {
                    case 0 -> symbol.setLength(Math.min(at, symbol.length()));
                    case 1 ->
                        symbol.insert(Math.min(at, symbol.length()), letters.charAt(random.nextInt(letters.length())));
                    case 2 ->
                        symbol.insert(
                                Math.min(at, symbol.length()),
                                symbol.substring(2, Math.min(symbol.length(), 2 + random.nextInt(40))));
                    default -> {
                        if (at < symbol.length()) symbol.deleteCharAt(at);
                    }
                }
            }
            assertThat(Demangler.readable(symbol.toString())).isNotEmpty();
        }
        String deep = "_Z1f" + "P".repeat(30_000) + "i";
        assertThat(Demangler.readable(deep)).isEqualTo(deep);
        String wide = "_Z1fIJ" + "i".repeat(20_000) + "EEvDpT_" + "S0_".repeat(3000);
        assertThat(Demangler.readable(wide).length()).isLessThan(1 << 17);
        String growing = "_Z1fSt1aIiE" + "St1aIS_E".repeat(200);
        assertThat(Demangler.readable(growing)).isNotEmpty();
        String again = "_Z1f1AIiE" + doubling(40);
        assertThat(Demangler.readable(again)).isEqualTo(again);
    }

    /** Each part names the one before twice: two to the power of {@code times} characters when written. */
    private static String doubling(int times) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < times; i++) {
            // each part adds two candidates: its template and itself
            String last = "S" + Integer.toString(2 * i, 36).toUpperCase(java.util.Locale.ROOT) + "_";
            text.append("1AI").append(last).append(last).append('E');
        }
        return text.toString();
    }

    /** What c++filt says, apart from blanks between angle brackets, and hashes, constants' types and clones of Rust. */
    private List<String> differences(List<String> symbols) throws Exception {
        String[] expected =
                run(List.of("c++filt"), String.join("\n", symbols) + "\n").split("\n", -1);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < symbols.size(); i++) {
            String ours = Demangler.readable(symbols.get(i));
            boolean rust = symbols.get(i).startsWith("_R") || symbols.get(i).matches("_ZN.*17h[0-9a-f]{16}E.*");
            String theirs = rust ? withoutHashes(expected[i]) : expected[i];
            if (rust) ours = ours.replaceAll(" \\[clone [^\\]]*\\]$", "");
            if (!plain(ours).equals(plain(theirs))) found.add(symbols.get(i) + "\n  " + theirs + "\n  " + ours);
        }
        return found;
    }

    private static String plain(String name) {
        return name.replaceAll("> (?=>)", ">");
    }

    private static String withoutHashes(String name) {
        return name.replaceAll("\\[[0-9a-f]{1,16}\\](?=[: ,>)])", "")
                .replaceAll(": (u8|u16|u32|u64|u128|usize|i8|i16|i32|i64|i128|isize|bool|char)(?=[,>\\])}])", "")
                .replace("'''", "'\\''")
                .replaceAll("::h[0-9a-f]{16}$", "");
    }

    private List<String> symbols(List<String> command, String prefix) throws Exception {
        List<String> found = new ArrayList<>();
        run(command, "")
                .lines()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1).replaceAll("@.*", ""))
                .filter(name -> name.startsWith(prefix))
                .distinct()
                .forEach(found::add);
        return found;
    }

    private static String resource(String name) throws IOException {
        try (var in = DemanglerTest.class.getResourceAsStream("/io/kmdebug/symbols/" + name)) {
            if (in == null) throw new AssertionError("no test resource " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String run(List<String> command, String input) throws Exception {
        Path in = Files.writeString(Files.createTempFile(directory, "in", ".txt"), input);
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path errors = Files.createTempFile(directory, "errors", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", command, Files.readString(errors))
                .isZero();
        try (Stream<String> lines = Files.lines(out, StandardCharsets.UTF_8)) {
            return String.join("\n", lines.toList());
        }
    }
}
