package io.kmdebug.dap.wire;

import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.Checksum;
import org.eclipse.lsp4j.debug.ContinueResponse;
import org.eclipse.lsp4j.debug.EvaluateResponse;
import org.eclipse.lsp4j.debug.Scope;
import org.eclipse.lsp4j.debug.ScopesResponse;
import org.eclipse.lsp4j.debug.Source;
import org.eclipse.lsp4j.debug.StackFrame;
import org.eclipse.lsp4j.debug.StackTraceResponse;
import org.eclipse.lsp4j.debug.Thread;
import org.eclipse.lsp4j.debug.ThreadsResponse;
import org.eclipse.lsp4j.debug.Variable;
import org.eclipse.lsp4j.debug.VariablePresentationHint;
import org.eclipse.lsp4j.debug.VariablesResponse;

/**
 * The answers of every session and its events, written field by field in the order of their declarations. What seldom
 * has a value is left to gson, whose reflection costs a cold JVM more than the answer does.
 */
final class FrequentAnswers {
    private FrequentAnswers() {}

    /** @return false, with nothing written, when {@code body} is none of them */
    static boolean write(Object body, JsonText out) {
        if (body instanceof VariablesResponse variables) write(variables, out);
        else if (body instanceof ScopesResponse scopes) write(scopes, out);
        else if (body instanceof StackTraceResponse stack) write(stack, out);
        else if (body instanceof ThreadsResponse threads) write(threads, out);
        else if (body instanceof EvaluateResponse evaluated) write(evaluated, out);
        else if (body instanceof ContinueResponse resumed) write(resumed, out);
        else if (body instanceof Capabilities capabilities) CapabilitiesText.write(capabilities, out);
        else return BreakpointAnswers.write(body, out) || EventBodies.write(body, out);
        return true;
    }

    private static void write(EvaluateResponse response, JsonText out) {
        out.beginObject().member("result", response.getResult()).member("type", response.getType());
        VariablePresentationHint hint = response.getPresentationHint();
        if (hint != null) write(hint, out.name("presentationHint"));
        out.member("variablesReference", response.getVariablesReference());
        out.member("namedVariables", response.getNamedVariables());
        out.member("indexedVariables", response.getIndexedVariables());
        out.member("memoryReference", response.getMemoryReference());
        out.member("valueLocationReference", response.getValueLocationReference())
                .endObject();
    }

    private static void write(ContinueResponse response, JsonText out) {
        out.beginObject()
                .member("allThreadsContinued", response.getAllThreadsContinued())
                .endObject();
    }

    private static void write(VariablesResponse response, JsonText out) {
        out.beginObject().name("variables").beginArray();
        for (Variable variable : response.getVariables()) write(variable, out);
        out.endArray().endObject();
    }

    private static void write(Variable variable, JsonText out) {
        out.beginObject().member("name", variable.getName()).member("value", variable.getValue());
        out.member("type", variable.getType());
        VariablePresentationHint hint = variable.getPresentationHint();
        if (hint != null) write(hint, out.name("presentationHint"));
        out.member("evaluateName", variable.getEvaluateName());
        out.member("variablesReference", variable.getVariablesReference());
        out.member("namedVariables", variable.getNamedVariables());
        out.member("indexedVariables", variable.getIndexedVariables());
        out.member("memoryReference", variable.getMemoryReference());
        out.member("declarationLocationReference", variable.getDeclarationLocationReference());
        out.member("valueLocationReference", variable.getValueLocationReference())
                .endObject();
    }

    private static void write(VariablePresentationHint hint, JsonText out) {
        out.beginObject().member("kind", hint.getKind()).member("attributes", hint.getAttributes());
        out.member("visibility", hint.getVisibility())
                .member("lazy", hint.getLazy())
                .endObject();
    }

    private static void write(ScopesResponse response, JsonText out) {
        out.beginObject().name("scopes").beginArray();
        for (Scope scope : response.getScopes()) write(scope, out);
        out.endArray().endObject();
    }

    private static void write(Scope scope, JsonText out) {
        out.beginObject().member("name", scope.getName()).member("presentationHint", scope.getPresentationHint());
        out.member("variablesReference", scope.getVariablesReference());
        out.member("namedVariables", scope.getNamedVariables());
        out.member("indexedVariables", scope.getIndexedVariables()).member("expensive", scope.isExpensive());
        out.member("source", scope.getSource()).member("line", scope.getLine()).member("column", scope.getColumn());
        out.member("endLine", scope.getEndLine())
                .member("endColumn", scope.getEndColumn())
                .endObject();
    }

    private static void write(StackTraceResponse response, JsonText out) {
        out.beginObject().name("stackFrames").beginArray();
        for (StackFrame frame : response.getStackFrames()) write(frame, out);
        out.endArray().member("totalFrames", response.getTotalFrames()).endObject();
    }

    private static void write(StackFrame frame, JsonText out) {
        out.beginObject().member("id", frame.getId()).member("name", frame.getName());
        if (frame.getSource() != null) write(frame.getSource(), out.name("source"));
        out.member("line", frame.getLine()).member("column", frame.getColumn());
        out.member("endLine", frame.getEndLine()).member("endColumn", frame.getEndColumn());
        out.member("canRestart", frame.getCanRestart());
        out.member("instructionPointerReference", frame.getInstructionPointerReference());
        if (frame.getModuleId() != null && frame.getModuleId().isRight()) {
            out.member("moduleId", frame.getModuleId().getRight());
        } else if (frame.getModuleId() != null) {
            out.member("moduleId", frame.getModuleId().getLeft());
        }
        out.member("presentationHint", frame.getPresentationHint()).endObject();
    }

    static void write(Source source, JsonText out) {
        out.beginObject().member("name", source.getName()).member("path", source.getPath());
        out.member("sourceReference", source.getSourceReference());
        out.member("presentationHint", source.getPresentationHint()).member("origin", source.getOrigin());
        out.member("sources", (Object) source.getSources()).member("adapterData", source.getAdapterData());
        if (source.getChecksums() != null) write(source.getChecksums(), out.name("checksums"));
        out.endObject();
    }

    private static void write(Checksum[] checksums, JsonText out) {
        out.beginArray();
        for (Checksum each : checksums) {
            out.beginObject().member("algorithm", each.getAlgorithm());
            out.member("checksum", each.getChecksum()).endObject();
        }
        out.endArray();
    }

    private static void write(ThreadsResponse response, JsonText out) {
        out.beginObject().name("threads").beginArray();
        for (Thread thread : response.getThreads()) {
            out.beginObject().member("id", thread.getId()).member("name", thread.getName());
            out.endObject();
        }
        out.endArray().endObject();
    }
}
