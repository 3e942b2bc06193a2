package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.StoppedProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the expressions that fuzzing starts from. See tests/fuzz.sh. */
final class ExpressionSeeds {
    private static final String RUST = """
            point.x + 1
            tup.1
            circle.0
            generic.next
            v[1..3]
            v[..=1]
            arr[1..]
            ring[3]
            vp[1].y
            vs[1] == "b"
            s[1..3]
            map["k7"]
            colors[Color::Red]
            tree[9]
            crate::inner::DEEP
            inner::DEEP as u8 + 1
            color == Color::Green
            int as f64 / 2.0
            byte as char
            !flag && int < 0 || letter == 'é'
            &point as *const Point == point_ref as *const Point
            (*point_ref).y
            v,x
            int,xb
            part.len() + v.len()
            none.is_some()
            refcell.value[0]
            -1_000i64 << 3 ^ 0xffu8 as i64 % 7
            0b1010_1010 | 0o17
            1e3 + 2.5f32
            "a\\n\\u{e9}\\x41"
            r#"raw"#
            b'a' + b"bytes"[2]
            <Vec<i32>>::new
            dyn_ref
            twice as usize
            v[9]
            int = 4
            """;
    private static final String GO = """
            text[1:3]
            len(text) + cap(sub)
            text == "héllo, wörld" && true
            ints[4] - ints[0]*2
            ages["ann"]
            big[42][1:]
            nested["p"][1].Y
            matrix[1][2]
            pointer == &point
            nilPointer != nil && nilPointer.X == 1
            named.X
            list.Next.Value
            counter == main.counter
            failure.(*main.Failure).Code
            float64(ints[1]) / 4
            uint8(ints[4] * 100)
            string(data[1:3])
            char == 'é'
            7 &^ 2 | 8 << 1 ^ 3
            runtime.allgs[0].goid
            ints,2
            ints[:2:3]
            (*main.Node)(0xc000000000).Next
            map[string]int(ages)
            []byte(text)
            real(complex) + imag(complex)
            1_000 + 0x1p-2 + 0b11 + 0o7 + 1i
            `raw`
            -counter % 5 >= +1 || !true
            shape.(main.Square)
            ints[0] = point.X * 7
            <-channel
            func(int) string
            """;

    private ExpressionSeeds() {}

    /** @param args the folder for the inputs: a folder for each target is made in it */
    public static void main(String... args) throws Exception {
        Path out = Path.of(args[0]);
        write(out.resolve("Expression"), StoppedProgram.lines("expressions.txt"));
        write(out.resolve("CppExpression"), StoppedProgram.lines("scopes.txt"));
        write(out.resolve("RustExpression"), RUST.lines().toList());
        write(out.resolve("GoExpression"), GO.lines().toList());
    }

    private static void write(Path folder, List<String> lines) throws Exception {
        Files.createDirectories(folder);
        for (int i = 0; i < lines.size(); i++) Files.writeString(folder.resolve("line" + i), lines.get(i));
    }
}
