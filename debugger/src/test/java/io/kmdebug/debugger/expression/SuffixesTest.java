package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StaticProgram;
import io.kmdebug.debugger.Tools;
import io.kmdebug.debugger.value.ValueFormatter;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuffixesTest {
    @TempDir
    private static Path folder;

    private static StaticProgram program;

    @BeforeAll
    static void compile() throws Exception {
        program = new StaticProgram(Tools.compile(folder, "values.c", "-O0", "-no-pie"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            i,x           | 0x2a
            i,o           | 052
            i,b           | 0b101010
            i,c           | 42 '*'
            minus,x       | 0xfffffff9
            minus,u       | 4294967289
            u,d           | -294967296
            u8,d          | -1
            color,d       | 1
            color,x       | 0x1
            yes,d         | 1
            c_a,x         | 0x61
            c_a,d         | 97
            array,x       | {0x1, 0x2, 0x3, 0x4, 0x5}
            array,2       | {1, 2}
            array,2,x     | {0x1, 0x2}
            array,2x      | {0x1, 0x2}
            pointer,2     | {3, 4}
            &array[1],3   | {2, 3, 4}
            i,1           | {42}
            raw,x         | {0x1, 0x2, 0x3, 0xff}
            text,d        | {104, 101, 108, 108, 111, 0 <repeats 11 times>}
            text,s        | "hello"
            op,a          | 0x%x <add>
            origin,x      | {x=0x3, y=0x4}
            origin,raw    | {x=3, y=4}
            (i, u8),x     | 0xff
            "a,x"         | "a,x"
            (1,2)         | 2
            i , x         | 0x2a
            i,nosuch      | error: no symbol "nosuch" in this frame (column 3)
            i,            | error: a value is expected, not the end (column 3)
            ,x            | error: the expression is empty
            """)
    void whatStandsBehindTheLastCommaSaysHowTheValueIsShown(String expression, String value) {
        String expected = value.contains("%x")
                ? String.format(
                        value, program.symbols.symbolsNamed("add").get(0).value())
                : value;
        assertThat(text(expression)).isEqualTo(expected);
    }

    private static String text(String expression) {
        try {
            Evaluator.Shown shown = Evaluator.shown(expression, program.scope(false));
            return new ValueFormatter(program, program::symbol)
                    .text(shown.value(), shown.style())
                    .text();
        } catch (DebuggerException e) {
            return "error: " + e.getMessage();
        }
    }
}
