package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StaticProgram;
import io.kmdebug.debugger.Tools;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.ValueFormatter;
import io.kmdebug.machine.AmdRegister;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Fuzz target: expressions over the memory of a program that has values of many types. */
final class ExpressionFuzz {
    private static final Duration MOST_TIME = Duration.ofSeconds(60);
    private static final StaticProgram PROGRAM = program();

    private ExpressionFuzz() {}

    private static StaticProgram program() {
        try {
            Path folder = PassingFolder.make("expressions");
            StaticProgram program = new StaticProgram(Tools.compile(folder, "values.c", "-g3", "-O0", "-no-pie"));
            program.registers.set(AmdRegister.RAX, 5);
            return program;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        long start = System.nanoTime();
        try {
            Value value = Evaluator.evaluate(text, PROGRAM.scope(false));
            String shown = new ValueFormatter(PROGRAM, PROGRAM::symbol).format(value, false);
            if (shown.length() > 1 << 20) throw new AssertionError(shown.length() + " characters");
        } catch (DebuggerException e) {
            if (String.valueOf(e.getMessage()).isEmpty()) throw new AssertionError("a refusal without a message", e);
        }
        if (System.nanoTime() - start > MOST_TIME.toNanos()) throw new AssertionError("too long for " + text);
    }
}
