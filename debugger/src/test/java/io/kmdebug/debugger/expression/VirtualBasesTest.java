package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.StoppedProgram;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members of virtual base classes in expressions: what the program itself has. gdb 13 is wrong about some of them. */
class VirtualBasesTest {
    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"g++", "clang++"})
    void membersOfSharedBasesAreWhereTheProgramHasThem(String compiler) throws Exception {
        List<String> command = List.of(compiler, "-g", "-O0", "-std=c++17");
        try (StoppedProgram program = new StoppedProgram(folder, "diamond.cpp", command, "checkpoint", "method")) {
            assertThat(program.agreesWithItself()).isGreaterThan(40);
            assertThat(program.text("(Bottom *)root_part"))
                    .isEqualTo("error: \"Root\" is a virtual base of \"Bottom\"; only dynamic_cast finds the object"
                            + " that it is in (column 1)");
            assertThat(program.text("((Left *)8)->common"))
                    .isEqualTo("<not initialised? the object has no virtual table>");
        }
    }
}
