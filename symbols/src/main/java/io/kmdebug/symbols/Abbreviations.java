package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Cursor;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One table of .debug_abbrev: the shapes of a unit's entries. DWARF 5 §7.5.3. */
final class Abbreviations {
    /**
     * The shape of an entry.
     *
     * @param attributes DW_AT_* in the order of their values
     * @param forms DW_FORM_* of each
     * @param constants the values of those in DW_FORM_implicit_const
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; read once and shared
    record Shape(int tag, boolean hasChildren, int[] attributes, int[] forms, long[] constants) {
        /** Index of {@code attribute}; -1 when entries of this shape lack it. */
        int indexOf(int attribute) {
            for (int i = 0; i < attributes.length; i++) if (attributes[i] == attribute) return i;
            return -1;
        }
    }

    private static final int DENSE_LIMIT = 1 << 16;
    /** Compilers write a few dozen; attributes of no width could be as many as there are bytes, in every entry. */
    private static final int MAX_ATTRIBUTES = 1000;

    private final Cursor in;
    private @Nullable Shape[] dense = new Shape[64];
    private final Map<Long, Shape> sparse = new ConcurrentHashMap<>();
    private int[] attributes = new int[32];
    private int[] forms = new int[32];
    private long[] constants = new long[32];
    private boolean complete;
    private @Nullable CorruptFileException broken;

    private Abbreviations(Cursor in) {
        this.in = in;
    }

    /** The table at {@code offset}; its shapes are read as far as someone asks. */
    static Abbreviations read(Bytes section, long offset) {
        if (offset < 0 || offset > section.length()) {
            throw new Cursor(section, 0)
                    .corrupt("debug_abbrev_offset", "0x" + Long.toHexString(offset), "an offset in the section");
        }
        return new Abbreviations(new Cursor(section, offset));
    }

    /**
     * The shape of the entries with {@code code}; null when the table has none.
     *
     * @throws CorruptFileException when the table is broken before that
     */
    @Nullable
    Shape get(long code) {
        // a reference to a shape may be seen late, but never half written: its fields are final
        @Nullable Shape[] known = dense;
        if (code >= 0 && code < known.length) {
            Shape shape = known[(int) code];
            if (shape != null) return shape;
        }
        return find(code);
    }

    private synchronized @Nullable Shape find(long code) {
        while (true) {
            Shape shape = code >= 0 && code < dense.length ? dense[(int) code] : sparse.get(code);
            if (shape != null || complete) return shape;
            readNext();
        }
    }

    private synchronized void readAll() {
        while (!complete) readNext();
    }

    private void readNext() {
        if (broken != null) throw broken;
        try {
            readShape();
        } catch (CorruptFileException e) {
            // what stands behind is not where shapes begin
            broken = e;
            throw e;
        }
    }

    private void readShape() {
        long code = in.uleb("abbreviation code");
        if (code == 0) {
            complete = true;
            return;
        }
        int tag = (int) in.uleb("tag");
        boolean hasChildren = in.u1("has children") != 0;
        int count = 0;
        while (true) {
            int attribute = (int) in.uleb("attribute");
            int form = (int) in.uleb("form");
            long constant = form == Form.IMPLICIT_CONST ? in.sleb("implicit constant") : 0;
            if (attribute == 0 && form == 0) break;
            if (count == MAX_ATTRIBUTES)
                throw in.corrupt("attributes of an entry", "more", "at most " + MAX_ATTRIBUTES);
            if (count == attributes.length) {
                attributes = Arrays.copyOf(attributes, count * 2);
                forms = Arrays.copyOf(forms, count * 2);
                constants = Arrays.copyOf(constants, count * 2);
            }
            attributes[count] = attribute;
            forms[count] = form;
            constants[count++] = constant;
        }
        put(
                code,
                new Shape(
                        tag,
                        hasChildren,
                        Arrays.copyOf(attributes, count),
                        Arrays.copyOf(forms, count),
                        Arrays.copyOf(constants, count)));
    }

    /** Whether entries of some shape have a location list. */
    boolean anyLocationList(int version) {
        readAll();
        for (Shape shape : dense) if (shape != null && hasLocationList(shape, version)) return true;
        for (Shape shape : sparse.values()) if (hasLocationList(shape, version)) return true;
        return false;
    }

    /** Whether a unit may inline functions whose abstract instance is in another one, as link-time optimisation does. */
    boolean inlinesFromOtherUnits() {
        readAll();
        for (Shape shape : dense) if (shape != null && isForeignInline(shape)) return true;
        for (Shape shape : sparse.values()) if (isForeignInline(shape)) return true;
        return false;
    }

    /** Whether entries of some shape have {@code tag}. */
    boolean anyOf(int tag) {
        readAll();
        for (Shape shape : dense) if (shape != null && shape.tag() == tag) return true;
        for (Shape shape : sparse.values()) if (shape.tag() == tag) return true;
        return false;
    }

    private static boolean isForeignInline(Shape shape) {
        int index = shape.tag() == Tag.INLINED_SUBROUTINE ? shape.indexOf(Attribute.ABSTRACT_ORIGIN) : -1;
        return index >= 0 && shape.forms()[index] == Form.REF_ADDR;
    }

    private static boolean hasLocationList(Shape shape, int version) {
        int index = shape.indexOf(Attribute.LOCATION);
        if (index < 0) return false;
        int form = shape.forms()[index];
        boolean old = version < 4 && (form == Form.DATA4 || form == Form.DATA8);
        return form == Form.SEC_OFFSET || form == Form.LOCLISTX || old;
    }

    private void put(long code, Shape shape) {
        if (code < 0 || code >= DENSE_LIMIT) {
            sparse.put(code, shape);
            return;
        }
        if (code >= dense.length) dense = Arrays.copyOf(dense, Math.max((int) code + 1, dense.length * 2));
        dense[(int) code] = shape;
    }
}
