package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.GdbText;
import io.kmdebug.debugger.StaticProgram;
import io.kmdebug.debugger.Tools;
import io.kmdebug.debugger.value.ValueFormatter;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every expression of expressions.txt has the value that gdb's {@code print} gives it. */
class GdbAgreementTest {
    @TempDir
    private static Path folder;

    @Test
    void expressionsHaveTheValuesThatGdbGivesThem() throws Exception {
        Path program = Tools.compile(folder, "values.c", "-O0", "-no-pie");
        List<String> expressions = resource("expressions.txt");
        List<String> expected = gdb(program, expressions);
        StaticProgram file = new StaticProgram(program);
        EvaluationScope scope = file.scope(false);
        ValueFormatter formatter = new ValueFormatter(file, file::symbol);
        List<String> ours = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        for (int i = 0; i < expressions.size(); i++) {
            String expression = expressions.get(i);
            ours.add(expression + " = " + GdbText.normalised(ours(expression, scope, formatter)));
            theirs.add(expression + " = " + GdbText.normalised(expected.get(i)));
        }
        assertThat(expressions).hasSizeGreaterThan(200);
        assertThat(ours).containsExactlyElementsOf(theirs);
    }

    /** gdb extends bit fields and booleans by rules of its own, and has no arithmetic on 128 bits. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -flags.level    | -5
            ~flags.ready    | -2
            flags.level - 6 | -1
            big + 1         | 1267650600228229401496703205377
            big >> 99       | 2
            -big            | -1267650600228229401496703205376
            yes + yes       | 2
            1[array]        | 2
            z * z           | -4 + -7.5i
            z / 2           | 0.75 + -1.25i
            z == z          | 1
            __real__ z      | 1.5
            __imag__ zf     | 4
            -z              | -1.5 + 2.5i
            0b101           | 5
            0o17            | 15
            array[1..3]     | {2, 3, 4}
            list->next.name | 0x402008 "second"
            """)
    void whereGdbLeavesCTheValueIsThatOfC(String expression, String value) throws Exception {
        StaticProgram file = new StaticProgram(Tools.compile(folder, "values.c", "-O0", "-no-pie"));
        ValueFormatter formatter = new ValueFormatter(file, file::symbol);
        String text = ours(expression, file.scope(false), formatter);
        assertThat(text.replaceFirst("^0x[0-9a-f]+ (?=\")", ""))
                .isEqualTo(value.replaceFirst("^0x[0-9a-f]+ (?=\")", ""));
    }

    private static String ours(String expression, EvaluationScope scope, ValueFormatter formatter) {
        try {
            return formatter.format(Evaluator.evaluate(expression, scope), false);
        } catch (DebuggerException e) {
            return "error: " + e.getMessage();
        }
    }

    private static List<String> resource(String name) throws Exception {
        try (InputStream in = Tools.class.getResourceAsStream(name)) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static List<String> gdb(Path program, List<String> expressions) throws Exception {
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch", "-ex", "set charset UTF-8"));
        for (String expression : expressions)
            command.addAll(List.of("-ex", "echo @@\\n", "-ex", "print " + expression));
        command.addAll(List.of("-ex", "echo \\n", program.toString()));
        String out = Tools.run(folder, command);
        List<String> answers = new ArrayList<>();
        String[] parts = out.split("@@\n", -1);
        for (int i = 1; i < parts.length; i++) answers.add(parts[i].strip().replaceFirst("^\\$[0-9]+ = ", ""));
        assertThat(answers).hasSize(expressions.size());
        return answers;
    }
}
