package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.VariableInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters that are known only by what a caller in another program file passed. */
@Timeout(120)
class PassedAcrossFilesTest {
    private static final Pattern NUMBER = Pattern.compile("0x[0-9a-f]+|\\d+");
    private static final List<String> FUNCTIONS = List.of("twice", "enter", "main");

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"-fplt", "-fno-plt"})
    void whatWasPassedIsWhatGdbFinds(String linkage) throws Exception {
        Path library = Tools.compile(folder, "passed.c", "gcc", "-g", "-O2", "-fPIC", "-shared");
        Path program = Tools.compile(folder, "passes.c", "gcc", "-g", "-O2", linkage, library.toString());
        Path core = folder.resolve("core");
        GdbView.crash(folder, program, core);
        Map<String, String> theirs = new TreeMap<>();
        for (GdbView.Frame frame :
                GdbView.ofCore(folder, program, core).values().iterator().next()) {
            if (!FUNCTIONS.contains(frame.function())) continue;
            for (GdbView.Variable v : frame.variables()) {
                theirs.put(frame.function() + "." + v.name(), comparable(v.value()));
            }
        }
        Map<String, String> ours = new TreeMap<>();
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            session.start();
            long thread = session.threads().get(0).id();
            for (FrameInfo frame : session.stack(thread, 0, 0, true).frames()) {
                if (!FUNCTIONS.contains(frame.function())) continue;
                for (VariableInfo v : frame.arguments()) {
                    ours.put(frame.function() + "." + v.name(), comparable(v.value()));
                }
            }
        }
        // what the C library passes to main, and main on, gdb does not follow
        assertThat(ours.remove("main.argc")).isIn("1", "none");
        assertThat(ours.remove("enter.number")).isIn("42", "none");
        List.of("main.argc", "main.argv", "enter.number").forEach(theirs::remove);
        ours.remove("main.argv");
        assertThat(ours).isEqualTo(theirs);
        assertThat(ours).doesNotContainValue("none").containsEntry("twice.n", "77");
    }

    private static String comparable(String value) {
        if (value.startsWith("<")) return "none";
        Matcher number = NUMBER.matcher(value);
        return number.find() ? number.group() : value;
    }
}
