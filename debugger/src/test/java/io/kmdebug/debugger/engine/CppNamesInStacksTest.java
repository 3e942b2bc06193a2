package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.symbols.CppNames;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.Symbols;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C++ functions are shown by the names that people write, and found by those and by the compiler's. */
@Timeout(120)
class CppNamesInStacksTest {
    private static final String SEARCH = "app::search<std::string>";
    private static final String OPEN = "app::Box<std::vector<std::string>>::open";

    @TempDir
    Path folder = Path.of("");

    private static List<FrameInfo> frames(Path core, Path program) throws Exception {
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            session.start();
            long thread = session.threads().get(0).id();
            return session.stack(thread, 0, 0, false).frames();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"g++", "clang++"})
    void framesAreThoseOfGdbUnderReadableNames(String compiler) throws Exception {
        Path program = Tools.compile(folder, "names.cc", compiler, "-g", "-O0");
        Path core = folder.resolve("core");
        GdbView.crash(folder, program, core);
        List<GdbView.Frame> theirs =
                GdbView.ofCore(folder, program, core).values().iterator().next();
        List<FrameInfo> ours = frames(core, program);
        assertThat(ours)
                .extracting(FrameInfo::pc)
                .startsWith(theirs.stream().map(GdbView.Frame::pc).toArray(Long[]::new));
        assertThat(ours).extracting(FrameInfo::function).contains(SEARCH, OPEN, "main");
        assertThat(theirs).extracting(GdbView.Frame::function).doesNotContain(SEARCH, OPEN);
        for (int i : List.of(0, 1)) {
            String compilers = theirs.get(i).function();
            assertThat(CppNames.readable(compilers)).isEqualTo(ours.get(i).function());
            assertThat(ours.get(i).isOf(compilers)).isTrue();
            assertThat(ours.get(i).isOf(ours.get(i).function())).isTrue();
            assertThat(ours.get(i).isOf("app::search<int>")).isFalse();
        }
    }

    @Test
    void framesThatHaveOnlyASymbolAreReadableToo() throws Exception {
        Path program = Tools.compile(folder, "names.cc", "g++", "-O0");
        Path core = folder.resolve("core");
        GdbView.crash(folder, program, core);
        assertThat(frames(core, program))
                .extracting(FrameInfo::function)
                .contains(
                        "int app::search<std::string>(std::string const&)",
                        OPEN + "(std::map<std::string, std::vector<std::string>> const&)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"g++", "clang++"})
    void bothSpellingsFindTheFunctionsThatGdbFinds(String compiler) throws Exception {
        Path program = Tools.compile(folder, "names.cc", compiler, "-g", "-O0");
        ElfFile file = ElfFile.open(program);
        Symbols symbols = Symbols.of(file);
        String string = "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >";
        String vector = "std::vector<" + string + ", std::allocator<" + string + " > >";
        assertSame(symbols, program, "app::search<" + string + " >", SEARCH, "search<std::string>");
        assertSame(symbols, program, "app::Box<" + vector + " >::open", OPEN, "Box<std::vector<std::string>>::open");
        assertThat(symbols.functionsNamed("search")).hasSize(1);
        assertThat(symbols.functionsNamed("app::search<int>")).isEmpty();
        assertThat(symbols.functionsNamed("app::Box<std::vector<int>>::open")).isEmpty();
    }

    private void assertSame(Symbols symbols, Path program, String compilers, String... peoples) throws Exception {
        String said =
                Tools.run(folder, "gdb", "-nx", "-batch", "-ex", "info line '" + compilers + "'", program.toString());
        Matcher address = Pattern.compile("starts at address (0x[0-9a-f]+)").matcher(said);
        assertThat(address.find()).as(said).isTrue();
        List<Long> expected = List.of(Long.decode(address.group(1)));
        assertThat(symbols.functionsNamed(compilers))
                .extracting(FunctionScope::entryPc)
                .isEqualTo(expected);
        for (String name : peoples) {
            assertThat(symbols.functionsNamed(name))
                    .as(name)
                    .extracting(FunctionScope::entryPc)
                    .isEqualTo(expected);
        }
    }
}
