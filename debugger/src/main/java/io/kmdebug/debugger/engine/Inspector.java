package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.ScopeInfo;
import io.kmdebug.debugger.StackPage;
import io.kmdebug.debugger.VariableInfo;
import io.kmdebug.debugger.expression.EvaluationScope;
import io.kmdebug.debugger.expression.Evaluator;
import io.kmdebug.debugger.expression.FrameScope;
import io.kmdebug.debugger.expression.ThreadView;
import io.kmdebug.debugger.presentation.Languages;
import io.kmdebug.debugger.value.Presentations;
import io.kmdebug.debugger.value.RegisterGroups;
import io.kmdebug.debugger.value.TargetWriter;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.ValueFormatter;
import io.kmdebug.debugger.value.VariableTree;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.VariableSymbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers what can be seen at a stop: stacks, scopes, variables, expressions. */
final class Inspector {
    private final Payload payload;
    private final Stacks stacks;
    private final Presentations presentations;
    private final ValueFormatter formatter;
    private final VariableTree tree;
    /** Kind of each scope's handle: what the children of it may be set by. */
    private final Map<Integer, ScopeInfo.Kind> scopeKinds = new HashMap<>();

    Inspector(Payload payload) {
        this.payload = payload;
        this.stacks = new Stacks(payload);
        this.presentations = Languages.of(new PayloadView(payload));
        this.formatter = new ValueFormatter(presentations);
        this.tree = new VariableTree(formatter);
    }

    Stacks stacks() {
        return stacks;
    }

    /** The payload goes on: frames and handles end. */
    void forget() {
        stacks.forget();
        payload.goroutines().forget();
        tree.clear();
        scopeKinds.clear();
    }

    StackPage stack(long tid, int start, int levels, boolean withArguments) {
        Stacks.Page page = stacks.page(tid, start, levels);
        List<FrameInfo> frames = new ArrayList<>(page.frames().size());
        for (StackFrame frame : page.frames()) frames.add(info(frame, withArguments));
        return new StackPage(frames, page.total());
    }

    FrameInfo info(StackFrame frame, boolean withArguments) {
        FunctionScope function = frame.function();
        return new FrameInfo(
                frame.id(),
                frame.name(),
                frame.pc(),
                frame.location(),
                frame.image() == null ? null : frame.image().name(),
                frame.inlined(),
                function != null && function.optimized(),
                frame.activation().signalFrame(),
                frame.activation().tailCall(),
                frame.activation().guess(),
                withArguments ? arguments(frame) : List.of(),
                frame.endReason());
    }

    private List<VariableInfo> arguments(StackFrame frame) {
        FunctionScope function = frame.function();
        return function == null ? List.of() : show(frame, function.parameters());
    }

    /** Parameters and locals as lines; a variable that fails says why in its own line. */
    List<VariableInfo> locals(StackFrame frame) {
        FunctionScope function = frame.function();
        return function == null ? List.of() : show(frame, function.localsAt(frame.lookupPc()));
    }

    private List<VariableInfo> show(StackFrame frame, List<VariableSymbol> variables) {
        List<VariableInfo> shown = new ArrayList<>();
        for (VariableTree.Entry entry : entries(frame, variables)) {
            VariableTree.Variable v = (VariableTree.Variable) entry;
            shown.add(tree.show(frame.id(), v.name(), v.value().get(), v.evaluateName(), false));
        }
        return shown;
    }

    List<ScopeInfo> scopes(int frameId) {
        StackFrame frame = stacks.frame(frameId);
        List<ScopeInfo> scopes = new ArrayList<>();
        FunctionScope function = frame.function();
        if (function != null) {
            List<VariableSymbol> parameters = function.parameters();
            List<VariableSymbol> locals = function.localsAt(frame.lookupPc());
            if (!parameters.isEmpty()) scopes.add(variables(ScopeInfo.Kind.ARGUMENTS, "Arguments", frame, parameters));
            scopes.add(variables(ScopeInfo.Kind.LOCALS, "Locals", frame, locals));
        }
        if (frame.image() != null && frame.image().symbols().hasDebugInfo()) {
            int handle = tree.scope(frameId, () -> globals(frame));
            scopes.add(scope(ScopeInfo.Kind.GLOBALS, "Globals", handle, 0, true));
        }
        int handle = tree.scope(frameId, () -> RegisterGroups.of(frame.registers()));
        scopes.add(scope(ScopeInfo.Kind.REGISTERS, "Registers", handle, 0, true));
        return scopes;
    }

    private ScopeInfo variables(ScopeInfo.Kind kind, String name, StackFrame frame, List<VariableSymbol> variables) {
        int handle = tree.scope(frame.id(), () -> entries(frame, variables));
        return scope(kind, name, handle, variables.size(), false);
    }

    private ScopeInfo scope(ScopeInfo.Kind kind, String name, int handle, int count, boolean expensive) {
        scopeKinds.put(handle, kind);
        return new ScopeInfo(kind, name, handle, count, expensive);
    }

    /** A variable that an inner one hides is shown with the line of its declaration, and cannot be named. */
    private List<VariableTree.Entry> entries(StackFrame frame, List<VariableSymbol> variables) {
        Set<String> seen = new HashSet<>();
        List<VariableTree.Entry> entries = new ArrayList<>();
        for (VariableSymbol variable : variables) {
            boolean hidden = !seen.add(variable.name());
            String name = hidden ? hiddenName(variable) : variable.name();
            entries.add(new VariableTree.Variable(
                    name, () -> valueOf(variable, frame.context()), hidden ? null : variable.name()));
        }
        return entries;
    }

    private static String hiddenName(VariableSymbol variable) {
        return variable.declarationLine() > 0
                ? variable.name() + " (hidden, line " + variable.declarationLine() + ")"
                : variable.name() + " (hidden)";
    }

    private static Value valueOf(VariableSymbol variable, FrameContext context) {
        try {
            return Value.of(variable, context);
        } catch (DebuggerException | io.kmdebug.machine.CorruptFileException e) {
            return Value.unavailable(variable.type(), String.valueOf(e.getMessage()));
        }
    }

    private List<VariableTree.Entry> globals(StackFrame frame) {
        if (frame.image() == null) return List.of();
        FrameContext context = FrameContext.ofImage(
                payload.target().memory(),
                frame.image().bias(),
                payload.threadLocals(frame.image().image(), frame.tid()));
        List<VariableTree.Entry> entries = new ArrayList<>();
        for (VariableSymbol variable : frame.image().symbols().globalsAt(frame.lookupPc())) {
            entries.add(new VariableTree.Variable(variable.name(), () -> valueOf(variable, context), variable.name()));
        }
        return entries;
    }

    List<VariableInfo> variables(int reference, int start, int count, boolean hex) {
        return tree.children(reference, start, count, hex);
    }

    /** @param thread whose registers are seen where there is no frame */
    VariableInfo evaluate(String expression, int frameId, long thread, EvaluationContext context, boolean hex) {
        StackFrame frame = frameId == 0 ? null : stacks.frame(frameId);
        boolean mayChange =
                context == EvaluationContext.REPL && payload.target().isLive();
        EvaluationScope scope = scope(frame, thread, mayChange);
        Evaluator.Shown shown = Evaluator.shown(expression, scope);
        return tree.show(frameId, expression, shown.value(), shown.evaluateName(), shown.style(), hex);
    }

    VariableInfo setVariable(int reference, String name, String expression) {
        if (!payload.target().isLive()) throw io.kmdebug.debugger.target.CoreTarget.postMortem("changed");
        VariableTree.Variable variable = tree.child(reference, name)
                .orElseThrow(() -> new DebuggerException("There is no variable " + name + " here."));
        int frameId = tree.frameOf(reference);
        StackFrame frame = frameId == 0 ? null : stacks.frame(frameId);
        long thread = frame == null ? 0 : frame.tid();
        Value value = Evaluator.assign(variable.value().get(), expression, scope(frame, thread, true));
        return tree.show(frameId, name, value, variable.evaluateName(), false);
    }

    /** Whether a breakpoint's condition is true in the innermost frame of {@code tid}. */
    boolean holds(long tid, String condition) {
        Value negated = Evaluator.evaluate("!(" + condition + ")", scope(stacks.top(tid), tid, false));
        for (byte b : negated.bytes(payload.target().memory())) if (b != 0) return false;
        return true;
    }

    /** An expression of a log message as text; what goes wrong stands in its place. */
    String text(long tid, String expression) {
        try {
            Evaluator.Shown shown = Evaluator.shown(expression, scope(stacks.top(tid), tid, false));
            return formatter.text(shown.value(), shown.style()).text();
        } catch (DebuggerException e) {
            return "<" + e.getMessage() + ">";
        }
    }

    private EvaluationScope scope(@Nullable StackFrame frame, long thread, boolean mayChange) {
        Registers thread0 = thread == 0 ? null : payload.registers(frame == null ? thread : frame.tid());
        Registers registers = frame == null ? thread0 : frame.registers();
        FrameScope.Frame inner = frame == null
                ? null
                : new FrameScope.Frame(
                        frame.context(),
                        frame.function(),
                        frame.image() == null ? null : frame.image().image(),
                        frame.lookupPc());
        long stopped = frame == null ? thread : frame.tid();
        FrameScope scope = new FrameScope(
                payload.images().forSymbols(),
                frame != null ? payload.view(frame.tid()) : thread != 0 ? payload.view(thread) : ThreadView.NONE,
                inner,
                registers,
                payload.target().memory(),
                mayChange ? new Writer(frame, thread) : null);
        return scope.with(
                presentations,
                () -> stopped == 0
                        ? Optional.empty()
                        : payload.target().signalInfo(stopped).map(SignalInfo::raw));
    }

    /** Writes to the payload. Registers of outer frames are where the inner ones saved them: not changed here. */
    private final class Writer implements TargetWriter {
        private final @Nullable StackFrame frame;
        private final long thread;

        Writer(@Nullable StackFrame frame, long thread) {
            this.frame = frame;
            this.thread = frame == null ? thread : frame.tid();
        }

        @Override
        public void writeMemory(long address, byte[] data) {
            payload.target().writeMemory(address, data);
        }

        @Override
        public void writeRegister(AmdRegister register, byte[] value) {
            if (frame != null && !frame.runs()) {
                throw new DebuggerException(
                        "Register " + register.gdbName()
                                + " can be changed in the innermost frame only; here it is restored when the inner frame returns.");
            }
            if (payload.thread(thread) == 0) throw new DebuggerException("A parked goroutine has no registers.");
            payload.target().writeRegisters(payload.thread(thread), new Registers().set(register, value));
            if (frame != null) frame.registers().set(register, value);
            stacks.walkAgain();
        }
    }

    /** What symbol names an address, for messages. */
    Optional<String> symbolName(long address) {
        return payload.symbolName(address);
    }
}
