package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.symbols.CppNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exception that ends a C++ program, compared with what its library itself says of it on the program's way out. */
@Timeout(180)
class CppTerminationTest {
    private static final Pattern LIBSTDCXX =
            Pattern.compile("terminate called after throwing an instance of '(.*)'\n(?:  what\\(\\):  (.*)\n)?");
    private static final Pattern LIBCXX = Pattern.compile("terminating with uncaught exception of type (.*): (.*)\n");

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "g++,-shared-libgcc,0 3 4",
        "g++,-static,0",
        "g++,-static-libstdc++,0",
        "clang++,-fno-inline,0 3",
        "clang++,-stdlib=libc++,0 3 4",
        "clang++,-stdlib=libc++ -static,0",
    })
    void theTextThatAnExceptionStoresIsWhatTheLibrarySays(String compiler, String linking, String kinds)
            throws Exception {
        List<String> words = new ArrayList<>(List.of("-g"));
        words.addAll(List.of(linking.split(" ", -1)));
        Path program = Tools.compile(folder, "throws.cc", compiler, words.toArray(String[]::new));
        Pattern lastWords = linking.contains("libc++") && !linking.contains("libstdc++") ? LIBCXX : LIBSTDCXX;
        for (String kind : kinds.split(" ", -1)) {
            Matcher said = lastWords.matcher(Tools.run(folder, program.toString(), kind));
            assertThat(said.find()).isTrue();
            assertThat(description(program, kind))
                    .isEqualTo("Aborted: std::terminate after throwing " + CppNames.readable(said.group(1)) + ": "
                            + said.group(2));
        }
    }

    /** What libstdc++ has to call for it is shown as the value that it is. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|int: 42",
                "2|std::string: \"a text\"",
                "5|app::Silent: {<std::exception>=<incomplete type>, code=9}"
            })
    void otherExceptionsAreShownAsValues(String kind, String shown) throws Exception {
        Path program = Tools.compile(folder, "throws.cc", "g++", "-g");
        assertThat(description(program, kind)).isEqualTo("Aborted: std::terminate after throwing " + shown);
        assertThat(description(program, "6")).isEqualTo("Aborted");
    }

    private String description(Path program, String kind) throws Exception {
        Path core = folder.resolve("core" + kind);
        GdbView.crash(folder, program, core, kind);
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            session.start();
            return ((StopReason.Signal) session.stopReason().orElseThrow()).description();
        }
    }
}
