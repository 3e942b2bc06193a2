package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import io.kmdebug.symbols.UnitContext.DieLocation;
import io.kmdebug.symbols.UnitContext.Passed;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What was in a register, or behind it, when a function was entered, as the entry of its caller's call site tells it.
 * DWARF 5 §2.5.1.7, §3.4. What a call passed is what the function got only where the call leads to it and the function
 * cannot have been entered again by a jump, so that both are made sure of.
 */
final class EntryValues {
    private static final int RSP = 7;
    private static final int MOST_FUNCTIONS = 200;

    private final FrameContext frame;
    private final UnitContext unit;
    private final Effort effort;
    private final BranchTarget branches;

    EntryValues(FrameContext frame, UnitContext unit, Effort effort) {
        this.frame = frame;
        this.unit = unit;
        this.effort = effort;
        ImageCode code = new ImageCode(address -> Optional.empty(), frame.memory());
        this.branches = new BranchTarget(code, frame.memory());
    }

    /** Of {@code expression}, which names a register, or memory that a register points to. */
    TypedValue of(Bytes expression) throws ValueUnavailableException {
        Cursor in = new Cursor(expression);
        int op = in.u1("operation");
        int register;
        BaseType type = null;
        boolean behind = false;
        if (op >= 0x50 && op <= 0x6f) {
            register = op - 0x50;
        } else if (op == 0x90) {
            register = (int) in.uleb("register");
        } else if (op >= 0x70 && op <= 0x8f && in.sleb("offset") == 0) {
            register = op - 0x70;
            behind = !in.atEnd();
            if (behind) skipDereference(in);
        } else if (op == 0xa5 || op == 0xf5) {
            register = (int) in.uleb("register");
            type = unit.baseType(in.uleb("type")).orElseThrow(() -> unknown("of a kind that is not known"));
        } else {
            throw unknown("computed from what was there at the function's entry");
        }
        if (!in.atEnd()) throw unknown("computed from what was there at the function's entry");
        if (behind) return TypedValue.generic(passed(new Passed.BehindRegister(register)));
        return TypedValue.of(ofRegister(register), type);
    }

    private static void skipDereference(Cursor in) throws ValueUnavailableException {
        int op = in.u1("operation");
        if (op == 0x94) in.u1("size");
        else if (op != 0x06) throw unknown("computed from what was there at the function's entry");
    }

    private long ofRegister(int number) throws ValueUnavailableException {
        if (number == RSP && frame.cfa().isPresent()) return frame.cfa().getAsLong() - 8;
        FrameContext caller = frame.caller();
        AmdRegister register = AmdRegister.byDwarf(number);
        // what calls keep has in the caller the value that it had at the call
        if (caller != null
                && register != null
                && CallFrames.isKept(number)
                && caller.registers().has(register)) {
            return caller.registers().get(register);
        }
        return passed(new Passed.InRegister(number));
    }

    /** What the call site says of the parameter at {@code infoOffset}. DW_OP_GNU_parameter_ref. */
    long ofParameter(long infoOffset) throws ValueUnavailableException {
        return passed(new Passed.Parameter(infoOffset));
    }

    private long passed(Passed what) throws ValueUnavailableException {
        FrameContext caller = frame.caller();
        if (caller == null || !caller.afterCall()) {
            throw new ValueUnavailableException(LocationEvaluator.OPTIMIZED_OUT);
        }
        DieLocation passed = atCall(caller, what).orElse(null);
        if (passed == null) throw new ValueUnavailableException(LocationEvaluator.OPTIMIZED_OUT);
        requireDirect(caller);
        requireEnteredOnce();
        return LocationEvaluator.value(LocationEvaluator.evaluate(passed, caller, effort.deeper()), caller);
    }

    /** What the caller's image, which may be another than the frame's, says of the call. DWARF 5 §3.4. */
    private Optional<DieLocation> atCall(FrameContext caller, Passed what) throws ValueUnavailableException {
        long returnPc = caller.registers().pc() - caller.loadBias();
        boolean same = caller.loadBias() == frame.loadBias() && caller.image() == frame.image();
        if (same) return unit.callSiteValue(returnPc, what);
        // a parameter's entry stands in the image of the function that has it
        if (what instanceof Passed.Parameter || !(caller.image() instanceof DwarfSymbols other)) {
            throw unknown("passed by another program file");
        }
        return other.callSiteValue(returnPc, what);
    }

    /** The call of the caller, or its jump where it left its place on the stack, leads to this frame's function. */
    private void requireDirect(FrameContext caller) throws ValueUnavailableException {
        long pc = caller.registers().pc();
        long target = branches.ofCallBefore(pc);
        if (target == 0) target = branches.ofJumpBefore(pc);
        if (target == 0) target = statedTarget(caller);
        if (target == 0) throw unknown("called through a pointer");
        if (target != entry()) throw unknown("reached through another function");
    }

    /** DW_AT_call_target; 0 when it is not there or not known any more. */
    private long statedTarget(FrameContext caller) throws ValueUnavailableException {
        DieLocation target = atCall(caller, new Passed.Target()).orElse(null);
        if (target == null) return 0;
        Location location = LocationEvaluator.evaluate(target, caller, effort.deeper());
        return location instanceof Location.Missing ? 0 : LocationEvaluator.value(location, caller);
    }

    private long entry() throws ValueUnavailableException {
        long entry = unit.functionEntry(frame.linkPc());
        if (entry == 0) throw unknown("in no known function");
        return entry + frame.loadBias();
    }

    /** No chain of jumps leads from the function back to it: then it would have got what the last jump passed. */
    private void requireEnteredOnce() throws ValueUnavailableException {
        long entry = entry();
        Set<Long> seen = new HashSet<>();
        if (returnsTo(entry, entry, seen)) throw unknown("the function may have jumped to itself");
    }

    private boolean returnsTo(long wanted, long function, Set<Long> seen) {
        if (!seen.add(function)) return false;
        if (seen.size() > MOST_FUNCTIONS) return true;
        for (long call : unit.tailCalls(function - frame.loadBias())) {
            long at = (call < 0 ? ~call : call) + frame.loadBias();
            long target = branches.ofJumpBefore(call < 0 ? branches.behindJump(at) : at);
            // a jump through a pointer may lead anywhere
            if (target == 0 || target == wanted || returnsTo(wanted, target, seen)) return true;
        }
        return false;
    }

    private static ValueUnavailableException unknown(String why) {
        return new ValueUnavailableException(LocationEvaluator.OPTIMIZED_OUT + " (" + why + ")");
    }
}
