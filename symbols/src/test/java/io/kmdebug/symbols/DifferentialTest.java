package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.symbols.Difference.Aspect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lines, functions, inlined calls, variables, types and locations at random addresses of programs, compared with gdb,
 * readelf and llvm-dwarfdump. {@code -Dkmdebug.differential.seed=N} chooses other addresses.
 */
class DifferentialTest {
    private static final long SEED = Long.getLong("kmdebug.differential.seed", 20);

    @TempDir
    Path folder = Path.of("");

    private final Map<String, Integer> reasons = new TreeMap<>();
    private final Map<Aspect, Integer> compared = new EnumMap<>(Aspect.class);
    private final List<Difference> unexplained = new ArrayList<>();
    private int addresses;

    @Test
    void programsInC() {
        Programs programs = new Programs(folder);
        for (String compiler : List.of("gcc", "clang")) {
            for (String level : List.of("-O0", "-Og", "-O2")) {
                for (String source : List.of("scopes.c", "/unwind/locals.c", "/unwind/variables.c", "/unwind/walk.c")) {
                    compare(programs, programs.compile(compiler + " -w -g " + level, source), 40);
                }
            }
        }
        report(3000);
    }

    @Test
    void programsInEveryFormat() {
        Programs programs = new Programs(folder);
        programs.source("formats_c.h");
        for (String options : List.of(
                "gcc -gdwarf-5",
                "gcc -gdwarf-5 -gdwarf64",
                "gcc -gdwarf-5 -fdebug-types-section",
                "gcc -gdwarf-4 -gdwarf64 -fdebug-types-section",
                "gcc -gdwarf-3",
                "gcc -gdwarf-2",
                "clang -gdwarf-5 -gpubnames",
                "clang -gdwarf-5 -gdwarf64",
                "clang -gdwarf-4 -fdebug-types-section",
                "clang -gdwarf-3 -gdwarf64",
                "clang -gdwarf-2")) {
            compare(programs, formats(programs, options), 40);
        }
        report(700);
    }

    /** Debug information that is elsewhere, compressed, shared or indexed. */
    @Test
    void programsInEveryWrapping() throws IOException {
        Programs programs = new Programs(folder);
        programs.source("formats_c.h");
        for (String options : List.of(
                "gcc -gdwarf-5 -gsplit-dwarf",
                "gcc -gdwarf-4 -gsplit-dwarf -fdebug-types-section",
                "clang -gdwarf-5 -gsplit-dwarf",
                "clang -gdwarf-4 -gsplit-dwarf")) {
            Path program = formats(programs, options);
            // llvm-dwarfdump has no addresses for .dwo files
            Answers answers = ask(programs, program, 40, false);
            compare(answers);
            // dwp does not know DWARF 5, nor llvm-dwp gcc's type units of DWARF 4
            if (options.startsWith("gcc -gdwarf-5")) continue;
            String packer = options.startsWith("gcc") ? "dwp" : "llvm-dwp";
            programs.run(packer, "-e", program.toString(), "-o", program + ".dwp");
            for (Path file : dwoFiles()) Files.delete(file);
            // gdb 13 crashes on packages of DWARF 5; what it said of their parts holds for them too
            compare(answers);
        }
        String whole = formats(programs, "gcc -gdwarf-5").toString();
        for (String way : List.of("zlib", "zlib-gnu", "zlib-gabi", "zstd")) {
            programs.run("objcopy", "--compress-debug-sections=" + way, whole, way);
            // llvm-dwarfdump 14 does not unpack zstd
            compare(ask(programs, folder.resolve(way), 40, !way.equals("zstd")));
        }
        programs.run("dwz", "-o", "shared", whole);
        compare(programs, folder.resolve("shared"), 40);
        for (String copy : List.of("first", "second")) Files.copy(Path.of(whole), folder.resolve(copy));
        programs.run("dwz", "-m", folder.resolve("common").toString(), "-h", "first", "second");
        compare(programs, folder.resolve("first"), 40);
        Files.copy(Path.of(whole), folder.resolve("gdb_index"));
        programs.run("gdb-add-index", "gdb_index");
        compare(programs, folder.resolve("gdb_index"), 40);
        Files.copy(Path.of(whole), folder.resolve("debug_names"));
        programs.run("gdb-add-index", "-dwarf-5", "debug_names");
        compare(programs, folder.resolve("debug_names"), 40);
        programs.run("objcopy", "--only-keep-debug", whole, "stripped.debug");
        programs.run("objcopy", "--strip-all", "--add-gnu-debuglink=stripped.debug", whole, "stripped");
        compare(programs, folder.resolve("stripped"), 40);
        report(500);
    }

    private List<Path> dwoFiles() throws IOException {
        try (var all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".dwo")).toList();
        }
    }

    private Path formats(Programs programs, String command) {
        String whole = command.replaceFirst(" ", " -w -g ") + (command.contains("-O") ? "" : " -O2");
        List<String> objects = new ArrayList<>();
        for (String source : List.of("formats_c.c", "formats_cpp.cpp")) {
            String compiler =
                    source.endsWith(".c") ? whole : whole.replace("gcc", "g++").replace("clang", "clang++");
            List<String> words = new ArrayList<>(List.of(compiler.split(" ", -1)));
            String object = (whole + source).replaceAll("[^A-Za-z0-9]+", "_") + ".o";
            programs.source(source);
            words.addAll(List.of("-c", source, "-o", object));
            programs.run(words.toArray(String[]::new));
            objects.add(object);
        }
        String program = whole.replaceAll("[^A-Za-z0-9]+", "_");
        programs.run("g++", "-Wl,--build-id", objects.get(0), objects.get(1), "-o", program);
        return folder.resolve(program);
    }

    @Test
    void theCLibrary() {
        Programs programs = new Programs(folder);
        Path library = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
        compare(programs, library, 150);
        report(1000);
    }

    /** A large program of link-time optimisation whose debug information is in a package of its own. */
    @Test
    void python() throws IOException {
        Path packages = Path.of("../target/debug-packages").toRealPath();
        Path python;
        try (var programs = Files.list(packages.resolve("usr/bin"))) {
            python = programs.filter(file -> file.getFileName().toString().matches("python3\\.\\d+"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no Python in " + packages));
        }
        String id = Programs.open(python).buildId().orElseThrow();
        Path debug = packages.resolve("usr/lib/debug/.build-id/" + id.substring(0, 2))
                .resolve(id.substring(2) + ".debug");
        // beside the program, where its debug link is looked for
        Files.copy(debug, folder.resolve(debug.getFileName()));
        Programs programs = new Programs(folder);
        compare(programs, Files.copy(python, folder.resolve("python")), 150);
        report(1000);
    }

    @Test
    void programsInCpp() {
        Programs programs = new Programs(folder);
        for (String compiler : List.of("g++", "clang++")) {
            for (String level : List.of("-O0", "-Og", "-O2")) {
                for (String source : List.of("classes.cpp", "names.cpp", "/unwind/stops.cpp")) {
                    compare(programs, programs.compile(compiler + " -w -g " + level, source), 40);
                }
            }
        }
        report(3000);
    }

    @Test
    void programsInRust() {
        Programs programs = new Programs(folder);
        for (String level : List.of("0", "2")) {
            Path program = programs.compile("/usr/bin/rustc -g -C opt-level=" + level, "/unwind/stops.rs");
            compare(programs, program, 60, "_ZN5stops");
        }
        report(1000);
    }

    @Test
    void programsInGo() {
        Programs programs = new Programs(folder);
        for (String options : List.of("-gcflags=-N -l", "-gcflags=")) {
            Path program = folder.resolve("go" + options.length());
            programs.source("/unwind/stops.go");
            programs.run(
                    "env",
                    "GO111MODULE=off",
                    "GOPROXY=off",
                    "/usr/bin/go",
                    "build",
                    options,
                    "-o",
                    program.toString(),
                    "stops.go");
            compare(programs, program, 60, "main.");
        }
        report(400);
    }

    /** @param places at how many an answer must have been compared, so that the others say something */
    private void report(int places) {
        System.out.printf("differences, seed %d: %d addresses, compared %s%n", SEED, addresses, compared);
        reasons.forEach((reason, count) -> System.out.printf("%6d %s%n", count, reason));
        unexplained.stream()
                .limit(Integer.getInteger("kmdebug.differential.show", 40))
                .forEach(System.out::println);
        assertThat(compared.get(Aspect.PLACE)).isGreaterThan(places);
        assertThat(unexplained)
                .as("seed %d: differences without a reason", SEED)
                .isEmpty();
    }

    /** What the tools say of a program; nothing of llvm-dwarfdump where it was not asked. */
    private record Answers(
            Path program,
            List<Long> pcs,
            CompletableFuture<List<PcFacts>> gdb,
            CompletableFuture<List<PcFacts>> dump,
            CompletableFuture<Map<Long, List<List<ReadelfRows.Row>>>> rows) {}

    private static Answers ask(Programs programs, Path program, int count, boolean dumped) {
        return ask(programs, program, pcs(program, count), dumped);
    }

    private static Answers ask(Programs programs, Path program, List<Long> pcs, boolean dumped) {
        ElfFile file = Programs.open(program);
        String debug = DebugFiles.ofSystem().find(file).file().path().toString();
        return new Answers(
                program,
                pcs,
                CompletableFuture.supplyAsync(() -> GdbFacts.of(programs, program, pcs)),
                CompletableFuture.supplyAsync(() -> dumped
                        ? DumpFacts.read(programs.output("llvm-dwarfdump", "--debug-info", debug), pcs)
                        : List.of()),
                CompletableFuture.supplyAsync(() ->
                        ReadelfRows.read(programs.output("readelf", "-W", "--debug-dump=decodedline", debug), pcs)));
    }

    private void compare(Programs programs, Path program, int count) {
        compare(ask(programs, program, count, true));
    }

    /** At as many addresses again in the functions whose symbols begin so: most of the program is its library. */
    private void compare(Programs programs, Path program, int count, String prefix) {
        Set<Long> pcs = new TreeSet<>(pcs(program, count));
        pcs.addAll(pcs(program, count, prefix));
        compare(ask(programs, program, List.copyOf(pcs), true));
    }

    private void compare(Answers answers) {
        DwarfSymbols symbols = Programs.symbols(answers.program());
        Comparison comparison = new Comparison(answers.program().getFileName().toString());
        List<PcFacts> gdb = answers.gdb().join();
        List<PcFacts> dump = answers.dump().join();
        for (int i = 0; i < answers.pcs().size(); i++) {
            long pc = answers.pcs().get(i);
            PcFacts our = OurFacts.at(symbols, pc);
            comparison.withGdb(our, gdb.get(i));
            if (!dump.isEmpty()) comparison.withDump(our, dump.get(i));
            comparison.withRows(our, answers.rows().join().get(pc));
        }
        addresses += answers.pcs().size();
        comparison.compared().forEach((aspect, number) -> compared.merge(aspect, number, Integer::sum));
        for (Difference difference : comparison.differences()) {
            DifferenceRules.reason(difference)
                    .ifPresentOrElse(
                            reason -> reasons.merge(reason, 1, Integer::sum), () -> unexplained.add(difference));
        }
    }

    private static List<Long> pcs(Path program, int count) {
        ElfSection text = Programs.open(program).section(".text").orElseThrow();
        Random random = new Random(SEED);
        TreeSet<Long> pcs = new TreeSet<>();
        while (pcs.size() < count) pcs.add(text.address() + random.nextLong(text.size()));
        return List.copyOf(pcs);
    }

    /** Within the functions whose symbols begin so. */
    private static List<Long> pcs(Path program, int count, String prefix) {
        List<ElfSymbol> functions = Programs.open(program).symbols().stream()
                .filter(symbol -> symbol.isFunction()
                        && symbol.size() > 0
                        && symbol.name().startsWith(prefix))
                .toList();
        Random random = new Random(SEED);
        TreeSet<Long> pcs = new TreeSet<>();
        while (pcs.size() < count) {
            ElfSymbol function = functions.get(random.nextInt(functions.size()));
            pcs.add(function.value() + random.nextLong(function.size()));
        }
        return List.copyOf(pcs);
    }
}
