package io.kmdebug.dap.request;

import io.kmdebug.debugger.ScopeInfo;
import io.kmdebug.debugger.VariableInfo;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.lsp4j.debug.EvaluateResponse;
import org.eclipse.lsp4j.debug.Scope;
import org.eclipse.lsp4j.debug.ScopePresentationHint;
import org.eclipse.lsp4j.debug.SetExpressionResponse;
import org.eclipse.lsp4j.debug.SetVariableResponse;
import org.eclipse.lsp4j.debug.Variable;
import org.eclipse.lsp4j.debug.VariablePresentationHint;
import org.eclipse.lsp4j.debug.VariablePresentationHintAttributes;
import org.jspecify.annotations.Nullable;

/** Values in DAP's words; remembers how many children of which kind stand behind each reference given out. */
final class VariableViews {
    /** Children of a reference: elements come before what has a name where both exist. */
    record Counts(int indexed, int named) {}

    private final Map<Integer, Counts> counts = new HashMap<>();
    private boolean types;

    synchronized void showTypes(boolean show) {
        types = show;
    }

    /** The references of a stop are void after it. */
    synchronized void forget() {
        counts.clear();
    }

    synchronized @Nullable Counts counts(int reference) {
        return counts.get(reference);
    }

    private synchronized void remember(int reference, int indexed, int named) {
        if (reference != 0) {
            counts.put(reference, new Counts(indexed, named));
        }
    }

    Scope scope(ScopeInfo info) {
        remember(info.reference(), 0, info.count());
        Scope scope = new Scope();
        scope.setName(info.name());
        scope.setVariablesReference(info.reference());
        scope.setNamedVariables(info.count());
        scope.setExpensive(info.expensive());
        switch (info.kind()) {
            case ARGUMENTS -> scope.setPresentationHint(ScopePresentationHint.ARGUMENTS);
            case LOCALS -> scope.setPresentationHint(ScopePresentationHint.LOCALS);
            case REGISTERS -> scope.setPresentationHint(ScopePresentationHint.REGISTERS);
            case GLOBALS -> {} // DAP has no word for them
        }
        return scope;
    }

    Variable variable(VariableInfo info) {
        remember(info);
        Variable variable = new Variable();
        variable.setName(info.name());
        variable.setValue(info.value());
        variable.setType(type(info));
        variable.setVariablesReference(info.reference());
        variable.setIndexedVariables(some(info.indexedCount()));
        variable.setNamedVariables(some(info.namedCount()));
        variable.setMemoryReference(info.memoryReference());
        variable.setEvaluateName(info.evaluateName());
        variable.setPresentationHint(hint(info));
        return variable;
    }

    EvaluateResponse evaluated(VariableInfo info) {
        remember(info);
        EvaluateResponse response = new EvaluateResponse();
        response.setResult(info.value());
        response.setType(type(info));
        response.setVariablesReference(info.reference());
        response.setIndexedVariables(some(info.indexedCount()));
        response.setNamedVariables(some(info.namedCount()));
        response.setMemoryReference(info.memoryReference());
        response.setPresentationHint(hint(info));
        return response;
    }

    SetVariableResponse set(VariableInfo info) {
        remember(info);
        SetVariableResponse response = new SetVariableResponse();
        response.setValue(info.value());
        response.setType(type(info));
        response.setVariablesReference(info.reference());
        response.setIndexedVariables(some(info.indexedCount()));
        response.setNamedVariables(some(info.namedCount()));
        response.setMemoryReference(info.memoryReference());
        return response;
    }

    SetExpressionResponse setExpression(VariableInfo info) {
        remember(info);
        SetExpressionResponse response = new SetExpressionResponse();
        response.setValue(info.value());
        response.setType(type(info));
        response.setVariablesReference(info.reference());
        response.setIndexedVariables(some(info.indexedCount()));
        response.setNamedVariables(some(info.namedCount()));
        response.setMemoryReference(info.memoryReference());
        response.setPresentationHint(hint(info));
        return response;
    }

    private void remember(VariableInfo info) {
        remember(info.reference(), info.indexedCount(), info.namedCount());
    }

    private synchronized @Nullable String type(VariableInfo info) {
        return types ? info.type() : null;
    }

    private static @Nullable Integer some(int count) {
        return count == 0 ? null : count;
    }

    private static @Nullable VariablePresentationHint hint(VariableInfo info) {
        if (info.available()) {
            return null;
        }
        VariablePresentationHint hint = new VariablePresentationHint();
        hint.setAttributes(new String[] {VariablePresentationHintAttributes.READ_ONLY});
        return hint;
    }
}
