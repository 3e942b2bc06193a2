package io.kmdebug.debugger.presentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.StoppedProgram;
import io.kmdebug.debugger.Tools;
import io.kmdebug.debugger.VariableInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A program of Rust says what its values are; the debugger says the same, and takes them apart by expressions. */
class RustValuesTest {
    @TempDir
    private static Path folder;

    private static StoppedProgram program;

    @BeforeAll
    static void stop() throws Exception {
        List<String> compiler = List.of("/usr/bin/rustc", "--edition", "2021", "-g", "-A", "warnings");
        program = new StoppedProgram(folder, "values.rs", compiler, "values::checkpoint", "::main");
    }

    @AfterAll
    static void close() {
        program.close();
    }

    @Test
    void valuesAreShownAsTheProgramPrintsThem() throws Exception {
        List<String> differences = new ArrayList<>();
        List<String> printed =
                Tools.run(folder, List.of(program.program().toString())).lines().toList();
        for (String line : printed) {
            int equals = line.indexOf(" = ");
            if (equals < 0) continue;
            String name = line.substring(0, equals);
            String value = line.substring(equals + 3);
            String ours = program.text(name);
            // a hash map's order is another in each process
            if (!ours.equals(value) && !sorted(ours).equals(sorted(value))) {
                differences.add(name + " = " + ours + ", the program: " + value);
            }
        }
        assertThat(printed).hasSizeGreaterThan(90);
        assertThat(differences).isEmpty();
    }

    private static List<String> sorted(String map) {
        return map.startsWith("{\"k")
                ? List.of(map.substring(1, map.length() - 1).split(", ", -1)).stream()
                        .sorted()
                        .toList()
                : List.of(map);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            point.x + 1                 | 2
            pair.0                      | 1
            tup.1                       | "two"
            rect.w                      | 3
            circle.0                    | 1.5
            generic.next                | Some(Generic { value: 2, next: None })
            boxed.x                     | 5
            arc.y                       | 9
            dynamic.age                 | 4
            v[1]                        | 20
            v[1..3]                     | [20, 30]
            v[..=1]                     | [10, 20]
            arr[1..]                    | [2, 3]
            slice[1]                    | 3
            ring[3]                     | 9
            vp[1].y                     | 4
            vs[1] == "b"                | true
            vs[0] == vs[1]              | false
            s[1..3]                     | "el"
            part == "el"                | true
            map["k7"]                   | 7
            colors[Color::Red]          | Point { x: 0, y: 0 }
            tree[9]                     | "v3"
            COUNTER                     | 42
            crate::inner::DEEP          | 7
            inner::DEEP as u8 + 1       | 8
            NAME                        | "static name"
            color == Color::Green       | true
            int as u8                   | 251
            int as f64 / 2.0            | -2.5
            byte as char                | 'a'
            !flag                       | false
            !byte                       | 158
            byte + 1                    | 98
            big + 1                     | 1267650600228229401496703205377
            flag && int < 0             | true
            letter == 'é'               | true
            *rc + 1                     | 8
            *twice                      | -5
            (*point_ref).y              | 2
            &point as *const Point == point_ref as *const Point | true
            v,x                         | [0xa, 0x14, 0x1e]
            int,x                       | 0xfffffffb
            v.len()                     | 3
            part.len() + v.len()        | 5
            ve.is_empty()               | true
            none.is_some()              | false
            ok.is_ok() && err.is_err()  | true
            refcell.value[0]            | 1
            v[9]     | error: index 9 is outside: there are 3 elements (column 2)
            v[2..9]  | error: 2..9 is outside: there are 3 elements (column 2)
            poin     | error: no symbol "poin" in this frame; did you mean "point"? (column 1)
            point.z  | error: "values::Point" has no member "z" (column 7)
            map["x"] | error: there is no such key among 20 (column 4)
            v.push(1) | error: methods of the payload cannot be called from an expression (column 3)
            int = 4  | error: this would change the payload; only the debug console may do that (column 5)
            """)
    void expressionsAreThoseOfRust(String expression, String value) {
        assertThat(program.text(expression)).isEqualTo(value);
    }

    @Test
    void childrenHaveExpressionsThatGiveThem() {
        for (String name : List.of("vp", "named", "boxed", "rect", "generic", "map", "tree", "tup", "pair", "arc")) {
            VariableInfo whole = program.evaluate(name);
            List<VariableInfo> children = program.session().variables(whole.reference(), 0, 5, false);
            assertThat(children).as(name).isNotEmpty();
            for (VariableInfo child : children) {
                assertThat(child.evaluateName()).as(name + " " + child.name()).isNotNull();
                VariableInfo again = program.evaluate(child.evaluateName());
                assertThat(again.value()).as(child.evaluateName()).isEqualTo(child.value());
            }
        }
    }

    @Test
    void typesAreNamedAsOneWouldWriteThem() {
        assertThat(program.evaluate("v").type()).isEqualTo("alloc::vec::Vec<i32>");
        assertThat(program.evaluate("boxed").type()).isEqualTo("alloc::boxed::Box<values::Point>");
        assertThat(program.evaluate("arr").type()).isEqualTo("[i32; 3]");
        assertThat(program.evaluate("twice").type()).isEqualTo("&&i32");
    }
}
