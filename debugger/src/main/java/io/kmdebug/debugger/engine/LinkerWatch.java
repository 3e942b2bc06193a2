package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.AuxVector;

/** Libraries are known when the dynamic linker has run; then, and whenever it changes its list, they are looked at. */
final class LinkerWatch {
    private final Payload payload;
    private final OwnBreakpoints own;

    LinkerWatch(Payload payload, OwnBreakpoints own) {
        this.payload = payload;
        this.own = own;
    }

    void begin() {
        LoadedImage main = payload.images().main().orElse(null);
        if (main == null || main.symbols().file().interpreter().isEmpty()) return;
        payload.loader().addShared();
        payload.loader()
                .linkerHook()
                .ifPresentOrElse(
                        own::addHook,
                        () -> payload.target().auxv().get(AuxVector.AT_ENTRY).ifPresent(own::addHook));
    }

    /** A hook was met. Returns whether there are new images. */
    boolean changed() {
        boolean any = payload.loader().addShared();
        payload.loader().linkerHook().ifPresent(own::addHook);
        return any;
    }
}
