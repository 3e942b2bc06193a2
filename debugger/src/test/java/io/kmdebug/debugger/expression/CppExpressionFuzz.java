package io.kmdebug.debugger.expression;

import java.util.List;

/** Fuzz target: expressions of C++ in a frame of a program with values of many types. */
final class CppExpressionFuzz {
    private static final FuzzedExpressions EXPRESSIONS = FuzzedExpressions.in(
            "scopes.cpp", List.of("g++", "-g", "-O0", "-std=c++17", "-static-libstdc++"), "checkpoint", "method");

    private CppExpressionFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        EXPRESSIONS.evaluate(data);
    }
}
