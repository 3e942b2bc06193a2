package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.expression.ThreadView;
import io.kmdebug.debugger.golang.Goroutines;
import io.kmdebug.debugger.target.ImageList;
import io.kmdebug.debugger.target.ImageLoader;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.debugger.target.Target;
import io.kmdebug.debugger.target.ThreadStorage;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.LineRow;
import io.kmdebug.symbols.ThreadLocals;
import io.kmdebug.symbols.Unwinder;
import io.kmdebug.symbols.demangle.Demangler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** What is debugged: a target, the images in its memory, and where their sources are. */
record Payload(
        Target target,
        ImageList images,
        ImageLoader loader,
        SourcePaths sources,
        Unwinder unwinder,
        Goroutines goroutines,
        Consumer<String> notices) {
    /** @param notices told what is missing or odd, for the user */
    Payload(Target target, ImageList images, ImageLoader loader, SourcePaths sources, Consumer<String> notices) {
        this(
                target,
                images,
                loader,
                sources,
                Unwinder.over(images::forUnwinding, target::mayExecute),
                new Goroutines(target, images, notices),
                notices);
    }

    /** Says openly that frames of {@code image} cannot show more than symbols, or not even those; once. */
    void sayWithoutDebugInfo(LoadedImage image) {
        notices.accept(image.name() + ": " + image.symbols().status()
                + ". Its frames have the names of symbols where there are any, and no lines, arguments or variables.");
    }

    /** Threads of the operating system, then goroutines. */
    List<ThreadInfo> threads() {
        List<ThreadInfo> listed = goroutines.listed();
        if (listed.isEmpty()) return target.threads();
        List<ThreadInfo> all = new ArrayList<>(target.threads());
        all.addAll(listed);
        return all;
    }

    /** The thread of the operating system that is or has {@code id}; 0 for a goroutine that is parked. */
    long thread(long id) {
        return Goroutines.isGoroutine(id) ? goroutines.named(id).thread() : id;
    }

    /** The registers of a thread or goroutine; of a parked one those with which it goes on. */
    Registers registers(long id) {
        long thread = thread(id);
        return thread == 0 ? goroutines.named(id).registers() : target.registers(thread);
    }

    /** {@code main+4}, {@code counter}: the symbol that covers a run-time address. */
    Optional<String> symbolName(long address) {
        Optional<LoadedImage> image = images.at(address);
        if (image.isEmpty()) return Optional.empty();
        long linked = address - image.get().bias();
        return image.get().symbols().symbolAt(linked).map(symbol -> named(symbol, linked));
    }

    private static String named(ElfSymbol symbol, long linked) {
        long offset = linked - symbol.value();
        String name = Demangler.readable(symbol.name());
        return offset == 0 ? name : name + "+" + Long.toUnsignedString(offset);
    }

    /** The row of the line table at a run-time address; its addresses are link-time. */
    Optional<LineRow> row(long address) {
        return images.at(address).flatMap(image -> image.symbols().lineAt(address - image.bias()));
    }

    Optional<SourceLocation> location(long address) {
        LoadedImage image = images.at(address).orElse(null);
        return image == null
                ? Optional.empty()
                : image.symbols()
                        .lineAt(address - image.bias())
                        .filter(row -> row.line() > 0)
                        .map(row -> location(row, image));
    }

    SourceLocation location(LineRow row, LoadedImage image) {
        return sources.location(row.file(), image.symbols(), row.line(), row.column());
    }

    List<Unwinder.Frame> walk(long tid, int limit) {
        if (thread(tid) != 0) return walk(registers(tid), limit);
        boolean afterCall = goroutines.isAfterCall(registers(tid).pc());
        return unwinder.walk(registers(tid), afterCall, target.memory(), limit, goroutines.seams());
    }

    List<Unwinder.Frame> walk(Registers registers, int limit) {
        return unwinder.walk(registers, false, target.memory(), limit, goroutines.seams());
    }

    /** The canonical frame address of the innermost frame. */
    OptionalLong frameAddress(Registers registers) {
        return unwinder.frameAddress(registers, target.memory(), goroutines.seams());
    }

    /** The functions between two frames of a walk that are gone from the stack. */
    List<Unwinder.Frame> tailCallers(Unwinder.Frame callee, long entry, Unwinder.Frame caller) {
        return unwinder.tailCallers(callee, entry, caller, target.memory());
    }

    /** Where an image's data are that are not in it, for a thread; nothing is read before it is asked for. */
    ThreadLocals threadLocals(Unwinder.Image image, long tid) {
        return new ThreadLocals() {
            @Override
            public Block block() {
                return new ThreadStorage(target, images).block(image, registers(tid));
            }

            @Override
            public long moved(long address) {
                return images.moved(image, address);
            }
        };
    }

    /** A thread as expressions look at it. */
    ThreadView view(long tid) {
        return new ThreadView() {
            @Override
            public ThreadLocals threadLocals(Unwinder.Image image) {
                return Payload.this.threadLocals(image, tid);
            }

            @Override
            public OptionalLong errno() {
                return new ThreadStorage(target, images).errno(registers(tid));
            }
        };
    }
}
