package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.LineRow;
import io.kmdebug.symbols.Unwinder;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Runs a thread to the beginning of another line. Calls are run through, or entered when the function has lines;
 * a return into the middle of the caller's line finishes that line.
 */
final class LineStep extends StepPlan {
    private final boolean into;

    private OptionalLong cfa = OptionalLong.empty();
    private long functionEntry;
    private List<FunctionScope> scopes = List.of();
    private @Nullable LineRow line;
    /** The trap waits for a place where the step is done. */
    private boolean doneAtTrap;

    LineStep(Payload payload, long tid, boolean into, PlantedBreakpoints planted) {
        super(payload, tid, planted);
        this.into = into;
    }

    @Override
    void stackMoved(long bytes) {
        if (cfa.isPresent()) cfa = OptionalLong.of(cfa.getAsLong() + bytes);
    }

    @Override
    Next begin() {
        Position here = Position.of(payload, tid());
        startFrom(here);
        line = here.hasLine() ? here.row() : null;
        if (line == null && here.caller() != null && here.row() == null) return leave(here);
        return goOn(here);
    }

    private void startFrom(Position here) {
        cfa = here.cfa();
        functionEntry = here.functionEntry();
        scopes = here.scopes();
    }

    @Override
    Next trapped() {
        return doneAtTrap ? new Next.Done() : moved();
    }

    @Override
    Next moved() {
        Position here = Position.of(payload, tid());
        if (isStartFrame(here)) return inStartFrame(here);
        if (isCalledFromStart(here)) return into ? enter(here) : leave(here);
        if (isOuter(here)) return returned(here);
        return here.cfa().equals(cfa) ? tailCalled(here) : leave(here);
    }

    private boolean isStartFrame(Position here) {
        if (here.functionEntry() != functionEntry) return false;
        return here.cfa().isEmpty() || cfa.isEmpty() || here.cfa().getAsLong() == cfa.getAsLong();
    }

    /** A function that the start frame calls, or a signal handler over it. */
    private boolean isCalledFromStart(Position here) {
        if (cfa.isEmpty()) return false;
        for (Unwinder.Frame caller : here.frames().subList(1, here.frames().size())) {
            if (caller.cfa().equals(cfa)) return true;
        }
        return false;
    }

    private boolean isOuter(Position here) {
        return cfa.isEmpty()
                || here.cfa().isEmpty()
                || Long.compareUnsigned(here.cfa().getAsLong(), cfa.getAsLong()) > 0;
    }

    private Next inStartFrame(Position here) {
        if (here.isInlinedDeeperThan(scopes)) {
            if (into) return here.atStatement() ? new Next.Done() : goOn(here);
            return through(here, here.scopes().get(here.scopes().size() - scopes.size() - 1));
        }
        LineRow from = line;
        boolean otherPlace =
                from == null || !here.sameLine(from) || here.scopes().size() != scopes.size();
        if (otherPlace && here.atStatement()) return new Next.Done();
        // Not the beginning of a line, and not the line the step began in: it is finished first, as gdb does.
        boolean beginsRow = here.row() != null && here.row().address() == here.pc() - here.bias();
        if (here.hasLine() && !beginsRow) {
            line = here.row();
            scopes = here.scopes();
        }
        return here.row() == null ? leave(here) : goOn(here);
    }

    /** Runs an inlined function to its end. */
    private Next through(Position here, FunctionScope inlined) {
        return within(here.rangeOf(inlined));
    }

    private Next goOn(Position here) {
        return within(here.rangeOfLine());
    }

    /** In a function that was called: behind its prologue when it has lines, else back out. */
    private Next enter(Position here) {
        LoadedImage image = here.image();
        if (image != null && LinkageStub.isAt(image, here.pc())) return enterLinked(here, image);
        FunctionScope function = here.function();
        if (image == null || function == null || !here.hasLine()) return leave(here);
        long body = image.symbols().breakpointPc(function) + image.bias();
        if (here.pc() != function.entryPc() + here.bias() || here.pc() == body) {
            return here.atStatement() ? new Next.Done() : finishLine(here);
        }
        return enterAt(body) ? run() : finishLine(here);
    }

    private boolean enterAt(long body) {
        doneAtTrap = true;
        return await(body, 0);
    }

    /** Through the linkage table: the linker may have to find the function first, which nobody wants to see. */
    private Next enterLinked(Position here, LoadedImage image) {
        String name =
                LinkageStub.target(image, here.pc(), payload.target().memory()).orElse(null);
        if (name == null) return leave(here);
        for (LoadedImage other : payload.images().all()) {
            for (FunctionScope function : other.symbols().functionsNamed(name)) {
                long body = other.symbols().breakpointPc(function);
                boolean hasLine = other.symbols().lineAt(body).isPresent();
                if (hasLine && enterAt(body + other.bias())) return run();
            }
        }
        return leave(here);
    }

    private Next finishLine(Position here) {
        startFrom(here);
        line = here.row();
        return goOn(here);
    }

    /** Runs to the caller. */
    private Next leave(Position here) {
        Unwinder.Frame caller = here.caller();
        if (caller == null) return new Next.Done();
        if (!await(caller)) return new Next.Done();
        doneAtTrap = false;
        return run();
    }

    /** Back in a caller: the rest of the line with the call is finished, whatever rows it has. */
    private Next returned(Position here) {
        if (here.row() == null) return new Next.Done();
        LineRow call = here.rowOfCall();
        boolean sameLine = call != null && here.sameLine(call);
        return !sameLine && here.atStatement() ? new Next.Done() : finishLine(here);
    }

    /** The start frame's function jumped to another one in its place. */
    private Next tailCalled(Position here) {
        return into ? enter(here) : leave(here);
    }
}
