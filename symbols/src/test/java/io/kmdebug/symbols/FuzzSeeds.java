package io.kmdebug.symbols;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Writes the inputs that fuzzing starts from: what compilers and linkers make of small programs. See tests/fuzz.sh. */
final class FuzzSeeds {
    private static final String PROGRAM = """
            struct point { int x, y; }; typedef struct point point_t; enum color { RED = -1, GREEN };
            union both { float f; unsigned bits : 3; };
            static int counter; point_t origin; union both either; enum color shade; int (*operation)(int, point_t *);
            static inline __attribute__((always_inline)) int inner(int a) { int twice = a * 2; return twice + counter; }
            int outer(int n, point_t *p) { int a[3][n]; a[0][0] = inner(n); { int deep = a[0][0]; p->x += deep; } return p->x; }
            int main(int argc, char **argv) { shade = RED; return outer(argc, &origin) + argv[0][0]; }
            """;
    private static final String CLASSES = """
            namespace outer { template <typename T> struct box { T value; static int made; T get() const { return value; } };
            enum class mode : char { off, on }; struct base { virtual int run(int &) ; int b; }; struct derived : base { int run(int &i) override; }; }
            int outer::base::run(int &i) { return i; } int outer::derived::run(int &i) { return i + b; }
            template <> int outer::box<int>::made = 3; int main() { outer::box<int> b{4}; auto l = [&](int i) { return b.get() + i; };
            outer::derived d; int i = l(3); return d.run(i) + outer::box<int>::made; }
            """;
    private static final String MACROS = """
            #define LIMIT 7
            #define square(x) ((x) * (x))
            #define both(a, ...) square(a), __VA_ARGS__
            #include "m.h"
            #undef LIMIT
            #define LIMIT 8
            int main(void) { return square(A); }
            """;
    private static final String GO = """
            package main
            import "fmt"
            func small(n int) int { return n * 3 }
            func main() { fmt.Println(small(7), func(a int) int { return small(a) + 1 }(2)) }
            """;
    private static final List<String> COMMANDS = List.of(
            "gcc -gdwarf-2 -gstrict-dwarf -O1",
            "gcc -gdwarf-4 -O0",
            "gcc -gdwarf-4 -O2 -fdebug-types-section",
            "gcc -gdwarf-5 -O0",
            "gcc -gdwarf-5 -O2",
            "gcc -gdwarf-5 -gdwarf64 -O2 -fdebug-types-section",
            "gcc -g3 -O1",
            "clang -gdwarf-4 -O1",
            "clang -gdwarf-5 -O2",
            "clang -gdwarf-5 -O1 -gdwarf-aranges -gpubnames",
            "g++ -g -O1",
            "clang++ -g -O2 -fdebug-types-section");

    private final Path out;
    private final Programs programs;

    private FuzzSeeds(Path out, Programs programs) {
        this.out = out;
        this.programs = programs;
    }

    /** @param args the folder for the inputs: a folder for each target is made in it */
    public static void main(String... args) throws IOException {
        Path work = Files.createTempDirectory("seeds");
        FuzzSeeds seeds = new FuzzSeeds(Path.of(args[0]), new Programs(work));
        seeds.programs.write("p.c", PROGRAM);
        seeds.programs.write("p.cc", CLASSES);
        for (String command : COMMANDS) seeds.program(command);
        for (String command : List.of("gcc -gdwarf-4 -O1", "gcc -gdwarf-4 -O1 -fdebug-types-section")) {
            seeds.split(command, "dwp");
        }
        for (String command : List.of("clang -gdwarf-5 -O1", "clang -gdwarf-5 -O1 -fdebug-types-section")) {
            seeds.split(command, "llvm-dwp");
        }
        for (String command : List.of("gcc -g3", "gcc -g3 -gdwarf-4", "gcc -g3 -gdwarf-4 -gstrict-dwarf")) {
            seeds.macros(command + " -undef");
        }
        seeds.macros("clang -g -fdebug-macro -undef");
        for (String command : List.of("gcc -gdwarf-5 -O1", "clang -gdwarf-4 -O1", "g++ -g -O0")) seeds.index(command);
        for (String command : List.of("clang -gdwarf-5 -O1 -gpubnames", "clang++ -gdwarf-5 -gpubnames")) {
            seeds.keep("Indexes", name(command), seeds.indexes(seeds.link(command, "program")));
        }
        seeds.go();
        seeds.packed();
        seeds.core();
        seeds.expressions();
        seeds.names();
    }

    private Path link(String command, String output) {
        return link(command, output, command.contains("++") ? "p.cc" : "p.c");
    }

    private Path link(String command, String output, String source) {
        Path program = programs.write(output, "");
        String words = command + " -nostdlib -static -Wl,-n,-e,main,--build-id=none,-Ttext=0x401000 "
                + "-Wl,--unresolved-symbols=ignore-all -o " + output + " " + source;
        programs.run(words.split(" ", -1));
        return program;
    }

    private void program(String command) throws IOException {
        Path program = link(command, "program");
        ElfFile file = Programs.open(program);
        String name = name(command);
        keep("Dwarf", name, PackedSections.pack(file, List.of(".debug")));
        keep("Lines", name, lines(file));
        byte[] head = new byte[FramesFuzz.HEAD];
        for (int i = 0; i < head.length; i++) head[i] = (byte) (i * 7);
        keep(
                "Frames",
                name,
                joined(head, PackedSections.pack(file, List.of(".eh_frame", ".text", ".symtab", ".strtab"))));
        keep("Elf", name, Files.readAllBytes(stripped(program, "--strip-debug")));
        link(command + " -fno-asynchronous-unwind-tables", "framed");
        keep(
                "Frames",
                "d" + name,
                joined(
                        head,
                        PackedSections.pack(
                                Programs.open(program.resolveSibling("framed")),
                                List.of(".debug_frame", ".text", ".symtab", ".strtab"))));
        for (String way : List.of("zlib", "zstd", "zlib-gnu")) {
            Path packed = programs.write("packed", "");
            programs.run("objcopy", "--compress-debug-sections=" + way, program.toString(), packed.toString());
            keep("Elf", name + "-" + way, Files.readAllBytes(packed));
        }
        lists(file, name);
    }

    private Path stripped(Path program, String how) {
        Path stripped = programs.write("stripped", "");
        programs.run("objcopy", how, program.toString(), stripped.toString());
        return stripped;
    }

    private static byte[] lines(ElfFile file) {
        byte version =
                (byte) (file.content(file.section(".debug_line").orElseThrow()).u2(4) == 5 ? 5 : 4);
        return joined(new byte[] {version}, PackedSections.pack(file, List.of(".debug_line", ".debug_str")));
    }

    /** The expressions within lists, and the lists themselves. */
    private void lists(ElfFile file, String name) throws IOException {
        for (String section : List.of(".debug_loc", ".debug_loclists")) {
            ElfSection found = file.section(section).orElse(null);
            if (found == null) continue;
            byte[] content = file.content(found).copy(0, (int) Math.min(400, found.size()));
            byte[] head = {(byte) (section.equals(".debug_loc") ? 4 + 2 : 4 + 3), 0, 9, 0};
            keep("Location", name, joined(head, content));
            head[1] = 12;
            keep("Location", name + "-12", joined(head, content));
        }
    }

    private static String name(String command) {
        return command.replaceAll("[^a-z0-9+]+", "-");
    }

    private void macros(String command) throws IOException {
        programs.write("m.c", MACROS);
        programs.write("m.h", "#define A LIMIT\n#define TEXT \"t\"\n");
        ElfFile file = Programs.open(link(command, "program", "m.c"));
        keep("Macros", name(command), PackedSections.pack(file, List.of(".debug")));
    }

    private static byte[] indexes(Path program) {
        return PackedSections.pack(Programs.open(program), List.of(".debug", ".gdb_index"));
    }

    /** As gdb makes it, in both forms. */
    private void index(String command) throws IOException {
        for (String form : List.of("gdb-add-index", "gdb-add-index -dwarf-5")) {
            Path program = link(command, "program");
            programs.run((form + " program").split(" ", -1));
            keep("Indexes", name(form + command), indexes(program));
        }
    }

    private void go() throws IOException {
        programs.write("hello.go", GO);
        Path program = programs.write("x", "").resolveSibling("hello");
        programs.run(
                "env",
                "GO111MODULE=off",
                "GOPROXY=off",
                "/usr/bin/go",
                "build",
                "-ldflags=-w",
                "-o",
                "hello",
                "hello.go");
        ElfFile file = Programs.open(program);
        for (String first : List.of("main.main", "fmt.Fprintln", "fmt.newPrinter", "strconv.FormatInt")) {
            for (int count : new int[] {3, 12}) {
                keep("GoTable", first + count, GoTableSeed.of(file, first, count));
            }
        }
    }

    /** What .gnu_debugdata may be: a file, packed in several ways, and little that unpacks to much. */
    private void packed() throws IOException {
        Path inner = stripped(link("gcc -gdwarf-5 -O0", "program"), "--strip-debug");
        byte[] plain = Files.readAllBytes(inner);
        keep("MiniDebug", "plain", joined(new byte[] {2}, plain));
        keep("MiniDebug", "repeated", joined(new byte[] {3}, plain));
        for (String way : List.of(
                "xz -k -f",
                "xz -k -f -9e --check=sha256",
                "xz -k -f --x86 --lzma2=preset=0",
                "xz -k -f --block-size=512")) {
            programs.run((way + " stripped").split(" ", -1));
            byte[] stream = Files.readAllBytes(inner.resolveSibling("stripped.xz"));
            for (byte mode = 0; mode < 2; mode++)
                keep("MiniDebug", name(way) + mode, joined(new byte[] {mode}, stream));
        }
        for (int blocks : new int[] {1, 80}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(9))) {
                for (int i = 0; i < blocks; i++) {
                    xz.write(new byte[(80 << 20) / blocks]);
                    xz.endBlock();
                }
            }
            for (byte mode = 0; mode < 2; mode++) {
                keep("MiniDebug", "bomb" + blocks + mode, joined(new byte[] {mode}, out.toByteArray()));
            }
        }
    }

    private void split(String command, String tool) throws IOException {
        Path program = link(command + " -gsplit-dwarf", "program");
        programs.run(tool, "-e", "program", "-o", "program.dwp");
        keep(
                "Split",
                name(command),
                SplitFuzz.input(Programs.open(program), Programs.open(program.resolveSibling("program.dwp"))));
    }

    /** Of a program of a page, so that the core is small. */
    private void core() throws IOException {
        programs.write("crash.c", "int main(void) { volatile int *nothing = 0; return *nothing; }\n");
        programs.run("gcc", "-g", "-nostdlib", "-static", "-Wl,-e,main,-n", "crash.c", "-o", "crash");
        programs.run("gdb", "-nx", "-batch", "-ex", "run", "-ex", "generate-core-file core", "crash");
        Path core = programs.write("x", "").resolveSibling("core");
        keep("Core", "gdb", Files.readAllBytes(core));
        ElfFile file = Programs.open(core);
        long notes = 0;
        for (var segment : file.segments()) {
            if (segment.type() == io.kmdebug.machine.ElfSegment.PT_NOTE) notes = segment.offset() + segment.fileSize();
        }
        keep("Core", "notes", file.bytes().copy(0, (int) notes));
    }

    private void expressions() throws IOException {
        int[][] codes = {
            {0x91, 0x70},
            {0x9c, 0x23, 8, 6, 0x96},
            {0x50, 0x93, 4, 0x51, 0x93, 4},
            {0xa3, 1, 0x55, 0x9f},
            {0xf3, 1, 0x55, 0x31, 0x22, 0x9f},
            {0x30, 0x28, 1, 0, 0x31, 0x2f, 0xfa, 0xff},
            {0x98, 1, 0, 0x99, 1, 0, 0, 0, 0x9a, 2, 0, 0, 0},
            {0xf2, 4, 0, 0, 0, 0, 0xa0, 4, 0, 0, 0, 1},
            {0xa5, 0, 9, 0xa8, 17, 0xa9, 8, 0xf5, 1, 18, 0xf7, 17, 0xa6, 4, 9},
            {0x9e, 3, 1, 2, 3, 0x9d, 3, 2, 0x93, 1},
            {0x0e, 1, 2, 3, 4, 5, 6, 7, 8, 0x9b, 0x94, 4, 0x95, 2, 0xe0},
            {0x10, 0x81, 1, 0x11, 0x7f, 0x1e, 0x12, 0x13, 0x15, 0, 0x16, 0x17, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1f, 0x20}
        };
        for (int i = 0; i < codes.length; i++) {
            byte[] input = new byte[4 + codes[i].length];
            input[0] = (byte) (i & 3);
            for (int j = 0; j < codes[i].length; j++) input[4 + j] = (byte) codes[i][j];
            keep("Location", "code" + i, input);
        }
    }

    /** Names that compilers made, of each scheme. */
    private void names() throws IOException {
        TreeSet<String> all = new TreeSet<>();
        try (var in = FuzzSeeds.class.getResourceAsStream("rust_symbols.txt")) {
            if (in != null)
                new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(all::add);
        }
        Path library =
                Path.of(programs.run("gcc", "-print-file-name=libstdc++.so.6").trim());
        Programs.open(library.toRealPath()).symbols().forEach(s -> all.add(s.name()));
        int number = 0;
        for (String name : all) {
            if (number++ % 20 != 0 && !name.startsWith("_R")) continue;
            int scheme = name.startsWith("_R") ? 1 : name.startsWith("_ZN") ? 2 : name.startsWith("_Z") ? 0 : 3;
            String rest = scheme == 3 ? name : name.substring(scheme == 2 ? 3 : 2);
            keep(
                    "Demangler",
                    "name" + number,
                    joined(new byte[] {(byte) scheme}, rest.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    private static byte[] joined(byte[] one, byte[] two) {
        byte[] all = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, all, one.length, two.length);
        return all;
    }

    private void keep(String target, String name, byte[] input) throws IOException {
        Files.write(Files.createDirectories(out.resolve(target)).resolve(name), input);
    }
}
