package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Style;
import io.kmdebug.debugger.value.TargetWriter;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Language;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions: of C and C++ (C17 §6.5, C++17 §8), and of Rust and Go in code that is written in it. */
public final class Evaluator {
    private Evaluator() {}

    /**
     * The value of {@code expression}; it may have a place (an lvalue).
     *
     * @throws DebuggerException with the column and the token, when it has no value
     */
    public static Value evaluate(String expression, EvaluationScope scope) {
        if (scope.language() == Language.GO) return GoEvaluator.evaluate(expression, scope);
        String expanded = MacroExpansion.expand(expression, scope);
        if (expanded.equals(expression)) return written(expression, scope);
        try {
            return written(expanded, scope);
        } catch (DebuggerException e) {
            // a variable may have a macro's name, as errno has; but nothing may be assigned twice
            Value otherwise = scope.writer().isEmpty() ? unexpanded(expression, scope, e) : null;
            if (otherwise != null) return otherwise;
            throw new DebuggerException(e.getMessage() + "; its macros make the expression \"" + expanded + "\"", e);
        }
    }

    private static Value written(String expression, EvaluationScope scope) {
        return new Evaluation(scope).value(parse(expression, scope));
    }

    /** In the grammar of the language that the code is written in. */
    private static Node parse(String expression, EvaluationScope scope) {
        return scope.language() == Language.RUST
                ? RustParser.parse(expression, scope)
                : Parser.parse(expression, scope);
    }

    /**
     * A value with the way in which it is to be shown.
     *
     * @param evaluateName an expression that gives the value
     */
    public record Shown(Value value, Style style, String evaluateName) {}

    /**
     * As {@link #evaluate}, for an expression that may end with format suffixes: {@code flags,x}, {@code p,10}.
     *
     * @throws DebuggerException with the column and the token, when it has no value
     */
    public static Shown shown(String expression, EvaluationScope scope) {
        Suffixes suffixes = Suffixes.of(expression);
        Value value = evaluate(suffixes.expression(), scope);
        if (suffixes.count() == 0) return new Shown(value, suffixes.style(), suffixes.expression());
        if (scope.language() == Language.GO) {
            String part = "(" + suffixes.expression() + ")[:" + suffixes.count() + "]";
            return new Shown(evaluate(part, scope), suffixes.style(), part);
        }
        boolean library = value.type().stripped() instanceof CompositeType
                && !suffixes.style().raw();
        if (library && scope.presentation(value).isPresent()) {
            throw new DebuggerException("a count is for arrays and pointers; this is a \""
                    + value.type().name() + "\"");
        }
        String first = first(value, suffixes.expression());
        String array = first + "@" + suffixes.count();
        return new Shown(evaluate(array, scope), suffixes.style(), array);
    }

    /** The first of the elements that a count is about: what a pointer points to, the first one of an array. */
    private static String first(Value value, String expression) {
        if (Scalars.isPointer(value.type())) return "*(" + expression + ")";
        boolean array = value.type().stripped() instanceof ArrayType;
        return array ? "(" + expression + ")[0]" : "(" + expression + ")";
    }

    private static @Nullable Value unexpanded(String expression, EvaluationScope scope, DebuggerException first) {
        try {
            return written(expression, scope);
        } catch (DebuggerException e) {
            first.addSuppressed(e);
            return null;
        }
    }

    /**
     * Sets {@code target} to the value of {@code expression}, converted as by C's assignment.
     *
     * @return the value read back
     * @throws DebuggerException when that cannot be done
     */
    public static Value assign(Value target, String expression, EvaluationScope scope) {
        if (scope.language() == Language.GO) return GoEvaluator.assign(target, expression, scope);
        TargetWriter writer = scope.writer().orElseThrow(() -> new DebuggerException(Assignment.NOT_ALLOWED));
        Evaluation evaluation = new Evaluation(scope);
        Value source = evaluation.valueFor(target.type(), parse(MacroExpansion.expand(expression, scope), scope));
        return new Assignment(scope.memory(), writer).assign(target, source, 1);
    }
}
