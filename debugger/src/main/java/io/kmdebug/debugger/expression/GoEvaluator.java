package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.TargetWriter;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.ValueWriter;
import io.kmdebug.symbols.Type;

/** Evaluates expressions of Go, in frames of functions that are written in it. */
public final class GoEvaluator {
    private GoEvaluator() {}

    /**
     * The value of {@code expression}; it may have a place.
     *
     * @throws DebuggerException with the column and the token, when it has no value
     */
    public static Value evaluate(String expression, EvaluationScope scope) {
        GoNames names = new GoNames(scope);
        GoNode node = GoParser.parse(expression, names::isKnown);
        GoEvaluation evaluation = new GoEvaluation(scope, names);
        if (!(node instanceof GoNode.Assign assign)) return evaluation.value(node);
        GoOperand target = evaluation.operand(assign.target());
        if (!(target instanceof GoOperand.Typed place)) {
            throw Token.error(assign.column(), "only a variable can be set");
        }
        TargetWriter writer = scope.writer().orElseThrow(() -> Token.error(assign.column(), Assignment.NOT_ALLOWED));
        return store(place.value(), evaluation.operand(assign.value()), evaluation, writer, assign.column());
    }

    /**
     * Sets {@code target} to the value of {@code expression}, which has to fit its type.
     *
     * @return the value read back
     * @throws DebuggerException when that cannot be done
     */
    public static Value assign(Value target, String expression, EvaluationScope scope) {
        TargetWriter writer = scope.writer().orElseThrow(() -> new DebuggerException(Assignment.NOT_ALLOWED));
        GoNames names = new GoNames(scope);
        GoEvaluation evaluation = new GoEvaluation(scope, names);
        GoOperand source = evaluation.operand(GoParser.parse(expression, names::isKnown));
        return store(target, source, evaluation, writer, 1);
    }

    private static Value store(
            Value target, GoOperand source, GoEvaluation evaluation, TargetWriter writer, int column) {
        Type type = target.type();
        byte[] bytes;
        if (source instanceof GoOperand.Nil && !(type.stripped() instanceof io.kmdebug.symbols.BaseType)) {
            bytes = new byte[(int) type.byteSize()];
        } else if (Scalars.isScalar(type)) {
            bytes = evaluation.converted(type, source, column).bytes(evaluation.memory());
        } else {
            Value from = evaluation.valueOf(source, column);
            if (!from.type().name().equals(type.name())) {
                throw Token.error(
                        column, "\"" + from.type().name() + "\" cannot be assigned to \"" + type.name() + "\"");
            }
            bytes = from.bytes(evaluation.memory());
        }
        ValueWriter.write(target, bytes, evaluation.memory(), writer);
        return target;
    }
}
