package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What indexes that compilers and gdb leave in programs answer, compared with what the units themselves do. */
class PreparedNamesTest {
    private static final String CLANG = "clang++ -O1 -gdwarf-5 -gpubnames";

    @TempDir
    static Path folder;

    private static Programs programs;

    @BeforeAll
    static void programs() {
        programs = new Programs(folder);
        programs.source("named.cpp");
        programs.source("named2.cpp");
    }

    private static Path build(String name, String... command) {
        programs.run(command);
        return folder.resolve(name);
    }

    /** Answers by the index: where it has none, all units would be read. */
    private record Compared(int answered, int left) {}

    /** For all names of all entries, and every kind. */
    private static Compared compare(DwarfImage image, PreparedNames prepared) {
        List<Unit> units = image.unitsWithEntries();
        NameTable all = NameScans.of(image, units, 0);
        int answered = 0;
        int left = 0;
        for (String name : names(units)) {
            for (NameKind kind : NameKind.values()) {
                List<DieRef> expected = new ArrayList<>();
                for (long row : all.find(kind, StringPlace.hash(name.getBytes(StandardCharsets.UTF_8)))) {
                    Unit unit = units.get(NameTable.unit(row));
                    expected.add(new DieRef(unit, unit.offset() + NameTable.offsetInUnit(row)));
                }
                expected.removeIf(ref -> !isNamed(ref, name));
                List<DieRef> found = prepared.find(kind, name);
                if (found == null) {
                    if (!expected.isEmpty()) left++;
                    continue;
                }
                answered++;
                List<DieRef> named = new ArrayList<>(found);
                named.removeIf(ref -> !isNamed(ref, name));
                // of types of one name any will do, and gdb's index has one
                if (kind == NameKind.TYPE && !expected.isEmpty())
                    assertThat(expected).containsAll(named);
                else assertThat(named).as("%s %s", kind, name).isEqualTo(expected);
                assertThat(named.isEmpty()).as("%s %s", kind, name).isEqualTo(expected.isEmpty());
            }
        }
        return new Compared(answered, left);
    }

    private static boolean isNamed(DieRef ref, String name) {
        return NameIndex.isNamed(ref, name, NameIndex.lastPart(name));
    }

    private static Set<String> names(List<Unit> units) {
        Set<String> names = new TreeSet<>();
        for (Unit unit : units) {
            Die die = unit.rootDie();
            for (long at = unit.rootOffset(); at < unit.end(); at = die.next()) {
                if (!die.seek(at)) continue;
                for (int attribute : new int[] {Attribute.NAME, Attribute.LINKAGE_NAME}) {
                    String name = die.string(attribute);
                    if (name != null && NameIndex.lastPart(name).equals(name)) names.add(name);
                }
            }
        }
        return names;
    }

    private static PreparedNames prepared(DwarfImage image) {
        PreparedNames prepared = PreparedNames.of(image, image.unitsWithEntries());
        assertThat(prepared).as("%s", image.problems()).isNotNull();
        return prepared;
    }

    private static DwarfImage image(Path program) {
        return new DwarfImage(Programs.open(program));
    }

    @Test
    void debugNamesOfClangAnswerAsTheUnitsDo() {
        Path program = build("names", (CLANG + " -o names named.cpp named2.cpp").split(" ", -1));
        DwarfImage image = image(program);
        Compared compared = compare(image, prepared(image));
        assertThat(compared.answered()).isGreaterThan(10 * compared.left());
        NameIndex index = NameIndex.of(image(program), new NameCache(null, 0, 0));
        assertThat(index.functions("app::work")).hasSize(1);
        assertThat(index.variables("hidden")).hasSize(2);
        assertThat(index.types("app::point::inner")).hasSize(1);
        assertThat(index.abstractFunctions("small")).isNotEmpty();
        assertThat(index.enumerators("green")).hasSize(1);
        assertThat(index.variables("limit")).isNotEmpty();
        assertThat(index.functions("nothing")).isEmpty();
    }

    @Test
    void unitsThatDebugNamesLeavesOutAreRead() {
        programs.run((CLANG + " -c named.cpp -o named.o").split(" ", -1));
        programs.run("g++", "-g", "-O1", "-c", "named2.cpp", "-o", "named2.o");
        for (int i = 0; i < 4; i++) {
            programs.write("more" + i + ".cpp", "int more" + i + "(int a) { return a; }\n");
            programs.run((CLANG + " -c more" + i + ".cpp -o more" + i + ".o").split(" ", -1));
        }
        Path program = build(
                "partly", "g++", "-o", "partly", "named.o", "named2.o", "more0.o", "more1.o", "more2.o", "more3.o");
        DwarfImage image = image(program);
        assertThat(compare(image, prepared(image)).answered()).isPositive();
        NameIndex index = NameIndex.of(image(program), new NameCache(null, 0, 0));
        assertThat(index.variables("hidden")).hasSize(2);
        assertThat(index.functions("helper")).hasSizeLessThanOrEqualTo(1);
        assertThat(index.types("word")).hasSize(1);
    }

    @Test
    void theIndexOfGdbAnswersForTypes() {
        Path program = build("indexed", "g++", "-g", "-O1", "-o", "indexed", "named.cpp", "named2.cpp");
        programs.run("gdb-add-index", "indexed");
        DwarfImage image = image(program);
        assertThat(compare(image, prepared(image)).answered()).isGreaterThan(100);
        NameIndex index = NameIndex.of(image(program), new NameCache(null, 0, 0));
        assertThat(index.variables("hidden")).hasSize(2);
        assertThat(index.types("app::point")).hasSize(1);
    }

    @Test
    void anIndexOfAnotherProgramIsNotUsed() throws IOException {
        programs.write("one.cpp", "int one() { return 1; }\nint main() { return one(); }\n");
        for (String section : List.of(".debug_names", ".gdb_index")) {
            boolean ofClang = section.equals(".debug_names");
            String compiler = ofClang ? CLANG : "g++ -g";
            programs.run((compiler + " -o first named.cpp named2.cpp").split(" ", -1));
            programs.run((compiler + " -o second one.cpp").split(" ", -1));
            if (!ofClang) for (String program : List.of("first", "second")) programs.run("gdb-add-index", program);
            programs.run(
                    "objcopy", "-O", "binary", "--set-section-flags", section + "=alloc", "-j", section, "second", "s");
            programs.run("objcopy", "--update-section", section + "=s", "first", "stale");
            DwarfImage image = image(folder.resolve("stale"));
            PreparedNames prepared = PreparedNames.of(image, image.unitsWithEntries());
            if (prepared != null) compare(image, prepared);
            NameIndex index = NameIndex.of(image(folder.resolve("stale")), new NameCache(null, 0, 0));
            assertThat(index.functions("app::work")).as(section).hasSize(1);
            assertThat(index.functions("one")).as(section).isEmpty();
        }
    }

    @Test
    void brokenIndexesGiveNothingThatTheUnitsDoNotHave() throws IOException {
        Path clangs = build("b1", (CLANG + " -o b1 named.cpp named2.cpp").split(" ", -1));
        Path gdbs = build("b2", "g++", "-g", "-o", "b2", "named.cpp", "named2.cpp");
        programs.run("gdb-add-index", "b2");
        breakAndAsk(clangs, ".debug_names");
        breakAndAsk(gdbs, ".gdb_index");
    }

    private static void breakAndAsk(Path program, String name) throws IOException {
        byte[] good = Files.readAllBytes(program);
        ElfSection section = Programs.open(program).section(name).orElseThrow();
        Random random = new Random(1);
        List<String> asked =
                List.of("work", "hidden", "point", "small", "helper", "int", "red", "_ZN3app4workENS_5pointE");
        for (int round = 0; round < 60; round++) {
            byte[] bad = good.clone();
            // the header and its tables count for more than names do
            int reach = round % 2 == 0 ? 200 : (int) section.size();
            for (int i = 0; i < 8; i++) {
                bad[(int) section.offset() + random.nextInt(reach)] = (byte) random.nextInt(256);
            }
            DwarfImage image = new DwarfImage(ElfFile.of(program, Bytes.of("broken", bad)));
            PreparedNames prepared = PreparedNames.of(image, image.unitsWithEntries());
            if (prepared == null) continue;
            for (String each : asked) {
                for (NameKind kind : NameKind.values()) assertNamed(prepared.find(kind, each), each);
            }
        }
    }

    private static void assertNamed(@Nullable List<DieRef> found, String name) {
        if (found == null) return;
        for (DieRef ref : found)
            if (isNamed(ref, name)) assertThat(ref.die().tag()).isNotZero();
    }
}
