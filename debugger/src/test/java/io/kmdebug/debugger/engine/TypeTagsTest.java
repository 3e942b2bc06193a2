package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.VariableInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** C writes {@code enum color}, C++ {@code color}: types are spelled as the language of their unit does. */
@Timeout(120)
class TypeTagsTest {
    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"gcc,c,enum color", "clang,c,enum color", "g++,c++,color", "clang++,c++,color"})
    void typesAreSpelledAsGdbSpellsThem(String compiler, String language, String enumeration) throws Exception {
        Path program = Tools.compile(folder, "tags.c", compiler, "-x" + language, "-g", "-O0", "-fpermissive");
        Path core = folder.resolve("core");
        GdbView.crash(folder, program, core);
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            session.start();
            Map<String, String> ours = types(session);
            assertThat(ours).hasSize(9).containsEntry("tint", enumeration);
            assertThat(ours).isEqualTo(gdb(program, core, List.copyOf(ours.keySet())));
        }
    }

    private static Map<String, String> types(Session session) {
        long thread = session.threads().get(0).id();
        FrameInfo frame = session.stack(thread, 0, 1, false).frames().get(0);
        Map<String, String> types = new LinkedHashMap<>();
        for (var scope : session.scopes(frame.id())) {
            if (!List.of("Arguments", "Locals").contains(scope.name())) continue;
            for (VariableInfo v : session.variables(scope.reference(), 0, 0, false)) {
                types.put(v.name(), String.valueOf(v.type()));
            }
        }
        return types;
    }

    private Map<String, String> gdb(Path program, Path core, List<String> names) throws Exception {
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch"));
        for (String name : names) command.addAll(List.of("-ex", "whatis " + name));
        command.addAll(List.of(program.toString(), core.toString()));
        List<String> said = Tools.run(folder, command.toArray(String[]::new))
                .lines()
                .filter(line -> line.startsWith("type = "))
                .toList();
        assertThat(said).hasSameSizeAs(names);
        Map<String, String> types = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++)
            types.put(names.get(i), said.get(i).substring("type = ".length()));
        return types;
    }
}
