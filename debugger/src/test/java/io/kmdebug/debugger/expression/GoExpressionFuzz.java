package io.kmdebug.debugger.expression;

import java.util.List;

/** Fuzz target: expressions of Go in a frame of a program with values of many types. */
final class GoExpressionFuzz {
    private static final FuzzedExpressions EXPRESSIONS = FuzzedExpressions.in(
            "/programs/shapes.go",
            List.of(
                    "env",
                    "GOFLAGS=-mod=mod",
                    "GOPROXY=off",
                    "GO111MODULE=off",
                    "/usr/bin/go",
                    "build",
                    "-gcflags=-N -l"),
            "main.breakHere",
            "main.main");

    private GoExpressionFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        EXPRESSIONS.evaluate(data);
    }
}
