package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StaticProgram;
import io.kmdebug.debugger.Tools;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.ValueFormatter;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluatorErrorsTest {
    private static final String[] WORDS = {
        "i",
        "u",
        "list",
        "shape",
        "array",
        "text",
        "flags",
        "number",
        "z",
        "d",
        "ld",
        "add",
        "op",
        "color",
        "string",
        "matrix",
        "nothing",
        "bad_pointer",
        "opaque",
        "nobody",
        "x",
        "next",
        "name",
        "corner",
        "RED",
        "NULL",
        "true",
        "sizeof",
        "struct",
        "node",
        "int",
        "char",
        "unsigned",
        "long",
        "double",
        "void",
        "const",
        "point_t",
        "enum",
        "__real__",
        "_Alignof",
        "$rax",
        "$eax",
        "$xmm0",
        "$pc",
        "$eflags",
        "$nothing",
        "0",
        "1",
        "-1",
        "2.5",
        "0x10",
        "1e400",
        "1e-999",
        "18446744073709551615",
        "99999999999999999999",
        "'a'",
        "\"str\"",
        "L'x'",
        "+",
        "-",
        "*",
        "/",
        "%",
        "&",
        "|",
        "^",
        "~",
        "!",
        "<<",
        ">>",
        "<",
        ">",
        "<=",
        "==",
        "!=",
        "&&",
        "||",
        "=",
        "+=",
        "<<=",
        "++",
        "--",
        "?",
        ":",
        ",",
        ".",
        "->",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "@",
        "..",
        "#",
        "\\",
        "'",
        "\"",
        "\u00e9",
        "$",
        "::"
    };

    @TempDir
    private static Path folder;

    private static StaticProgram program;

    @BeforeAll
    static void compile() throws Exception {
        program = new StaticProgram(Tools.compile(folder, "values.c", "-O0", "-no-pie"));
        program.registers.set(io.kmdebug.machine.AmdRegister.RAX, 5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nobody               | no symbol "nobody" in this frame (column 1)
            i + nobody           | no symbol "nobody" in this frame (column 5)
            shape.nobody         | "struct shape" has no member "nobody" (column 7)
            i.x                  | "int" has no members, so no "x" (column 3)
            opaque->x            | "struct opaque" is incomplete: the program does not say what is in it (column 9)
            1 / 0                | division by zero (column 3)
            i % zero             | division by zero (column 3)
            1 << -1              | a shift by -1 (column 3)
            *i.x                 | "int" has no members, so no "x" (column 4)
            *nothing             | "void *" points to no type; cast it first (column 1)
            *d                   | "*" needs a pointer, not "double" (column 1)
            &5                   | it has no address in the payload (column 1)
            &flags.level         | a bit field has no address (column 1)
            &$rax                | it is in register rax and has no address (column 1)
            sizeof flags.level   | a bit field has no size in bytes (column 1)
            $nothing             | no register "$nothing" (column 1)
            i +                  | a value is expected, not the end (column 4)
            (i                   | ")" is expected, not the end (column 3)
            i i                  | "i" is not expected here (column 3)
            i # 1                | "#" has no meaning here (column 3)
            'ab'                 | a character literal holds one character, not 2 (column 1)
            "abc                 | the literal has no closing " (column 1)
            0x                   | "0x" is not a number (column 1)
            12abc                | "12abc" is not a number (column 1)
            9999999999999999999999999999999999999999 | "9999999999999999999999999999999999999999" does not fit in 128 bits (column 1)
            (struct nobody *)0   | no type "struct nobody" (column 9)
            (int double)0        | "int double" is not a type (column 2)
            add(1, 2)            | functions of the payload cannot be called from an expression (column 4)
            i(1)                 | "int" is not a function (column 2)
            origin + 1           | "struct point" is not a number or a pointer (column 8)
            list + list          | "+" does not work on "struct node *" and "struct node *" (column 6)
            d & 1                | "&" does not work on "double" and "int" (column 3)
            ~d                   | "~" does not work on "double" (column 1)
            (struct point)i      | "int" cannot be converted to "struct point" (column 1)
            (int *)d             | "double" cannot be converted to "int *" (column 1)
            d[0]                 | "double" cannot be indexed (column 2)
            array[1.5]           | an index is an integer, not "double" (column 6)
            array[3..1]          | the slice ends at 1, before it starts (column 6)
            array@0              | there cannot be 0 elements (column 6)
            i@99999999999999999  | `i@99999999999999999`
            """)
    void errorsNameTheColumnAndTheWord(String expression, String message) {
        if (message.startsWith("i@")) {
            // a huge array is no error: its elements are read one by one
            assertThat(Evaluator.evaluate(expression, program.scope(false))
                            .type()
                            .byteSize())
                    .isPositive();
            return;
        }
        assertThatThrownBy(() ->
                        Evaluator.evaluate(expression, program.scope(false)).bytes(program))
                .isInstanceOf(DebuggerException.class)
                .hasMessage(message);
    }

    @Test
    void anEmptyExpressionIsAnError() {
        assertThatThrownBy(() -> Evaluator.evaluate("  ", program.scope(false)))
                .isInstanceOf(DebuggerException.class)
                .hasMessage("the expression is empty");
    }

    @Test
    void nestingIsBounded() {
        EvaluationScope scope = program.scope(false);
        for (String open :
                new String[] {"(", "-", "!", "*", "sizeof ", "(char)", "1 ? 1 : ", "i = ", "text[", "{int}"}) {
            assertThatThrownBy(() -> Evaluator.evaluate(open.repeat(900) + "1", scope))
                    .as(open)
                    .isInstanceOf(DebuggerException.class);
        }
        assertThatThrownBy(() -> Evaluator.evaluate("(int" + "*".repeat(500) + ")0", scope))
                .isInstanceOf(DebuggerException.class);
        assertThatThrownBy(() -> Evaluator.evaluate("1" + "+1".repeat(5000), scope))
                .isInstanceOf(DebuggerException.class);
        assertThat(Evaluator.evaluate("1" + "+1".repeat(400), scope).bytes(program)[0])
                .isEqualTo((byte) (401 & 0xff));
    }

    @Test
    void randomWordsNeverGiveAnythingButAValueOrTheError() {
        Random random = new Random(20261122);
        EvaluationScope scope = program.scope(true);
        ValueFormatter formatter = new ValueFormatter(program, program::symbol);
        int values = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = 1 + random.nextInt(9);
            for (int i = 0; i < length; i++) {
                text.append(WORDS[random.nextInt(WORDS.length)]);
                if (random.nextInt(3) > 0) text.append(' ');
            }
            try {
                Value value = Evaluator.evaluate(text.toString(), scope);
                assertThat(formatter.format(value, random.nextBoolean())).isNotEmpty();
                values++;
            } catch (DebuggerException e) {
                assertThat(e.getMessage()).isNotBlank();
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("expression: " + text, e);
            }
        }
        assertThat(values).isGreaterThan(300);
    }
}
