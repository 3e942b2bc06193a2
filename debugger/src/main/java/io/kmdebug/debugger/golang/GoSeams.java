package io.kmdebug.debugger.golang;

import io.kmdebug.debugger.golang.GoRuntime.Machine;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.AddressRange;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.StackSeams;
import io.kmdebug.symbols.Unwinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the stacks of a Go program are sewn together: a goroutine's goes on behind {@code systemstack}, {@code mcall},
 * {@code morestack} and {@code asmcgocall}, which run on their thread's own stack; {@code sigpanic} and
 * {@code asyncPreempt} look like calls where a signal came.
 */
final class GoSeams implements StackSeams {
    private static final List<String> SWITCHES =
            List.of("runtime.systemstack", "runtime.mcall", "runtime.morestack", "runtime.asmcgocall");
    private static final List<String> INJECTED =
            List.of("runtime.sigpanic", "runtime.sigpanic0", "runtime.asyncPreempt", "runtime.debugCallV2");

    private final Goroutines goroutines;
    private final LoadedImage image;
    private @Nullable List<AddressRange> switches;
    private @Nullable List<AddressRange> injected;

    GoSeams(Goroutines goroutines, LoadedImage image) {
        this.goroutines = goroutines;
        this.image = image;
    }

    LoadedImage image() {
        return image;
    }

    @Override
    public @Nullable Seam at(Optional<Unwinder.Image> holder, long lookupPc, Registers registers, MemoryReader memory) {
        if (holder.isEmpty() || !holder.get().equals(image.image())) return null;
        long linked = lookupPc - image.bias();
        if (contains(injected(), linked)) return new Seam.Injected();
        return contains(switches(), linked) ? behindSwitch(registers) : null;
    }

    private @Nullable Seam behindSwitch(Registers registers) {
        GoRuntime go = goroutines.runtime();
        if (go == null) return null;
        try {
            for (Machine machine : goroutines.machines(go)) {
                if (!machine.isSchedulerStack(registers.sp())) continue;
                if (machine.current() == 0) return new Seam.Bottom("the scheduler's stack begins here");
                return go.parkedAt(machine.current())
                        .map(saved -> toGoroutine(saved, registers))
                        .orElse(null);
            }
        } catch (UnreadableMemoryException e) {
            return new Seam.Bottom("the goroutine's stack is not known: " + e.getMessage());
        }
        return null;
    }

    private Seam toGoroutine(Registers saved, Registers thread) {
        for (AmdRegister register : new AmdRegister[] {AmdRegister.FS_BASE, AmdRegister.GS_BASE}) {
            if (thread.has(register)) saved.set(register, thread.get(register));
        }
        return new Seam.Switch(saved, isAfterCall(saved.pc()));
    }

    /** A goroutine that has not begun yet is parked at its function's entry. */
    boolean isAfterCall(long pc) {
        long linked = pc - image.bias();
        for (FunctionScope scope : image.symbols().scopesAt(linked)) {
            if (scope.entryPc() == linked) return false;
        }
        return true;
    }

    private static boolean contains(List<AddressRange> ranges, long pc) {
        for (AddressRange range : ranges) if (range.contains(pc)) return true;
        return false;
    }

    private List<AddressRange> switches() {
        List<AddressRange> known = switches;
        if (known == null) switches = known = ranges(SWITCHES);
        return known;
    }

    private List<AddressRange> injected() {
        List<AddressRange> known = injected;
        if (known == null) injected = known = ranges(INJECTED);
        return known;
    }

    private List<AddressRange> ranges(List<String> names) {
        List<AddressRange> ranges = new ArrayList<>();
        for (String name : names) {
            for (FunctionScope function : image.symbols().functionsNamed(name)) ranges.addAll(function.ranges());
        }
        return ranges;
    }
}
