package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * A position among the debugging information entries of one unit: one object walks over many entries. DWARF 5 §7.5.
 * Offsets are those of the section. Not thread-safe; make one per question.
 */
final class Die {
    /** The chain from an entry over DW_AT_abstract_origin and DW_AT_specification is followed this far. */
    private static final int MAX_ORIGINS = 16;

    private final Unit unit;
    private final Cursor in;
    private Abbreviations.@Nullable Shape shape;
    private long offset;
    private long end;
    private long[] values = new long[24];

    Die(Unit unit) {
        this.unit = unit;
        this.in = new Cursor(unit.data());
    }

    /** The entry at {@code offset}, which must not be the null entry. */
    static Die at(Unit unit, long offset) {
        Die die = new Die(unit);
        if (!die.seek(offset)) {
            throw die.in.corrupt("entry at 0x" + Long.toHexString(offset), "a null entry", "an entry");
        }
        return die;
    }

    /** Another position at the same entry. */
    Die copy() {
        return at(unit, offset);
    }

    /** Reads the entry at {@code newOffset}. False for the null entry that ends a list of siblings and for the end. */
    boolean seek(long newOffset) {
        if (newOffset < unit.rootOffset()) {
            throw in.corrupt("entry", "offset 0x" + Long.toHexString(newOffset), "an offset in the unit");
        }
        offset = newOffset;
        shape = null;
        in.seek(newOffset);
        if (newOffset >= unit.end()) {
            end = newOffset;
            return false;
        }
        long code = in.uleb("abbreviation code");
        if (code == 0) {
            end = in.position();
            return false;
        }
        Abbreviations.Shape found = unit.abbreviations().get(code);
        if (found == null) throw in.corrupt("abbreviation code", code, "a code of the unit's table");
        int[] forms = found.forms();
        if (forms.length > values.length) values = new long[forms.length * 2];
        for (int i = 0; i < forms.length; i++) {
            values[i] = in.position();
            Form.skip(in, forms[i], unit);
        }
        end = in.position();
        shape = found;
        return true;
    }

    boolean toFirstChild() {
        return shape().hasChildren() && seek(end);
    }

    /** Moves to the next entry of the same list, over this one's children. */
    boolean toSibling() {
        return seek(subtreeEnd());
    }

    /** Offset behind this entry, its children, and the null entry that ends them. */
    long subtreeEnd() {
        if (!shape().hasChildren()) return end;
        int sibling = shape().indexOf(Attribute.SIBLING);
        if (sibling >= 0) {
            long target = localReference(sibling);
            if (target > offset && target <= unit.end()) return target;
        }
        Die walker = new Die(unit);
        long at = end;
        int depth = 1;
        while (depth > 0 && at < unit.end()) {
            if (walker.seek(at)) {
                if (walker.shape().hasChildren()) depth++;
            } else {
                depth--;
            }
            at = walker.end;
        }
        return at;
    }

    /** Offset behind this entry's attributes (or behind the null entry): where its first child or the next entry is. */
    long next() {
        return end;
    }

    /** Whether this stands at an entry: not at a null entry or the end of the unit. */
    boolean isAtEntry() {
        return shape != null;
    }

    Unit unit() {
        return unit;
    }

    long offset() {
        return offset;
    }

    int tag() {
        return shape().tag();
    }

    boolean hasChildren() {
        return shape().hasChildren();
    }

    boolean has(int attribute) {
        return shape().indexOf(attribute) >= 0;
    }

    /** Index of {@code attribute}, for the readers of values below; -1 when the entry lacks it. */
    int indexOf(int attribute) {
        return shape().indexOf(attribute);
    }

    /** DW_FORM_* of value {@code index}; never DW_FORM_indirect. */
    int form(int index) {
        int form = shape().forms()[index];
        return form == Form.INDIRECT ? Form.indirect(in.seek(values[index])) : form;
    }

    boolean flag(int attribute) {
        int index = indexOf(attribute);
        if (index < 0) return false;
        int form = start(index);
        return form == Form.FLAG_PRESENT || in.u1("flag") != 0;
    }

    /**
     * A value of class constant, as unsigned unless its form is signed; {@code absent} when it is missing or no
     * constant.
     */
    long constant(int attribute, long absent) {
        int index = indexOf(attribute);
        return index < 0 || !isConstant(index) ? absent : constant(index);
    }

    boolean isConstant(int index) {
        return switch (form(index)) {
            case Form.DATA1, Form.DATA2, Form.DATA4, Form.DATA8, Form.SDATA, Form.UDATA, Form.IMPLICIT_CONST -> true;
            default -> false;
        };
    }

    private long constant(int index) {
        return switch (start(index)) {
            case Form.DATA1 -> in.u1("constant");
            case Form.DATA2 -> in.u2("constant");
            case Form.DATA4 -> in.u4("constant");
            case Form.DATA8 -> in.u8("constant");
            case Form.SDATA -> in.sleb("constant");
            case Form.UDATA -> in.uleb("constant");
            default -> shape().constants()[index];
        };
    }

    boolean isBlock(int index) {
        return switch (form(index)) {
            case Form.BLOCK, Form.BLOCK1, Form.BLOCK2, Form.BLOCK4, Form.EXPRLOC, Form.DATA16 -> true;
            default -> false;
        };
    }

    /** A value of class block or exprloc. */
    Bytes block(int index) {
        int form = start(index);
        long length = switch (form) {
            case Form.BLOCK1 -> in.u1("block length");
            case Form.BLOCK2 -> in.u2("block length");
            case Form.BLOCK4 -> in.u4("block length");
            case Form.BLOCK, Form.EXPRLOC -> in.uleb("block length");
            case Form.DATA16 -> 16;
            default -> throw Form.unknown(in, form);
        };
        return in.block(length, "block");
    }

    /** A value of class loclist, rnglist or lineptr that is an offset from the start of its section. */
    boolean isSectionOffset(int index) {
        int form = form(index);
        // DWARF 2 and 3 have no form for it: DWARF 3 §7.5.4
        return form == Form.SEC_OFFSET || (unit.version() < 4 && (form == Form.DATA4 || form == Form.DATA8));
    }

    long sectionOffset(int index) {
        int form = start(index);
        int size = form == Form.DATA4 ? 4 : form == Form.DATA8 ? 8 : unit.offsetSize();
        return in.unsigned(size, "section offset");
    }

    /** The index in a value of a form that holds one: DW_FORM_loclistx, DW_FORM_rnglistx, …. */
    long tableIndex(int index) {
        int form = start(index);
        return switch (form) {
            case Form.ADDRX1, Form.STRX1 -> in.u1("index");
            case Form.ADDRX2, Form.STRX2 -> in.u2("index");
            case Form.ADDRX3, Form.STRX3 -> in.unsigned(3, "index");
            case Form.ADDRX4, Form.STRX4 -> in.u4("index");
            case Form.ADDRX, Form.STRX, Form.LOCLISTX, Form.RNGLISTX, Form.GNU_ADDR_INDEX, Form.GNU_STR_INDEX ->
                in.uleb("index");
            default -> throw Form.unknown(in, form);
        };
    }

    boolean isAddress(int index) {
        return switch (form(index)) {
            case Form.ADDR, Form.ADDRX, Form.ADDRX1, Form.ADDRX2, Form.ADDRX3, Form.ADDRX4, Form.GNU_ADDR_INDEX -> true;
            default -> false;
        };
    }

    /** A value of class address. */
    long address(int index) {
        if (form(index) != Form.ADDR) return unit.address(tableIndex(index));
        start(index);
        return in.unsigned(unit.addressSize(), "address");
    }

    /** A value of class string; null when the entry lacks it. */
    @Nullable
    String string(int attribute) {
        int index = indexOf(attribute);
        if (index < 0) return null;
        StringPlace place = stringPlace(index);
        return place == null ? null : place.text();
    }

    /** Where the characters of a value of class string stand; null when that is in another file. */
    @Nullable
    StringPlace stringPlace(int index) {
        int form = start(index);
        return switch (form) {
            case Form.STRING -> new StringPlace(unit.data(), in.position());
            case Form.STRP -> new StringPlace(unit.sections().str(), in.unsigned(unit.offsetSize(), "string offset"));
            case Form.LINE_STRP ->
                new StringPlace(unit.sections().lineStr(), in.unsigned(unit.offsetSize(), "string offset"));
            case Form.STRX, Form.STRX1, Form.STRX2, Form.STRX3, Form.STRX4, Form.GNU_STR_INDEX ->
                new StringPlace(unit.sections().str(), unit.stringOffset(tableIndex(index)));
            case Form.STRP_SUP, Form.GNU_STRP_ALT -> {
                DwarfImage common = unit.image().supplement();
                if (common == null) yield null;
                yield new StringPlace(common.sections().str(), in.unsigned(unit.offsetSize(), "string offset"));
            }
            default -> throw Form.unknown(in, form);
        };
    }

    /** The entry that a value of class reference names; null when the entry lacks it or it is in another file. */
    @Nullable
    Die reference(int attribute) {
        DieRef target = target(attribute);
        return target == null ? null : target.die();
    }

    /** As {@link #reference}, without reading the entry. */
    @Nullable
    DieRef target(int attribute) {
        int index = indexOf(attribute);
        if (index < 0) return null;
        int form = start(index);
        return switch (form) {
            case Form.REF1, Form.REF2, Form.REF4, Form.REF8, Form.REF_UDATA -> new DieRef(unit, localReference(index));
            case Form.REF_ADDR -> {
                int size = unit.version() == 2 ? unit.addressSize() : unit.offsetSize();
                yield unit.image().refAt(in.unsigned(size, "reference"));
            }
            case Form.REF_SIG8 -> unit.image().typeUnit(in.u8("type signature"));
            case Form.REF_SUP4, Form.REF_SUP8, Form.GNU_REF_ALT -> {
                DwarfImage common = unit.image().supplement();
                if (common == null) yield null;
                int size = form == Form.REF_SUP4 ? 4 : form == Form.REF_SUP8 ? 8 : unit.offsetSize();
                yield common.refAt(in.unsigned(size, "reference"));
            }
            default -> throw Form.unknown(in, form);
        };
    }

    private long localReference(int index) {
        int form = start(index);
        long relative = switch (form) {
            case Form.REF1 -> in.u1("reference");
            case Form.REF2 -> in.u2("reference");
            case Form.REF4 -> in.u4("reference");
            case Form.REF8 -> in.u8("reference");
            case Form.REF_UDATA -> in.uleb("reference");
            default -> throw Form.unknown(in, form);
        };
        long target = unit.offset() + relative;
        if (relative < 0 || target > unit.end() || target < unit.rootOffset()) {
            throw in.corrupt("reference", "0x" + Long.toHexString(relative), "an offset in the unit");
        }
        return target;
    }

    /**
     * The entry that has {@code attribute}: this one, or the first on the chain of its origins (DW_AT_abstract_origin,
     * DW_AT_specification: DWARF 5 §2.13.2, §3.3.8.2); null for none.
     */
    @Nullable
    Die holder(int attribute) {
        Die die = this;
        for (int hop = 0; hop < MAX_ORIGINS; hop++) {
            if (die.has(attribute)) return die;
            Die next = die.origin();
            if (next == null) return null;
            die = next;
        }
        return null;
    }

    /** The entry that this one completes: its abstract origin or its declaration; null for none. */
    @Nullable
    Die origin() {
        Die next = reference(Attribute.ABSTRACT_ORIGIN);
        return next != null ? next : reference(Attribute.SPECIFICATION);
    }

    /** DW_AT_name of this entry or of what it completes; null for none. */
    @Nullable
    String name() {
        Die holder = holder(Attribute.NAME);
        return holder == null ? null : holder.string(Attribute.NAME);
    }

    private int start(int index) {
        int form = shape().forms()[index];
        in.seek(values[index]);
        return form == Form.INDIRECT ? Form.indirect(in) : form;
    }

    private Abbreviations.Shape shape() {
        if (shape == null) throw in.corrupt("entry", "a null entry", "an entry");
        return shape;
    }
}
