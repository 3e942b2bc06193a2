package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.VariableTree;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rust's standard library, from 1.63 on: its types by their paths, which moved between versions. */
final class LibraryTypes {
    private LibraryTypes() {}

    /** Makes a presentation of one of the library's objects. */
    private interface Maker {
        @Nullable
        Presentation make(Part part, ProgramView program);
    }

    static @Nullable Recipe recipe(String path, CompositeType type) {
        if (!path.startsWith("alloc::") && !path.startsWith("core::") && !path.startsWith("std::")) return null;
        Maker maker = maker(RustName.last(path), path, type);
        return maker == null ? null : (value, program) -> maker.make(new Part(value, program.memory()), program);
    }

    private static @Nullable Maker maker(String last, String path, CompositeType type) {
        return switch (last) {
            case "String" -> (part, program) -> bytes(part.at("vec"));
            case "OsString" -> (part, program) -> bytes(innermost(part, "Vec"));
            case "PathBuf" -> (part, program) -> bytes(innermost(part, "Vec"));
            case "CString" ->
                (part, program) -> {
                    Part fat = RustParts.pointer(part.at("inner"));
                    return RustPointers.text(
                            fat.at("data_ptr").address(), fat.at("length").number() - 1);
                };
            case "Vec" -> (part, program) -> vector(part);
            case "VecDeque" -> (part, program) -> ring(part);
            case "BinaryHeap" -> (part, program) -> vector(part.at("data"));
            case "LinkedList" -> (part, program) -> chain(part);
            case "HashMap" -> path.startsWith("std::") ? (part, program) -> RustTables.map(part) : null;
            case "HashSet" -> path.startsWith("std::") ? (part, program) -> RustTables.set(part) : null;
            case "BTreeMap" -> (part, program) -> RustTree.map(part);
            case "BTreeSet" -> (part, program) -> RustTree.set(part);
            case "Rc", "Arc" ->
                (part, program) -> RustPointers.shared(RustParts.pointer(part.at("ptr")), type.name(), program);
            case "Weak" -> (part, program) -> RustLine.of(out -> out.text("(Weak)"));
            case "Box" -> (part, program) -> box(part, program);
            case "Pin" ->
                (part, program) -> new RustWrapper(
                        RustParts.either(part, "__pointer", "pointer").value());
            case "UnsafeCell", "ManuallyDrop", "MaybeDangling", "Wrapping", "Saturating" ->
                (part, program) ->
                        new RustWrapper(RustParts.either(part, "value", "__0").value());
            case "NonNull", "Unique" ->
                (part, program) -> new RustWrapper(RustParts.pointer(part).value());
            case "Cell" ->
                (part, program) ->
                        field("Cell", "value", part.at("value", "value").value());
            case "RefCell" -> (part, program) -> refCell(part);
            case "Ref" ->
                (part, program) -> new RustWrapper(
                        RustParts.pointer(part.at("value")).pointed().value());
            case "RefMut" ->
                (part, program) -> new RustWrapper(
                        RustParts.pointer(part.at("value")).pointed().value());
            case "Mutex", "RwLock" -> path.startsWith("std::sync::") ? (part, program) -> lock(last, part) : null;
            case "Duration" -> (part, program) -> duration(part);
            case "Ipv4Addr" -> (part, program) -> address(part);
            case "Range" -> (part, program) -> range(part, "..");
            case "RangeInclusive" -> (part, program) -> range(part, "..=");
            default ->
                path.startsWith("core::num::nonzero::") || path.startsWith("core::sync::atomic::Atomic")
                        ? (part, program) -> number(path, part)
                        : null;
        };
    }

    private static @Nullable Presentation number(String path, Part part) {
        if (path.contains("AtomicPtr"))
            return new RustWrapper(RustParts.pointer(part).value());
        Value number = RustParts.scalar(part).value();
        if (path.endsWith("AtomicBool")) {
            boolean set = new Part(number, part.memory()).number() != 0;
            return RustLine.of(out -> out.text(set ? "true" : "false"));
        }
        return RustLine.of(out -> out.value(number));
    }

    /** A vector of bytes that are text. */
    private static Presentation bytes(Part vector) {
        return RustPointers.text(
                RustParts.pointer(vector.at("buf")).address(), vector.at("len").number());
    }

    /** The object of the library that wrappers with one field lie around. */
    private static Part innermost(Part part, String name) {
        Part at = part;
        for (int depth = 0; depth < 8; depth++) {
            if (RustName.last(at.type().name()).equals(name)) return at;
            at = RustParts.either(at, "inner", "__0", "bytes");
        }
        throw new NotInitialised(part.type().name() + " holds no " + name);
    }

    private static Presentation vector(Part vector) {
        long count = vector.at("len").number();
        Part buffer = vector.at("buf");
        Type element = RustParts.argument(vector.type(), 0);
        long room = capacity(buffer);
        if (element.byteSize() > 0 && Long.compareUnsigned(count, room) > 0) {
            throw new NotInitialised(
                    Long.toUnsignedString(count) + " elements in room for " + Long.toUnsignedString(room));
        }
        return RustList.at(element, RustParts.pointer(buffer).address(), count);
    }

    private static long capacity(Part buffer) {
        Part inner = buffer.find("inner").orElse(buffer);
        return RustParts.number(inner.at("cap"));
    }

    /** Elements in a ring; until Rust 1.66 with its end, which is never reached, in place of a length. */
    private static Presentation ring(Part ring) {
        Part buffer = ring.at("buf");
        long room = capacity(buffer);
        long start = ring.find("tail").orElseGet(() -> ring.at("head")).number();
        long count = ring.find("len").isPresent()
                ? ring.at("len").number()
                : (ring.at("head").number() - start) & (room - 1);
        Type element = RustParts.argument(ring.type(), 0);
        long address = RustParts.pointer(buffer).address();
        long size = element.byteSize();
        boolean fits = start >= 0 && count >= 0 && (size == 0 || (start <= room && count <= room));
        if (!fits) throw new NotInitialised(count + " elements from " + start + " on in room for " + room);
        return new RustList(
                count,
                i -> {
                    long at = start + i;
                    return Value.inMemory(element, address + (at >= room && size > 0 ? at - room : at) * size);
                },
                false,
                true);
    }

    /** Nodes are reached one from another: each is remembered. */
    private static Presentation chain(Part list) {
        long count = list.at("len").number();
        List<Part> nodes = new ArrayList<>();
        return new RustList(
                count,
                i -> {
                    while (nodes.size() <= i) {
                        Part link = nodes.isEmpty()
                                ? list.at("head")
                                : nodes.get(nodes.size() - 1).at("next");
                        nodes.add(RustParts.pointer(RustEnum.fields(link)).pointed());
                    }
                    return nodes.get((int) i).at("element").value();
                },
                false,
                true);
    }

    private static @Nullable Presentation box(Part part, ProgramView program) {
        if (RustParts.isFat(part.type())) return RustPointers.fat(part, program);
        Part pointer = RustParts.pointer(part);
        if (RustParts.isFat(pointer.type())) return RustPointers.fat(pointer, program);
        return pointer.type() instanceof PointerType
                ? new RustWrapper(pointer.pointed().value())
                : null;
    }

    private static Presentation field(String name, String field, Value value) {
        return new RustLine(
                out -> out.text(name + " { " + field + ": ").value(value).text(" }"),
                Children.named(new VariableTree.Variable(field, () -> value, null)),
                null);
    }

    private static Presentation refCell(Part cell) {
        long borrows = RustParts.number(cell.at("borrow"));
        Value value = cell.at("value", "value").value();
        String state = borrows == 0 ? "" : borrows < 0 ? ", borrowed mutably" : ", borrowed " + borrows + " times";
        return new RustLine(
                out -> out.text("RefCell { value: ").value(value).text(state + " }"),
                Children.named(
                        new VariableTree.Variable("value", () -> value, null),
                        new VariableTree.Variable(
                                "borrow",
                                () -> RustParts.scalar(cell.at("borrow")).value(),
                                null)),
                null);
    }

    private static Presentation lock(String name, Part lock) {
        Value value = lock.at("data", "value").value();
        boolean poisoned = RustParts.number(lock.at("poison")) != 0;
        return new RustLine(
                out -> out.text(name + " { data: ").value(value).text(", poisoned: " + poisoned + ", .. }"),
                Children.named(
                        new VariableTree.Variable("data", () -> value, null),
                        new VariableTree.Variable(
                                "state",
                                () -> RustParts.scalar(lock.at("inner")).value(),
                                null)),
                null);
    }

    /** With the largest unit that it has a whole part in. */
    private static Presentation duration(Part part) {
        long seconds = RustParts.number(part.at("secs"));
        long nanos = RustParts.number(part.at("nanos"));
        if (nanos < 0 || nanos > 999_999_999) throw new NotInitialised(nanos + " nanoseconds");
        String text;
        if (seconds != 0) text = decimal(new BigDecimal(Long.toUnsignedString(seconds)), nanos, 9) + "s";
        else if (nanos >= 1_000_000) text = decimal(BigDecimal.ZERO, nanos, 6) + "ms";
        else if (nanos >= 1000) text = decimal(BigDecimal.ZERO, nanos, 3) + "µs";
        else text = nanos + "ns";
        return RustLine.of(out -> out.text(text));
    }

    private static String decimal(BigDecimal whole, long nanos, int places) {
        BigDecimal sum = whole.add(BigDecimal.valueOf(nanos, places));
        return sum.signum() == 0 ? "0" : sum.stripTrailingZeros().toPlainString();
    }

    private static Presentation address(Part part) {
        byte[] octets = RustParts.either(part, "octets", "inner").bytes();
        if (octets.length != 4) throw new NotInitialised(octets.length + " octets");
        int[] o = {octets[0] & 0xff, octets[1] & 0xff, octets[2] & 0xff, octets[3] & 0xff};
        return RustLine.of(out -> out.text(o[0] + "." + o[1] + "." + o[2] + "." + o[3]));
    }

    private static Presentation range(Part part, String dots) {
        Value start = part.at("start").value();
        Value end = part.at("end").value();
        return new RustLine(
                (Summary out) -> out.value(start).text(dots).value(end),
                Children.named(
                        new VariableTree.Variable("start", () -> start, ".start"),
                        new VariableTree.Variable("end", () -> end, ".end")),
                null);
    }
}
