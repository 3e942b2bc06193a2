package io.kmdebug.debugger.expression;

import java.util.List;

/** Fuzz target: expressions of Rust in a frame of a program with values of many types. */
final class RustExpressionFuzz {
    private static final FuzzedExpressions EXPRESSIONS = FuzzedExpressions.in(
            "values.rs",
            List.of("/usr/bin/rustc", "--edition", "2021", "-g", "-A", "warnings"),
            "values::checkpoint",
            "::main");

    private RustExpressionFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        EXPRESSIONS.evaluate(data);
    }
}
