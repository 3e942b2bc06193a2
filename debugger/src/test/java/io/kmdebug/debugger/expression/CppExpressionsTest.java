package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.GdbText;
import io.kmdebug.debugger.StoppedProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expressions in a member function of C++ have the values that gdb's {@code print} gives them. */
class CppExpressionsTest {
    @TempDir
    private static Path folder;

    private static StoppedProgram program;

    @BeforeAll
    static void stop() throws Exception {
        List<String> compiler = List.of("g++", "-g", "-O0", "-std=c++17", "-static-libstdc++");
        program = new StoppedProgram(folder, "scopes.cpp", compiler, "checkpoint", "method");
    }

    @AfterAll
    static void close() {
        program.close();
    }

    @Test
    void expressionsHaveTheValuesThatGdbGivesThem() throws Exception {
        List<String> expressions = StoppedProgram.lines("scopes.txt");
        List<String> expected = program.gdb(expressions);
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < expressions.size(); i++) {
            String expression = expressions.get(i);
            String ours = normalised(program.text(expression));
            String theirs = normalised(expected.get(i));
            if (!ours.equals(theirs)) differences.add(expression + " = " + ours + ", gdb: " + theirs);
        }
        assertThat(expressions).hasSizeGreaterThan(180);
        assertThat(differences).isEmpty();
    }

    /** Enumerators without their scopes; pointers without their type. */
    private static String normalised(String text) {
        String plain = text.replaceAll("\\((?:const )?[A-Za-z_:0-9<> ]+ [*&]+\\) (?=0x|@)", "")
                .replaceAll("\\b[A-Za-z_]+::(?=[A-Za-z_:]+(?:[, }]|$))", "")
                .replaceAll("struct |class ", "");
        return GdbText.normalised(plain);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            common | error: "common" is ambiguous in "shapes::Derived"; write shapes::Base::common or shapes::Other::common (column 1)
            shapes::hidden                         | 77
            shapes::(anonymous namespace)::hidden  | 77
            sizeof(Box<Box<int>>)                  | 4
            sizeof(shapes::Pair<int>)              | 16
            sizeof(std::vector<int>)               | 24
            scopes.cpp::in_file                    | 6
            'scopes.cpp'::in_file                  | 6
            shapes::Derived::method::calls         | 8
            main::argc | error: "argc" lives only while main runs; look from a frame of that function (column 1)
            ownn       | error: no symbol "ownn" in this frame; did you mean "own"? (column 1)
            this->onw  | error: "shapes::Derived" has no member "onw"; did you mean "own"? (column 7)
            1 + Derived | error: "Derived" is a type, not a value (column 5)
            name == "derived"                      | true
            text == "hello"                        | true
            u16 != u"sixteen"                      | false
            bytes[1..2]                            | "\\002\\003"
            big * 2                                | 2535301200456458802993406410752
            static_cast<Other &>(*this).common     | 20
            this->method(1, other, base) | error: "method" is a function; functions of the payload cannot be called from an expression (column 7)
            checkpoint(1) | error: functions of the payload cannot be called from an expression (column 11)
            x++ | error: this would change the payload; only the debug console may do that (column 2)
            (long)reinterpret_cast<Other *>(this) - (long)this | 0
            int(3.7)                               | 3
            unsigned(-1)                           | 4294967295
            yes + yes                              | 2
            sizeof(decltype(x))                    | 4
            sizeof(typeof(own))                    | 4
            340282366920938463463374607431768211455 | 340282366920938463463374607431768211455
            dynamic_cast<Derived *>(base)->own     | 3
            dynamic_cast<Derived *>(base) == &other | true
            """)
    void whereGdbHasNoAnswerTheValueIsThatOfCpp(String expression, String value) {
        assertThat(program.text(expression).replace("struct ", "")).isEqualTo(value);
    }
}
