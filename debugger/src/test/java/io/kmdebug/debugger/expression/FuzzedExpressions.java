package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StoppedProgram;
import io.kmdebug.debugger.VariableInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Expressions of any text in a frame of a program that stands at a breakpoint. */
final class FuzzedExpressions {
    private static final Duration MOST_TIME = Duration.ofSeconds(60);
    private static final int MOST_CHARACTERS = 1 << 20;
    /** A session keeps what it has shown until the payload runs on. */
    private static final int EXPRESSIONS_OF_A_SESSION = 2000;

    private static final int MOST_CHILDREN = 20;

    private final StoppedProgram program;
    private int evaluated;

    private FuzzedExpressions(StoppedProgram program) {
        this.program = program;
    }

    /** See {@link StoppedProgram}. */
    static FuzzedExpressions in(String source, List<String> compiler, String breakpoint, String function) {
        try {
            Path folder = PassingFolder.make("expressions");
            return new FuzzedExpressions(new StoppedProgram(folder, source, compiler, breakpoint, function));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** It has a value, or is refused for a reason, within a time. */
    void evaluate(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        long start = System.nanoTime();
        try {
            if (++evaluated % EXPRESSIONS_OF_A_SESSION == 0) program.reopen();
            check(program.evaluate(text));
        } catch (DebuggerException e) {
            if (String.valueOf(e.getMessage()).isEmpty()) throw new AssertionError("a refusal without a message", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        if (System.nanoTime() - start > MOST_TIME.toNanos()) throw new AssertionError("too long for " + text);
    }

    private void check(VariableInfo value) {
        if (value.value().length() > MOST_CHARACTERS)
            throw new AssertionError(value.value().length() + " characters");
        if (value.reference() == 0) return;
        program.session().variables(value.reference(), 0, MOST_CHILDREN, false);
    }
}
