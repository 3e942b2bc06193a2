package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.debugger.value.Storage;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.Location;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import io.kmdebug.symbols.VariableSymbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the source calls places in memory and registers, at one place of its code. */
final class SourceNames {
    private static final int MOST_DEPTH = 8;

    /** A variable with where it is. */
    record Variable(String name, Type type, Storage storage) {}

    /** A variable, or a part of one. */
    record Part(String expression, Type type) {}

    private final FaultPlace place;

    SourceNames(FaultPlace place) {
        this.place = place;
    }

    /** Locals and parameters at an address of the place's function, those of inlined functions first. */
    List<Variable> variables(long address) {
        List<Variable> found = new ArrayList<>();
        for (StackFrame frame : place.here()) {
            if (frame.function() == null || frame.image() == null) continue;
            Registers moved = place.registers().copy().set(AmdRegister.RIP, address);
            FrameContext own = frame.context();
            FrameContext context = new FrameContext(
                    moved,
                    own.cfa(),
                    own.memory(),
                    own.loadBias(),
                    own.threadLocals(),
                    own.caller(),
                    false,
                    own.image());
            List<VariableSymbol> all = new ArrayList<>(
                    frame.function().localsAt(address - frame.image().bias()));
            all.addAll(frame.function().parameters());
            for (VariableSymbol variable : all) add(variable, context, found);
        }
        return found;
    }

    private static void add(VariableSymbol variable, FrameContext context, List<Variable> into) {
        try {
            Location location = variable.locate(context);
            into.add(new Variable(variable.name(), variable.type(context), Storage.of(location, context.registers())));
        } catch (CorruptFileException e) {
            // one that cannot be located is not what is looked for
            System.getLogger(SourceNames.class.getName())
                    .log(System.Logger.Level.DEBUG, "a variable is left out of an analysis", e);
        }
    }

    /** The variable at a run-time address, with the member or element; locals before globals. */
    Optional<Part> at(long address, int size) {
        List<Variable> candidates = new ArrayList<>(variables(place.address()));
        StackFrame frame = place.frames().get(0);
        LoadedImage image = frame.image();
        if (image != null) {
            FrameContext context = FrameContext.ofImage(
                    place.payload().target().memory(),
                    image.bias(),
                    frame.context().threadLocals());
            for (VariableSymbol global : image.symbols().globalsAt(frame.lookupPc())) add(global, context, candidates);
        }
        for (Variable variable : candidates) {
            if (!(variable.storage() instanceof Storage.Memory m)) continue;
            long offset = address - m.address();
            boolean inside = Long.compareUnsigned(offset, variable.type().byteSize()) < 0;
            if (inside) return part(variable.name(), variable.type(), offset, size, 0);
        }
        return Optional.empty();
    }

    /**
     * What lies {@code offset} bytes behind where a pointer points to.
     *
     * @param pointer an expression of type {@code type}
     */
    Optional<Part> through(String pointer, Type type, long offset, int size) {
        if (!(type.stripped() instanceof PointerType p)) return Optional.empty();
        Type target = p.target().stripped();
        boolean unknown = target instanceof UnspecifiedType || p.target().byteSize() <= 0;
        if (unknown) return Optional.empty();
        long bytes = p.target().byteSize();
        long element = Math.floorDiv(offset, bytes);
        long within = Math.floorMod(offset, bytes);
        boolean composite = target instanceof CompositeType;
        if (element == 0 && composite) {
            String member = arrow(p) ? pointer + "->" : pointer + ".";
            Optional<Part> part = part(member, p.target(), within, size, 0);
            return part.filter(found -> !found.expression().equals(member));
        }
        boolean reference = p.kind() != PointerType.Kind.POINTER;
        String whole = reference ? pointer : element == 0 ? "*" + pointer : pointer + "[" + element + "]";
        return reference && element != 0 ? Optional.empty() : part(whole, p.target(), within, size, 0);
    }

    private boolean arrow(PointerType pointer) {
        boolean plain = pointer.kind() == PointerType.Kind.POINTER && !pointer.isNamed();
        var function = place.frames().get(0).function();
        Language language = function == null ? Language.C : function.language();
        return plain && language != Language.GO && language != Language.RUST;
    }

    /** @param expression of an object; one that ends with {@code .} or {@code ->} wants a member's name behind it */
    private static Optional<Part> part(String expression, Type type, long offset, int size, int depth) {
        Type bare = type.stripped();
        boolean whole = offset == 0
                && (size == 0 || size >= type.byteSize())
                && !expression.endsWith(".")
                && !expression.endsWith(">");
        if (whole || depth > MOST_DEPTH) return Optional.of(new Part(expression, type));
        if (bare instanceof CompositeType composite) {
            for (CompositeType.Member member : composite.members()) {
                long within = offset - member.byteOffset();
                boolean holds = member.virtualSlot() == 0
                        && member.bitSize() == 0
                        && within >= 0
                        && within < member.type().byteSize();
                if (!holds) continue;
                // a base class may end with padding in which the derived class has members
                Optional<Part> found = part(named(expression, member), member.type(), within, size, depth + 1);
                if (found.isPresent()) return found;
            }
            return Optional.empty();
        }
        if (bare instanceof ArrayType array) {
            long bytes = array.element().byteSize();
            if (bytes <= 0) return Optional.empty();
            String element = expression + "[" + offset / bytes + "]";
            return part(element, array.element(), offset % bytes, size, depth + 1);
        }
        return offset == 0 ? Optional.of(new Part(expression, type)) : Optional.empty();
    }

    private static String named(String expression, CompositeType.Member member) {
        if (member.name() == null || member.base()) return expression;
        boolean open = expression.endsWith(".") || expression.endsWith(">");
        return expression + (open ? "" : ".") + member.name();
    }
}
