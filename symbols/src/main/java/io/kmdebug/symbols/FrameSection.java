package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Cursor;
import io.kmdebug.symbols.FrameEntry.Common;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One section of call frame information. An FDE is found through the search table where there is one, else through an
 * index that is built once. The two kinds of section differ in how an entry says that it is a CIE and where an FDE's
 * CIE is. DWARF 5 §6.4.1, LSB 5 §10.6.1.
 */
final class FrameSection {
    private static final int LONGEST_AUGMENTATION = 64;

    private final Bytes bytes;
    private final long address;
    private final boolean eh;
    private final @Nullable FrameSearchTable table;
    private final Map<Long, Common> commons = new ConcurrentHashMap<>();
    private volatile @Nullable Index index;

    /** Start addresses in ascending order (unsigned) and the FDEs' offsets. */
    private record Index(long[] starts, long[] offsets) {}

    private record Start(long low, long offset) {}

    /**
     * @param address the section's link-time address
     * @param eh whether it is .eh_frame
     */
    FrameSection(Bytes bytes, long address, boolean eh, @Nullable FrameSearchTable table) {
        this.bytes = bytes;
        this.address = address;
        this.eh = eh;
        this.table = table;
    }

    Optional<FrameEntry> find(long pc) {
        if (bytes.length() == 0) return Optional.empty();
        long offset = table != null ? table.find(pc) - address : indexed(pc);
        if (offset < 0 || offset >= bytes.length()) return Optional.empty();
        return Optional.ofNullable(read(offset)).filter(entry -> entry.contains(pc));
    }

    private long indexed(long pc) {
        Index known = index;
        if (known == null) index = known = buildIndex();
        int low = 0;
        int high = known.starts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(known.starts[middle], pc) > 0) high = middle - 1;
            else low = middle + 1;
        }
        return high < 0 ? -1 : known.offsets[high];
    }

    /** A broken entry ends the index; what stands before it remains usable. */
    private Index buildIndex() {
        List<Start> starts = new ArrayList<>();
        Cursor in = new Cursor(bytes);
        try {
            while (!in.atEnd()) {
                long offset = in.position();
                long end = entryEnd(in);
                if (end == in.position()) break; // a zero length closes .eh_frame
                FrameEntry entry = read(offset);
                // an FDE at 0 belongs to code that the linker discarded
                if (entry != null && entry.low() != 0 && entry.low() != entry.high()) {
                    starts.add(new Start(entry.low(), offset));
                }
                in.seek(end);
            }
        } catch (CorruptFileException e) {
            System.getLogger(FrameSection.class.getName()).log(System.Logger.Level.WARNING, e.getMessage());
        }
        starts.sort((a, b) -> Long.compareUnsigned(a.low(), b.low()));
        return new Index(
                starts.stream().mapToLong(Start::low).toArray(),
                starts.stream().mapToLong(Start::offset).toArray());
    }

    private long entryEnd(Cursor in) {
        long length = in.u4("entry length");
        if (length == 0xffff_ffffL) length = in.u8("entry length");
        if (length < 0 || length > in.remaining()) {
            throw in.corrupt("entry length", Long.toUnsignedString(length), "at most " + in.remaining());
        }
        return in.position() + length;
    }

    /** The FDE at {@code offset}; null when a CIE stands there. */
    private @Nullable FrameEntry read(long offset) {
        Cursor in = new Cursor(bytes, offset);
        boolean wide = bytes.u4(offset) == 0xffff_ffffL;
        long end = entryEnd(in);
        long idAt = in.position();
        long id = in.unsigned(wide && !eh ? 8 : 4, "CIE id");
        if (isCommon(id, wide)) return null;
        Common common = common(eh ? idAt - id : id);
        long low = PointerEncoding.read(in, common.pointerEncoding(), address, 0, 0, "initial location");
        long size = PointerEncoding.value(in, common.pointerEncoding(), "address range");
        if (common.augmented()) in.skip(in.uleb("augmentation length"));
        return new FrameEntry(common, low, low + size, bytes.slice(0, end), in.position());
    }

    private boolean isCommon(long id, boolean wide) {
        if (eh) return id == 0;
        return wide ? id == -1 : id == 0xffff_ffffL;
    }

    private Common common(long offset) {
        Common known = commons.get(offset);
        if (known == null) {
            known = readCommon(offset);
            commons.put(offset, known);
        }
        return known;
    }

    private static String augmentation(Cursor in) {
        long nul = in.bytes().indexOfNul(in.position());
        if (nul - in.position() > LONGEST_AUGMENTATION) throw in.corrupt("augmentation", "more", "a few letters");
        return in.string("augmentation");
    }

    private Common readCommon(long offset) {
        Cursor in = new Cursor(bytes, offset);
        boolean wide = bytes.u4(offset) == 0xffff_ffffL;
        long end = entryEnd(in);
        long id = in.unsigned(wide && !eh ? 8 : 4, "CIE id");
        if (!isCommon(id, wide)) throw in.corrupt("CIE id", "0x" + Long.toHexString(id), "a CIE");
        int version = in.u1("CIE version");
        if (version != 1 && version != 3 && version != 4) throw in.corrupt("CIE version", version, "1, 3 or 4");
        String augmentation = augmentation(in);
        if (version == 4) in.skip(2); // address size, segment selector size
        if (augmentation.startsWith("eh")) in.skip(8);
        long codeAlign = in.uleb("code alignment");
        long dataAlign = in.sleb("data alignment");
        int returnRegister = version == 1 ? in.u1("return register") : (int) in.uleb("return register");
        int encoding = PointerEncoding.ABSOLUTE;
        boolean augmented = augmentation.startsWith("z");
        if (augmented) {
            long size = in.uleb("augmentation length");
            long instructions = in.position() + size;
            for (char what : augmentation.substring(1).toCharArray()) {
                if (what == 'R') encoding = in.u1("FDE encoding");
                else if (what == 'L') in.skip(1);
                else if (what == 'P') PointerEncoding.read(in, in.u1("encoding"), address, 0, 0, "personality");
                else if (what != 'S' && what != 'B') break; // what it is, its size tells where it ends
            }
            in.seek(instructions);
        }
        boolean signalFrame = augmentation.indexOf('S') >= 0;
        return new Common(
                codeAlign,
                dataAlign,
                returnRegister,
                encoding,
                augmented,
                signalFrame,
                bytes.slice(0, end),
                in.position());
    }
}
