package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.symbols.FunctionScope;
import java.util.HashSet;
import java.util.Set;

/** Breakpoints that the session sets for itself: at the dynamic linker's hook, and once at main. */
final class OwnBreakpoints {
    private final PlantedBreakpoints planted;
    private final Set<Long> hooks = new HashSet<>();
    private long main;

    OwnBreakpoints(PlantedBreakpoints planted) {
        this.planted = planted;
    }

    /** Where the dynamic linker can be watched: stops there are not shown. */
    void addHook(long address) {
        if (!hooks.contains(address) && planted.insert(address)) hooks.add(address);
    }

    boolean isHook(long address) {
        return hooks.contains(address);
    }

    /** Stops once at the beginning of main. Returns whether there is one. */
    boolean trapMain(LoadedImage program) {
        for (FunctionScope function : program.symbols().functionsNamed("main")) {
            return trap(program.symbols().breakpointPc(function) + program.bias());
        }
        return program.symbols().symbolsNamed("main").stream()
                .filter(s -> s.isFunction() && s.section() != 0)
                .findFirst()
                .map(s -> trap(s.value() + program.bias()))
                .orElse(false);
    }

    private boolean trap(long address) {
        if (!planted.insert(address)) return false;
        main = address;
        return true;
    }

    boolean isMain(long address) {
        return main != 0 && address == main;
    }

    /** The payload has stopped for the user, at main or before it. */
    void forgetMain() {
        if (main == 0) return;
        planted.remove(main);
        main = 0;
    }
}
