package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.StoppedProgram;
import io.kmdebug.debugger.VariableInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Static data members of C++ classes: below their objects, and in expressions. */
class StaticMembersTest {
    private static final String OTHER_UNIT = """
        namespace {
        struct Local {
            static int number;
            int local = 1;
        };
        int Local::number = 77;
        } // namespace
        int other() {
            Local there;
            return there.local + Local::number;
        }
        """;

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"g++,-gdwarf-5", "g++,-gdwarf-4", "clang++,-gdwarf-5", "clang++,-gdwarf-4"})
    void staticMembersAreWhatTheProgramHas(String compiler, String dwarf) throws Exception {
        Path other = Files.writeString(folder.resolve("other.cpp"), OTHER_UNIT);
        List<String> command = List.of(compiler, "-g", "-O0", "-std=c++17", dwarf, other.toString());
        try (StoppedProgram program = new StoppedProgram(folder, "statics.cpp", command, "checkpoint", "method")) {
            assertThat(program.agreesWithItself()).isEqualTo(19);
            // gcc leaves out of DWARF 5 what the unit does not use
            treeHasThem(program, !compiler.equals("g++") || !dwarf.equals("-gdwarf-5"));
        }
    }

    /** {@code undefined} is declared and nowhere defined; gdb calls it optimized out. */
    private static void treeHasThem(StoppedProgram program, boolean declaresUnused) {
        List<String> statics = new ArrayList<>();
        addStatics(program, program.evaluate("*dog"), statics);
        assertThat(statics.remove("dog.undefined=<optimized out, or defined elsewhere>"))
                .isEqualTo(declaresUnused);
        assertThat(statics)
                .containsExactly(
                        "dog.count=11",
                        "dog.legs=4",
                        "dog.weight=2.5",
                        "dog.sizes={1, 2, 3}",
                        "dog.size={feet=12}",
                        "dog.alias=11",
                        "dog.changed=8",
                        "dog.same=21",
                        "dog.tricks=44");
        List<String> locals = new ArrayList<>();
        addStatics(program, program.evaluate("here"), locals);
        assertThat(locals).containsExactly("here.number=33");
    }

    private static void addStatics(StoppedProgram program, VariableInfo line, List<String> into) {
        for (VariableInfo child : program.session().variables(line.reference(), 0, 0, false)) {
            if (child.name().equals("[statics]")) {
                for (VariableInfo member : program.session().variables(child.reference(), 0, 0, false)) {
                    String path = String.valueOf(member.evaluateName()).replace("(*dog)", "dog");
                    into.add(path + "=" + member.value().replaceFirst("^@0x[0-9a-f]+: ", ""));
                }
            } else if (child.name().startsWith("zoo::")) {
                addStatics(program, child, into);
            }
        }
    }
}
