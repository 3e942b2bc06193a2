package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.Unwinder;
import java.util.List;
import java.util.OptionalLong;

/** Runs a thread until its innermost frame has returned, be it an activation or a function inlined into one. */
final class StepOut extends StepPlan {
    private OptionalLong cfa = OptionalLong.empty();
    private List<FunctionScope> scopes = List.of();

    StepOut(Payload payload, long tid, PlantedBreakpoints planted) {
        super(payload, tid, planted);
    }

    @Override
    void stackMoved(long bytes) {
        if (cfa.isPresent()) cfa = OptionalLong.of(cfa.getAsLong() + bytes);
    }

    @Override
    Next begin() {
        Position here = Position.of(payload, tid());
        cfa = here.cfa();
        scopes = here.scopes();
        return here.inlineDepth() > 0 ? throughInlined(here) : leave(here);
    }

    private Next throughInlined(Position here) {
        return within(here.rangeOf(here.scopes().get(here.scopes().size() - scopes.size())));
    }

    private Next leave(Position here) {
        Unwinder.Frame caller = here.caller();
        if (caller == null) {
            String why = here.frames().get(0).endReason();
            throw new DebuggerException("There is no caller to step out to: " + (why == null ? "the walk ended" : why));
        }
        if (!await(caller)) {
            throw new DebuggerException(String.format("The stub cannot set a breakpoint at 0x%x.", caller.pc()));
        }
        return run();
    }

    @Override
    Next moved() {
        if (scopes.size() <= 1) return new Next.Done();
        Position here = Position.of(payload, tid());
        boolean deeper = here.frames().stream()
                .skip(1)
                .anyMatch(f -> f.cfa().isPresent() && f.cfa().equals(cfa));
        if (deeper) return leave(here);
        boolean inside = here.cfa().equals(cfa) && here.sharesOutermost(scopes, scopes.size());
        return inside ? throughInlined(here) : new Next.Done();
    }
}
