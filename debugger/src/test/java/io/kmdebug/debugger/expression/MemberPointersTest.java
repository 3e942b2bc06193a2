package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.GdbText;
import io.kmdebug.debugger.StoppedProgram;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pointers to members of C++ classes, as gdb shows and follows them. */
class MemberPointersTest {
    private static final List<String> SAME_AS_GDB = List.of(
            "weight",
            "sizes",
            "tricks",
            "inherited",
            "constant",
            "eat",
            "eats",
            "legs",
            "own_legs",
            "sing",
            "owner",
            "none",
            "nothing",
            "dog.*weight",
            "dog.*number",
            "reference.*tricks",
            "pointer->*tricks",
            "pointer->*inherited",
            "(*pointer).*constant",
            "dog.*weight + 1",
            "2 * dog.*weight * 2",
            "dog.*table[1]",
            "&(dog.*weight) == &dog.weight",
            "sizeof(weight)",
            "sizeof(eat)",
            "sizeof(dog.*weight)");

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"g++", "clang++"})
    void pointersToMembersAreThoseOfGdb(String compiler) throws Exception {
        List<String> command = List.of(compiler, "-g", "-O0", "-std=c++17");
        try (StoppedProgram program = new StoppedProgram(folder, "memberpointers.cpp", command, "checkpoint", "main")) {
            List<String> theirs = program.gdb(SAME_AS_GDB);
            Map<String, String> expected = new LinkedHashMap<>();
            Map<String, String> found = new LinkedHashMap<>();
            for (int i = 0; i < SAME_AS_GDB.size(); i++) {
                String gdb = theirs.get(i).replace("NULL", "nullptr").replaceAll("^\\(.*\\) (?=0x)", "");
                expected.put(SAME_AS_GDB.get(i), GdbText.normalised(gdb));
                found.put(SAME_AS_GDB.get(i), GdbText.normalised(program.text(SAME_AS_GDB.get(i))));
            }
            assertThat(found).isEqualTo(expected);
            whereGdbHasNoAnswer(program);
        }
    }

    private static void whereGdbHasNoAnswer(StoppedProgram program) {
        assertThat(program.text("number")).isEqualTo("&zoo::Animal::number");
        assertThat(program.text("odd")).isEqualTo("offset 2 in zoo::Animal");
        assertThat(program.text("wild")).isEqualTo("virtual at slot 10");
        assertThat(program.text("(dog.*sizes)[1]")).isEqualTo("5");
        assertThat(program.text("sea.*weight")).isEqualTo("70");
        assertThat(program.text("dog.*none")).isEqualTo("error: the pointer to a member is null (column 5)");
        assertThat(program.text("offset.*weight")).isEqualTo("error: \"long\" is not a \"zoo::Animal\" (column 8)");
        assertThat(program.text("dog.*offset")).isEqualTo("error: \"long\" is not a pointer to a member (column 5)");
        assertThat(program.text("(dog.*eat)(1)"))
                .isEqualTo("error: it points to a function; functions of the payload cannot be called from an"
                        + " expression (column 6)");
        // weight is table[0], number is table[1]; inherited is what tricks is not
        Map<String, String> tests = new LinkedHashMap<>();
        tests.put("weight == table[0]", "true");
        tests.put("weight == number", "false");
        tests.put("weight != number", "true");
        tests.put("number == table[1]", "true");
        tests.put("tricks == inherited", "false");
        tests.put("eat == eat", "true");
        tests.put("eats == sing", "false");
        tests.put("none == nullptr", "true");
        tests.put("nothing == 0", "true");
        tests.put("nullptr != eat", "true");
        tests.put("weight == nullptr", "false");
        tests.put("!weight", "false");
        tests.put("!none && !nothing", "true");
        tests.put("eat ? 1 : 2", "1");
        tests.put("nothing || weight", "true");
        tests.forEach((expression, value) ->
                assertThat(program.text(expression)).as(expression).isEqualTo(value));
        assertThat(program.text("weight == 1"))
                .isEqualTo("error: \"int zoo::Animal::*\" and \"int\" are compared as pointers to members of one class,"
                        + " or with nullptr (column 8)");
        assertThat(program.text("weight == offset")).startsWith("error: ").endsWith("or with nullptr (column 8)");
        assertThat(program.text("weight == eat")).startsWith("error: ");
        assertThat(program.text("weight < number")).startsWith("error: ");
        assertThat(program.evaluate("weight").type()).isEqualTo("int zoo::Animal::*");
        assertThat(program.evaluate("sizes").type()).isEqualTo("int (zoo::Animal::*)[3]");
        assertThat(program.evaluate("none").type()).isEqualTo("measure");
        assertThat(program.evaluate("constant").type()).isEqualTo("const int zoo::Animal::*");
        assertThat(program.evaluate("table").type()).isEqualTo("int zoo::Animal::*[2]");
        assertThat(program.evaluate("eat").type()).isEqualTo("int (zoo::Animal::*)(int)");
        assertThat(program.evaluate("legs").type()).isEqualTo("int (zoo::Voice::*)(void) const");
        assertThat(program.evaluate("owner").type()).isEqualTo("long (zoo::Dog::*)(const char *) const");
    }
}
