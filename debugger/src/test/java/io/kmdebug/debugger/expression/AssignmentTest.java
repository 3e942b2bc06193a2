package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.GdbText;
import io.kmdebug.debugger.StaticProgram;
import io.kmdebug.debugger.Tools;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.ValueFormatter;
import io.kmdebug.machine.AmdRegister;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentTest {
    /** Each changes the program; afterwards {@link #WATCHED} is compared. */
    private static final List<String> CHANGES = List.of(
            "i = 7",
            "i = -1.9",
            "s = 70000",
            "c_a = 'z'",
            "c_high = 300",
            "u = -1",
            "l = i",
            "d = 1",
            "d = 2.75",
            "f = 0.1",
            "f = d",
            "ld = 2.5",
            "yes = 0",
            "color = RED",
            "color = 10",
            "rw = READ | EXEC",
            "flags.level = 2",
            "flags.delta = -8",
            "flags.wide = 0x7fffffffff",
            "flags.wide = -1",
            "flags.ready = 0",
            "flags.hue = GREEN",
            "array[2] = 33",
            "*pointer = 44",
            "pointer = &array[1]",
            "*pointer = 55",
            "list->value = 99",
            "list->next = &third",
            "origin = points[2]",
            "points[0] = *(struct point*)&array[3]",
            "shape.corner[0] = origin",
            "shape.width = 8.5",
            "number.i = 0x40490fdb",
            "matrix[1][1] = matrix[0][2] * 10",
            "i += 5",
            "i -= 2",
            "i *= 3",
            "i /= 2",
            "i %= 7",
            "i <<= 4",
            "i >>= 1",
            "i |= 3",
            "i &= 0xfe",
            "i ^= 0x55",
            "u8 += 10",
            "d *= 1.5",
            "pointer += 2",
            "pointer -= 1",
            "string = words[1]",
            "text[0] = 'j'",
            "op = 0",
            "op = add",
            "i = l = 12",
            "ll = ull",
            "us = minus");

    private static final List<String> WATCHED = List.of(
            "i",
            "s",
            "c_a",
            "c_high",
            "u",
            "l",
            "d",
            "f",
            "ld",
            "yes",
            "color",
            "rw",
            "flags",
            "array",
            "pointer",
            "first",
            "origin",
            "points",
            "shape",
            "number.f",
            "matrix",
            "u8",
            "string",
            "text",
            "op",
            "ll",
            "us");

    @TempDir
    private static Path folder;

    private static Path path;

    private StaticProgram program;
    private EvaluationScope scope;
    private ValueFormatter formatter;

    @BeforeAll
    static void compile() throws Exception {
        path = Tools.compile(folder, "values.c", "-O0", "-no-pie");
    }

    @BeforeEach
    void load() throws Exception {
        program = new StaticProgram(path);
        scope = program.scope(true);
        formatter = new ValueFormatter(program, program::symbol);
    }

    private String value(String expression) {
        return formatter.format(Evaluator.evaluate(expression, scope), false);
    }

    @Test
    void whatIsChangedReadsAsInAProgramThatGdbChanged() throws Exception {
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch", "-ex", "break main", "-ex", "run"));
        for (String change : CHANGES) command.addAll(List.of("-ex", "print " + change));
        command.addAll(List.of("-ex", "echo @@\\n"));
        for (String watched : WATCHED) command.addAll(List.of("-ex", "print " + watched));
        command.addAll(List.of("-ex", "kill", path.toString()));
        String out = Tools.run(folder, command);
        List<String> expected = out.substring(out.indexOf("@@"))
                .lines()
                .filter(line -> line.startsWith("$"))
                .map(line -> GdbText.normalised(line.replaceFirst("^\\$[0-9]+ = ", "")))
                .toList();
        for (String change : CHANGES) Evaluator.evaluate(change, scope);
        assertThat(WATCHED.stream()
                        .map(w -> w + " = " + GdbText.normalised(value(w)))
                        .toList())
                .containsExactlyElementsOf(java.util.stream.IntStream.range(0, WATCHED.size())
                        .mapToObj(i -> WATCHED.get(i) + " = " + expected.get(i))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            i            | 0x10            | 16
            color        | BLUE            | BLUE
            color        | 1               | GREEN
            c_a          | 'b'             | 98 'b'
            d            | 1/4.0           | 0.25
            flags.delta  | -3              | -3
            text         | "bye"           | "bye"
            origin       | points[1]       | {x=3, y=4}
            origin       | typed           | {x=7, y=8}
            pointer      | array           | 0x
            z            | 2               | 2 + 0i
            big          | -5              | -5
            """)
    void aVariableIsSetFromAnExpression(String target, String expression, String result) {
        Value now = Evaluator.assign(Evaluator.evaluate(target, scope), expression, scope);
        assertThat(formatter.format(now, false)).startsWith(result);
        assertThat(value(target)).isEqualTo(formatter.format(now, false));
    }

    @Test
    void stepsGiveTheOldOrTheNewValue() {
        assertThat(value("i++")).isEqualTo("42");
        assertThat(value("i")).isEqualTo("43");
        assertThat(value("--i")).isEqualTo("42");
        assertThat(value("*pointer++")).isEqualTo("3");
        assertThat(value("*pointer")).isEqualTo("4");
        assertThat(value("sizeof(i++)")).isEqualTo("4");
        assertThat(value("0 && i++")).isEqualTo("0");
        assertThat(value("1 ? i : i++")).isEqualTo("42");
        assertThat(value("i")).isEqualTo("42");
    }

    @Test
    void registersAndTheirPartsAreSet() {
        program.registers.set(AmdRegister.RAX, 0x1122334455667788L);
        program.registers.set(AmdRegister.XMM0, new byte[16]);
        assertThat(value("$rax")).isEqualTo("1234605616436508552");
        assertThat(value("$eax")).isEqualTo("1432778632");
        assertThat(value("$al = 1")).isEqualTo("1");
        assertThat(value("$ah = 2")).isEqualTo("2");
        assertThat(program.registers.get(AmdRegister.RAX)).isEqualTo(0x1122334455660201L);
        assertThat(value("$rax = -1")).isEqualTo("-1");
        assertThat(value("$xmm0.v4_float[1] = 2.5")).isEqualTo("2.5");
        assertThat(value("$xmm0.v4_float")).isEqualTo("{0, 2.5, 0, 0}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"i = 1", "i++", "--i", "i += 1", "array[0] = 2", "$rax = 1", "origin = points[0]"})
    void nothingIsChangedWhereLookingOnlyIsAllowed(String expression) {
        program.registers.set(AmdRegister.RAX, 5);
        assertThatThrownBy(() -> Evaluator.evaluate(expression, program.scope(false)))
                .isInstanceOf(DebuggerException.class)
                .hasMessageStartingWith("this would change the payload; only the debug console may do that");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1 = 2                 | is not a place
            i + 1 = 2             | is not a place
            add = 0               | cannot be assigned
            origin = 1            | cannot be assigned
            array = 1             | cannot be assigned
            text = "much longer than the array is" | has no room
            *nothing = 1          | points to no type
            bad_pointer->x = 1    | cannot write memory at 0x10
            pointer = 1.5         | cannot be converted
            """)
    void whatCannotBeSetSaysWhy(String expression, String reason) {
        assertThatThrownBy(() -> Evaluator.evaluate(expression, scope))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining(reason);
    }
}
