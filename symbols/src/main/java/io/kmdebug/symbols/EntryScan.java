package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the entries of one unit as fast as it can, for whoever looks at very many of them: forms are looked up
 * once for each abbreviation, entries are read from a small window of bytes, and only the places of a few attributes are
 * noted. Not thread-safe. See {@link Die} for the reader of single entries.
 */
final class EntryScan {
    private static final int WINDOW = 1 << 14;
    /** Codes above this have their plan made each time: compilers count from 1. */
    private static final int MAX_PLANS = 1 << 16;

    private static final int KNOWN_STRINGS = 1 << 14;

    /** How to get over the entries of one abbreviation; offsets are from the first attribute. */
    private static final class Plan {
        final Abbreviations.Shape shape;
        /** Bytes of each form; {@link Form#VARIABLE} for those that say it themselves. */
        final int[] sizes;
        /** Bytes of all attributes; {@link Form#VARIABLE} when that differs from entry to entry. */
        final int fixed;

        final int name;
        final int linkageName;
        final int sibling;
        final boolean code;
        final boolean declaration;
        final boolean origin;

        Plan(Abbreviations.Shape shape, Unit unit) {
            this.shape = shape;
            int[] forms = shape.forms();
            sizes = new int[forms.length];
            int sum = 0;
            for (int i = 0; i < forms.length; i++) {
                sizes[i] = Form.size(forms[i], unit);
                sum = sum == Form.VARIABLE || sizes[i] == Form.VARIABLE ? Form.VARIABLE : sum + sizes[i];
            }
            fixed = sum;
            name = shape.indexOf(Attribute.NAME);
            int linkage = shape.indexOf(Attribute.LINKAGE_NAME);
            linkageName = linkage >= 0 ? linkage : shape.indexOf(Attribute.MIPS_LINKAGE_NAME);
            sibling = shape.indexOf(Attribute.SIBLING);
            code = shape.indexOf(Attribute.LOW_PC) >= 0 || shape.indexOf(Attribute.RANGES) >= 0;
            declaration = shape.indexOf(Attribute.DECLARATION) >= 0;
            origin = shape.indexOf(Attribute.SPECIFICATION) >= 0 || shape.indexOf(Attribute.ABSTRACT_ORIGIN) >= 0;
        }
    }

    private final byte[] window = new byte[WINDOW];
    /** The place of a string and its hash, where it was met last; place 0 stands for none. */
    private final long[] knownPlaces = new long[KNOWN_STRINGS];

    private final int[] knownHashes = new int[KNOWN_STRINGS];
    private final byte[] text = new byte[64];

    private Unit unit;
    private Bytes data;
    private Abbreviations abbreviations;
    private @Nullable Plan[] plans = new Plan[256];
    private @Nullable Die slow;

    private long windowStart;
    private int windowEnd;
    private int at;

    private long offset;
    private @Nullable Plan plan;
    /** Of the attributes of the entry, where their values begin; filled when the entry's size is not fixed. */
    private long[] places = new long[32];

    private long attributes;

    EntryScan(Unit unit) {
        this.unit = unit;
        this.data = unit.data();
        this.abbreviations = unit.abbreviations();
    }

    /** Goes on with another unit; what is known of the strings of the same file stays. */
    void reset(Unit next) {
        if (next.sections() != unit.sections()) Arrays.fill(knownPlaces, 0);
        Abbreviations table = next.abbreviations();
        boolean same = table == abbreviations
                && next.version() == unit.version()
                && next.addressSize() == unit.addressSize()
                && next.offsetSize() == unit.offsetSize();
        if (!same) Arrays.fill(plans, null);
        unit = next;
        data = next.data();
        abbreviations = table;
        slow = null;
        windowStart = 0;
        windowEnd = 0;
        at = 0;
    }

    Unit unit() {
        return unit;
    }

    /** Offset of the current entry from the start of its section. */
    long offset() {
        return offset;
    }

    /** Offset of the current entry from its unit's header. */
    long offsetInUnit() {
        return offset - unit.offset();
    }

    int tag() {
        return plan().shape.tag();
    }

    boolean hasChildren() {
        return plan().shape.hasChildren();
    }

    boolean has(int attribute) {
        return plan().shape.indexOf(attribute) >= 0;
    }

    /** Whether the entry has DW_AT_low_pc or DW_AT_ranges. */
    boolean hasCode() {
        return plan().code;
    }

    boolean isDeclaration() {
        return plan().declaration && die().flag(Attribute.DECLARATION);
    }

    /** The entry for closer examination: one object, which moves on with this. */
    Die die() {
        Die die = slow;
        if (die == null) slow = die = new Die(unit);
        if (die.offset() != offset || !die.isAtEntry()) die.seek(offset);
        return die;
    }

    /** Moves to the entry at {@code next}. False for the null entry that ends a list, and for the unit's end. */
    boolean seek(long next) {
        moveTo(next);
        return read();
    }

    /** Moves to what stands behind the current entry: its first child, its sibling, or the end of its list. */
    boolean next() {
        return read();
    }

    /** Where {@link #next} will read. */
    long position() {
        return windowStart + at;
    }

    boolean atEnd() {
        return position() >= unit.end();
    }

    /** Moves behind the children of the current entry, which is one that has some. */
    void skipChildren() {
        Plan current = plan();
        if (current.sibling >= 0) {
            long target = sibling(current);
            if (target > offset && target <= unit.end()) {
                moveTo(target);
                return;
            }
        }
        long entry = offset;
        int depth = 1;
        while (depth > 0 && !atEnd()) {
            if (!read()) depth--;
            else if (!plan().shape.hasChildren()) continue;
            else if (plan().sibling < 0) depth++;
            else {
                long target = sibling(plan());
                if (target > offset && target <= unit.end()) moveTo(target);
                else depth++;
            }
        }
        offset = entry;
        plan = current;
    }

    private long sibling(Plan current) {
        int form = current.shape.forms()[current.sibling];
        long place = place(current.sibling);
        return switch (form) {
            case Form.REF1 -> unit.offset() + data.u1(place);
            case Form.REF2 -> unit.offset() + data.u2(place);
            case Form.REF4 -> unit.offset() + u4(place);
            case Form.REF8 -> unit.offset() + data.u8(place);
            default -> {
                DieRef target = die().target(Attribute.SIBLING);
                yield target == null ? 0 : target.offset();
            }
        };
    }

    /** Four bytes that most likely stand in the window. */
    private long u4(long place) {
        long within = place - windowStart;
        if (within < 0 || within > windowEnd - 4) return data.u4(place);
        int i = (int) within;
        return (window[i] & 0xff)
                | (window[i + 1] & 0xff) << 8
                | (window[i + 2] & 0xff) << 16
                | (window[i + 3] & 0xffL) << 24;
    }

    /** Hash of the entry's own name as {@link StringPlace#hash}; 0 when it has none (or has that of another entry). */
    int nameHash() {
        Plan current = plan();
        return current.name < 0 ? 0 : hash(current.name);
    }

    /** As {@link #nameHash}, of the linkage name. */
    int linkageNameHash() {
        Plan current = plan();
        return current.linkageName < 0 ? 0 : hash(current.linkageName);
    }

    /** Whether another entry has what this one lacks: DW_AT_specification or DW_AT_abstract_origin. */
    boolean hasOrigin() {
        return plan().origin;
    }

    private int hash(int index) {
        long place = place(index);
        switch (plan().shape.forms()[index]) {
            case Form.STRP -> {
                long string = unit.offsetSize() == 4 ? u4(place) : data.u8(place);
                return hash(unit.sections().str(), string);
            }
            case Form.STRX1 -> {
                return hash(unit.sections().str(), unit.stringOffset(data.u1(place)));
            }
            case Form.STRING -> {
                return hashAt(data, place);
            }
            default -> {
                StringPlace string = die().stringPlace(index);
                return string == null ? 0 : hash(string.section(), string.offset());
            }
        }
    }

    private int hash(Bytes strings, long string) {
        if (strings != unit.sections().str()) return hashAt(strings, string);
        int slot = (int) (string ^ string >>> 14) & (KNOWN_STRINGS - 1);
        if (knownPlaces[slot] == string && string != 0) return knownHashes[slot];
        int hash = hashAt(strings, string);
        knownPlaces[slot] = string;
        knownHashes[slot] = hash;
        return hash;
    }

    private int hashAt(Bytes strings, long string) {
        int hash = 0;
        long next = string;
        while (true) {
            int size = (int) Math.min(text.length, strings.length() - next);
            if (size <= 0) return hash;
            strings.copy(next, text, 0, size);
            for (int i = 0; i < size; i++) {
                if (text[i] == 0) return hash;
                hash = hash * 31 + (text[i] & 0xff);
            }
            next += size;
        }
    }

    private long place(int index) {
        Plan current = plan();
        if (current.fixed == Form.VARIABLE) return places[index];
        long place = attributes;
        for (int i = 0; i < index; i++) place += current.sizes[i];
        return place;
    }

    private boolean read() {
        offset = position();
        plan = null;
        if (offset >= unit.end()) return false;
        long code = uleb();
        if (code == 0) return false;
        Plan found = code > 0 && code < plans.length ? plans[(int) code] : null;
        if (found == null) found = makePlan(code);
        attributes = position();
        if (found.fixed != Form.VARIABLE) skip(found.fixed);
        else readPlaces(found);
        plan = found;
        return true;
    }

    private void readPlaces(Plan found) {
        int[] forms = found.shape.forms();
        if (places.length < forms.length) places = new long[forms.length * 2];
        for (int i = 0; i < forms.length; i++) {
            places[i] = position();
            int size = found.sizes[i];
            if (size != Form.VARIABLE) skip(size);
            else skipForm(forms[i]);
        }
    }

    private void skipForm(int form) {
        switch (form) {
            case Form.STRING -> {
                while (u1() != 0) {}
            }
            case Form.BLOCK1 -> skip(u1());
            case Form.BLOCK2 -> skip(u1() | u1() << 8);
            case Form.BLOCK4 -> skip(u1() | u1() << 8 | u1() << 16 | (long) u1() << 24);
            case Form.BLOCK, Form.EXPRLOC -> skip(uleb());
            case Form.INDIRECT -> {
                long form2 = uleb();
                if (form2 == Form.INDIRECT || form2 == Form.IMPLICIT_CONST) throw corrupt("form", form2);
                int size = Form.size((int) form2, unit);
                if (size != Form.VARIABLE) skip(size);
                else skipForm((int) form2);
            }
            default -> {
                if (!Form.isLeb(form)) throw corrupt("form", form);
                while (u1() >= 0x80) {}
            }
        }
    }

    private Plan makePlan(long code) {
        Abbreviations.Shape shape = abbreviations.get(code);
        if (shape == null) throw corrupt("abbreviation code", code);
        Plan made = new Plan(shape, unit);
        if (code > 0 && code < MAX_PLANS) {
            if (code >= plans.length) plans = Arrays.copyOf(plans, Math.max((int) code + 1, plans.length * 2));
            plans[(int) code] = made;
        }
        return made;
    }

    private long uleb() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int b = u1();
            if (shift < 64) value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
        throw corrupt("LEB128", 0);
    }

    private int u1() {
        if (at == windowEnd) fill(position());
        return window[at++] & 0xff;
    }

    private void skip(long count) {
        if (count >= 0 && count <= windowEnd - at) {
            at += (int) count;
            return;
        }
        long target = position() + count;
        if (count < 0 || target > unit.end()) throw corrupt("length", count);
        moveTo(target);
    }

    private void moveTo(long target) {
        long within = target - windowStart;
        if (within >= 0 && within <= windowEnd) {
            at = (int) within;
            return;
        }
        if (target < unit.rootOffset() || target > unit.end()) throw corrupt("offset", target);
        windowStart = target;
        windowEnd = 0;
        at = 0;
    }

    private void fill(long from) {
        int size = (int) Math.min(WINDOW, unit.end() - from);
        if (size <= 0) throw corrupt("entry", 0);
        data.read(from, window, 0, size);
        windowStart = from;
        windowEnd = size;
        at = 0;
    }

    private CorruptFileException corrupt(String what, long found) {
        return new CorruptFileException(
                data.name(), what, position(), "0x" + Long.toHexString(found), "an entry within its unit");
    }

    private Plan plan() {
        Plan current = plan;
        if (current == null) throw corrupt("entry", 0);
        return current;
    }
}
