package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.GoType;
import io.kmdebug.symbols.Type;

/** A map: {@code len=2 {["ann"]=30, ["bob"]=25}}, in the order in which its table has them. */
public final class GoMap implements Presentation {
    private final long count;
    private final MapEntries entries;

    private GoMap(long count, MapEntries entries) {
        this.count = count;
        this.entries = entries;
    }

    /** Receives the entries of a map one by one. */
    interface MapEntries {
        /**
         * The entry that is met as number {@code index}.
         *
         * @throws NotInitialised when there are not so many
         */
        Summary.Pair at(long index);
    }

    static Presentation of(GoType type, Part map) {
        if (map.address() == 0) return new Nil("nil");
        return table(type, map);
    }

    /** The map that a value of a map type points to; a nil map is {@link NotInitialised}. */
    static GoMap table(GoType type, Part map) {
        Part table = map.pointed();
        Type key = type.key();
        Type element = type.element();
        if (key == null || element == null) throw new NotInitialised("its type says nothing of keys and elements");
        long count =
                table.find("count").or(() -> table.find("used")).orElseThrow().number();
        if (count < 0 || count > 1L << 40) throw new NotInitialised("it would have " + count + " entries");
        boolean swiss = table.find("dirPtr").isPresent();
        return new GoMap(count, swiss ? new SwissEntries(table, key, element) : new BucketEntries(table, key, element));
    }

    public long count() {
        return count;
    }

    /** See {@link MapEntries#at}. */
    public Summary.Pair at(long index) {
        return entries.at(index);
    }

    /** The map behind a value of a map type, or null for a nil map or another type. */
    public static @org.jspecify.annotations.Nullable GoMap of(Value value, io.kmdebug.machine.MemoryReader memory) {
        GoType type = GoType.of(value.type());
        if (type == null || type.kind() != GoType.Kind.MAP) return null;
        Part map = new Part(value, memory);
        return map.address() == 0 ? null : table(type, map);
    }

    @Override
    public void summarize(Summary out) {
        if (out.outermost()) out.text("len=" + count + " ");
        out.pairs(count, entries::at);
    }

    @Override
    public Children children() {
        return Children.pairs(count, entries::at);
    }
}
