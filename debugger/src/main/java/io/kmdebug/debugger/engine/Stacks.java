package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.SourceFile;
import io.kmdebug.symbols.ThreadLocals;
import io.kmdebug.symbols.Unwinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The stacks of this stop, walked as far as someone has looked. */
final class Stacks {
    /** Activations of a whole stack; deeper ones are runaway recursion, and nobody reads them all. */
    private static final int MAX_ACTIVATIONS = 20_000;

    private static final int FIRST_ACTIVATIONS = 16;

    private final Payload payload;
    private final Map<Long, Walk> walks = new HashMap<>();
    private final Map<Integer, StackFrame> byId = new HashMap<>();
    /** By program counter: threads stand at the same places. */
    private final Map<Long, CodeAt> called = new HashMap<>();

    private final Map<Long, CodeAt> interrupted = new HashMap<>();
    private int nextId = 1;

    /** @param complete whether the walk came to its end */
    private record Walk(List<StackFrame> frames, int activations, boolean complete) {}

    /**
     * An activation, or a function that jumped to the one further in, and where it stands.
     *
     * @param code null where there is no image, and in a signal's trampoline
     */
    private record Place(
            int depth,
            Unwinder.Frame activation,
            @Nullable LoadedImage image,
            @Nullable CodeAt code) {
        long lookup() {
            return code == null ? 0 : code.lookup();
        }

        List<FunctionScope> scopes() {
            return code == null ? List.of() : code.scopes();
        }
    }

    /** @param total frames of the whole stack where it is known, else one more than were asked for */
    record Page(List<StackFrame> frames, int total) {}

    Stacks(Payload payload) {
        this.payload = payload;
    }

    /** The payload goes on: frame ids end. */
    void forget() {
        walks.clear();
        byId.clear();
        called.clear();
        interrupted.clear();
    }

    /** Registers have changed: stacks are walked again when they are asked for; frames that were given out stay. */
    void walkAgain() {
        walks.clear();
    }

    StackFrame frame(int id) {
        StackFrame frame = byId.get(id);
        if (frame == null) throw new DebuggerException("Frame " + id + " is not valid any more.");
        return frame;
    }

    /** The innermost frame; there always is one. */
    StackFrame top(long tid) {
        return page(tid, 0, 1).frames().get(0);
    }

    /** @param levels 0 for all */
    Page page(long tid, int start, int levels) {
        int wanted = levels == 0 ? Integer.MAX_VALUE : start + levels;
        Walk walk = walkTo(tid, wanted);
        List<StackFrame> frames = walk.frames;
        int from = Math.min(start, frames.size());
        int to = Math.min(wanted, frames.size());
        int total = walk.complete ? frames.size() : wanted + 1;
        return new Page(frames.subList(from, to), total);
    }

    private Walk walkTo(long tid, int wanted) {
        Walk walk = walks.get(tid);
        int limit = walk == null ? FIRST_ACTIVATIONS : walk.activations;
        while (walk == null || (!walk.complete && walk.frames.size() < wanted)) {
            if (walk != null) limit = wanted > MAX_ACTIVATIONS ? MAX_ACTIVATIONS : Math.max(limit * 4, wanted);
            limit = Math.min(limit, MAX_ACTIVATIONS);
            walk = walk(tid, limit, walk == null ? List.of() : walk.frames);
            walks.put(tid, walk);
        }
        return walk;
    }

    /** One more activation is walked than is shown, since a frame's values may depend on its caller. */
    private Walk walk(long tid, int limit, List<StackFrame> known) {
        List<Unwinder.Frame> walked = payload.walk(tid, limit + 1);
        boolean complete = walked.size() <= limit || limit >= MAX_ACTIVATIONS;
        List<Place> places = places(walked);
        List<FrameContext> contexts = contexts(tid, places);
        List<StackFrame> frames = new ArrayList<>(known);
        int last = Math.min(limit, walked.size()) - 1;
        int from = known.isEmpty() ? 0 : known.get(known.size() - 1).depth() + 1;
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            if (place.depth < from || place.depth > last) continue;
            String end = null;
            boolean outermost = i + 1 == places.size() || places.get(i + 1).depth > last;
            if (complete && outermost) {
                boolean cut = walked.size() > limit;
                end = cut ? "limit of " + MAX_ACTIVATIONS + " frames" : place.activation.endReason();
            }
            expand(tid, place, contexts.get(i), end, frames);
        }
        return new Walk(frames, limit, complete);
    }

    /** The activations, each with what is inlined at its pc, and the functions that jumped to it behind it. */
    private List<Place> places(List<Unwinder.Frame> walked) {
        List<Place> places = new ArrayList<>(walked.size());
        for (int depth = 0; depth < walked.size(); depth++) {
            Place place = place(depth, walked.get(depth));
            places.add(place);
            if (depth + 1 == walked.size() || place.image == null) continue;
            long entry = place.code == null ? 0 : place.code.entry();
            for (Unwinder.Frame gone : payload.tailCallers(place.activation, entry, walked.get(depth + 1))) {
                places.add(place(depth, gone));
            }
        }
        return places;
    }

    private Place place(int depth, Unwinder.Frame activation) {
        LoadedImage image = payload.images().at(activation.pc()).orElse(null);
        if (image == null || activation.signalFrame()) return new Place(depth, activation, image, null);
        Map<Long, CodeAt> known = activation.afterCall() ? called : interrupted;
        CodeAt code =
                known.computeIfAbsent(activation.pc(), pc -> new CodeAt(payload, image, pc, activation.afterCall()));
        return new Place(depth, activation, image, code);
    }

    private List<FrameContext> contexts(long tid, List<Place> places) {
        FrameContext[] contexts = new FrameContext[places.size()];
        FrameContext caller = null;
        for (int i = contexts.length - 1; i >= 0; i--) {
            Unwinder.Frame activation = places.get(i).activation;
            ThreadLocals tls = activation
                    .image()
                    .map(image -> payload.threadLocals(image, tid))
                    .orElseGet(() -> ThreadLocals.at(OptionalLong.empty()));
            long bias = activation.image().map(Unwinder.Image::loadBias).orElse(0L);
            caller = new FrameContext(
                    activation.registers(),
                    activation.cfa(),
                    payload.target().memory(),
                    bias,
                    tls,
                    caller,
                    activation.afterCall(),
                    activation.image().map(Unwinder.Image::symbols).orElse(null));
            contexts[i] = caller;
        }
        return List.of(contexts);
    }

    /** An activation and what is inlined into it at its pc, innermost first. */
    private void expand(long tid, Place place, FrameContext context, @Nullable String end, List<StackFrame> into) {
        LoadedImage image = place.image;
        Unwinder.Frame activation = place.activation;
        CodeAt code = place.code;
        if (image == null || code == null) {
            String name = activation.signalFrame() ? "<signal handler called>" : CodeAt.unknown(activation.pc());
            add(into, tid, place, context, name, null, null, end);
            return;
        }
        SourceLocation location = code.location();
        List<FunctionScope> scopes = code.scopes();
        if (scopes.isEmpty()) {
            if (image.main() && !image.symbols().hasDebugInfo()) payload.sayWithoutDebugInfo(image);
            add(into, tid, place, context, code.symbol(), null, location, end);
            return;
        }
        for (int i = 0; i < scopes.size(); i++) {
            FunctionScope scope = scopes.get(i);
            boolean last = i == scopes.size() - 1;
            add(into, tid, place, context, code.name(i), scope, location, last ? end : null);
            location = callSite(scope, image);
        }
    }

    private @Nullable SourceLocation callSite(FunctionScope inlined, LoadedImage image) {
        SourceFile file = inlined.callFile();
        if (file == null || inlined.callLine() == 0) return null;
        return payload.sources().location(file, image.symbols(), inlined.callLine(), inlined.callColumn());
    }

    private void add(
            List<StackFrame> into,
            long tid,
            Place place,
            FrameContext context,
            String name,
            @Nullable FunctionScope function,
            @Nullable SourceLocation location,
            @Nullable String end) {
        StackFrame frame = new StackFrame(
                nextId++,
                tid,
                place.depth,
                place.activation,
                context,
                name,
                function,
                place.image,
                place.lookup(),
                location,
                end);
        byId.put(frame.id(), frame);
        into.add(frame);
    }
}
