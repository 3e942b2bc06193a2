package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Cursor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One unit of .debug_info or .debug_types; everything but the header is read on first use. DWARF 5 §3.1. */
final class Unit implements UnitContext {
    private static final int NO_BASE = -1;

    private final DwarfImage image;
    private final UnitHeader header;
    private final Bytes data;
    /** For a unit of a .dwo or .dwp file: the unit of the program that it continues. */
    private final @Nullable Unit skeleton;

    private volatile @Nullable Optional<Unit> split;
    private volatile @Nullable Abbreviations abbreviations;
    private volatile @Nullable Root root;
    private volatile @Nullable FunctionTable functions;
    private volatile @Nullable LineTable lines;
    private volatile @Nullable MacroTable macros;

    /** What the unit's own entry says; bases are {@link #NO_BASE} where it does not say. */
    private record Root(
            long strOffsetsBase,
            long addrBase,
            long rnglistsBase,
            long loclistsBase,
            long rangesBase,
            long lowPc,
            long lineOffset,
            int language,
            String producer,
            String compilationDirectory) {}

    Unit(DwarfImage image, Bytes section, UnitHeader header, @Nullable Unit skeleton) {
        this.image = image;
        this.skeleton = skeleton;
        this.header = header;
        this.data = section.slice(0, header.end());
    }

    DwarfImage image() {
        return image;
    }

    UnitHeader header() {
        return header;
    }

    /** The section up to the end of this unit, so that offsets are those of the section. */
    Bytes data() {
        return data;
    }

    @Override
    public DwarfSections sections() {
        return image.sections();
    }

    @Override
    public long offset() {
        return header.offset();
    }

    long rootOffset() {
        return header.rootOffset();
    }

    long end() {
        return header.end();
    }

    @Override
    public int version() {
        return header.version();
    }

    @Override
    public int addressSize() {
        return header.addressSize();
    }

    @Override
    public int offsetSize() {
        return header.offsetSize();
    }

    Abbreviations abbreviations() {
        Abbreviations known = abbreviations;
        if (known == null) abbreviations = known = image.abbreviations(header.abbrevOffset());
        return known;
    }

    Die rootDie() {
        return Die.at(this, header.rootOffset());
    }

    @Override
    public long lowPc() {
        return root().lowPc;
    }

    /** Whether the unit's entries stand in another file: -gsplit-dwarf. DWARF 5 §3.1.2; GNU's form of it before. */
    boolean isSkeleton() {
        if (header.type() == UnitHeader.DW_UT_SKELETON) return true;
        try {
            return skeleton == null && header.version() < 5 && rootDie().has(Attribute.GNU_DWO_NAME);
        } catch (CorruptFileException e) {
            image.note("unit at 0x" + Long.toHexString(header.offset()), e);
            return false;
        }
    }

    /** Whether this is a unit of its own in a .dwo or .dwp file, and no type unit. */
    boolean isSplitFull() {
        return skeleton != null
                && header.type() != UnitHeader.DW_UT_TYPE
                && header.type() != UnitHeader.DW_UT_SPLIT_TYPE;
    }

    /** DW_AT_dwo_id, which a skeleton and its split unit have in common. */
    long splitId() {
        return header.version() >= 5 ? header.signature() : rootDie().constant(Attribute.GNU_DWO_ID, 0);
    }

    /** Path of the file with the entries as the compiler named it, from the compilation directory on. */
    String splitName() {
        Die die = rootDie();
        String name = die.string(header.version() >= 5 ? Attribute.DWO_NAME : Attribute.GNU_DWO_NAME);
        return name == null ? "(no name).dwo" : name;
    }

    /** The unit with the entries: this one, unless it is the skeleton of a split unit that is there. */
    Unit contents() {
        Optional<Unit> known = split;
        if (known == null) {
            known = isSkeleton() ? Optional.ofNullable(image.splitUnit(this)) : Optional.empty();
            split = known;
        }
        return known.orElse(this);
    }

    /** DW_LANG_*; 0 when not known. */
    int language() {
        return root().language;
    }

    /** Whether names are qualified by namespaces and classes: not in C, assembler and their like. */
    boolean qualifiesNames() {
        return switch (root().language) {
            case 0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x8001 -> false;
            default -> true;
        };
    }

    /** DW_LANG_Go. */
    boolean isGo() {
        return root().language == 0x16;
    }

    /** Whether the source is C++. */
    boolean isCpp() {
        return switch (root().language) {
            case 0x04, 0x1a, 0x21, 0x2b, 0x3a -> true;
            default -> false;
        };
    }

    /** Whether the compiler optimised, as far as the unit tells. */
    boolean optimized() {
        return Producer.optimizes(producer()) || rootDie().flag(Attribute.APPLE_OPTIMIZED);
    }

    @Override
    public boolean tracksCallees() {
        return Producer.tracksCallees(producer());
    }

    /** DW_AT_producer; empty when not known. */
    String producer() {
        return root().producer;
    }

    /** DW_AT_comp_dir; empty when not known. */
    String compilationDirectory() {
        return root().compilationDirectory;
    }

    /** The unit's functions by address. */
    FunctionTable functions() {
        FunctionTable known = functions;
        if (known == null) functions = known = FunctionTable.of(this);
        return known;
    }

    /** The header of the unit's line program; null when it has none. */
    @Nullable
    LineHeader lineHeader() {
        long at = root().lineOffset;
        // DWARF 5 §3.1.3: a split unit has none of its own and uses its skeleton's
        if (at < 0 && skeleton != null) return skeleton.lineHeader();
        return at < 0 ? null : image.lineHeader(at, this);
    }

    /** The unit's line table; empty when it has none. */
    LineTable lines() {
        LineTable known = lines;
        if (known == null && isSplitFull() && skeleton != null) lines = known = skeleton.lines();
        if (known == null) {
            LineHeader lineHeader = lineHeader();
            lines = known = lineHeader == null ? LineTable.EMPTY : LineTable.decode(lineHeader, image);
        }
        return known;
    }

    /** The unit's macro definitions; empty when it has none. */
    MacroTable macros() {
        MacroTable known = macros;
        if (known == null) macros = known = MacroReader.of(this);
        return known;
    }

    /** The file that DW_AT_decl_file and its like name; null for none. */
    @Nullable
    SourceFile file(long index) {
        LineHeader lineHeader = lineHeader();
        if (lineHeader == null || (index == 0 && header.version() < 5)) return null;
        return lineHeader.file(index);
    }

    /** Code ranges of the unit as its own entry states them. */
    List<AddressRange> ranges() {
        if (skeleton != null) return skeleton.ranges();
        return RangeLists.of(rootDie());
    }

    @Override
    public long address(long index) {
        Bytes table = sections().addr();
        if (skeleton != null) return skeleton.address(index);
        long base = root().addrBase;
        if (base == NO_BASE) base = 0;
        return entry(table, base, index, header.addressSize(), "address");
    }

    long stringOffset(long index) {
        Bytes table = sections().strOffsets();
        long base = root().strOffsetsBase;
        // DWARF 5 §7.26: without the attribute, behind the header of the only contribution (split units)
        if (base == NO_BASE) base = header.version() < 5 ? 0 : header.offsetSize() == 8 ? 16 : 8;
        return entry(table, base, index, header.offsetSize(), "string offset");
    }

    @Override
    public long locationListOffset(long index) {
        return listOffset(sections().loclists(), root().loclistsBase, index, "location list");
    }

    /** Where offsets of range lists start from: GNU_ranges_base of the skeleton, for split units before DWARF 5. */
    long rangesBase() {
        return skeleton == null || header.version() >= 5 ? 0 : Math.max(0, skeleton.root().rangesBase);
    }

    long rangeListOffset(long index) {
        return listOffset(sections().rnglists(), root().rnglistsBase, index, "range list");
    }

    private long listOffset(Bytes section, long base, long index, String what) {
        // DWARF 5 §7.28: without the attribute, behind the header of the only contribution (split units)
        long table = base == NO_BASE ? (header.offsetSize() == 8 ? 20 : 12) : base;
        return table + entry(section, table, index, header.offsetSize(), what);
    }

    private static long entry(Bytes table, long base, long index, int size, String what) {
        long at = base + index * size;
        if (index < 0 || base < 0 || index > table.length() / size || at > table.length() - size) {
            throw new Cursor(table, 0)
                    .corrupt(what + " index", Long.toUnsignedString(index), "an entry of the unit's table");
        }
        return size == 8 ? table.u8(at) : table.u4(at);
    }

    @Override
    public Optional<BaseType> baseType(long unitOffset) {
        Type type = image.types().at(new DieRef(this, header.offset() + unitOffset));
        return type.stripped() instanceof BaseType base ? Optional.of(base) : Optional.empty();
    }

    @Override
    public Optional<DieLocation> dieLocation(long infoOffset) {
        return image.locationOf(infoOffset);
    }

    @Override
    public int scalarSize(long infoOffset) {
        return image.scalarSize(infoOffset);
    }

    @Override
    public Optional<DieLocation> callSiteValue(long linkReturnPc, Passed what) {
        return image.callSiteValue(linkReturnPc, what);
    }

    @Override
    public long functionEntry(long linkPc) {
        return image.functionEntry(linkPc);
    }

    @Override
    public long[] tailCalls(long linkEntry) {
        return image.tailCalls(linkEntry);
    }

    private Root root() {
        Root known = root;
        if (known == null) root = known = readRoot();
        return known;
    }

    private Root readRoot() {
        Die die = rootDie();
        long strOffsetsBase = base(die, Attribute.STR_OFFSETS_BASE);
        long addrBase = base(die, Attribute.ADDR_BASE);
        if (addrBase == NO_BASE) addrBase = base(die, Attribute.GNU_ADDR_BASE);
        Root bases = new Root(
                strOffsetsBase,
                addrBase,
                base(die, Attribute.RNGLISTS_BASE),
                base(die, Attribute.LOCLISTS_BASE),
                base(die, Attribute.GNU_RANGES_BASE),
                0,
                base(die, Attribute.STMT_LIST),
                (int) die.constant(Attribute.LANGUAGE, 0),
                "",
                "");
        // strings and addresses may be indexed, and reading those needs the bases
        root = bases;
        int low = die.indexOf(Attribute.LOW_PC);
        String directory = die.string(Attribute.COMP_DIR);
        String producer = die.string(Attribute.PRODUCER);
        return new Root(
                bases.strOffsetsBase,
                bases.addrBase,
                bases.rnglistsBase,
                bases.loclistsBase,
                bases.rangesBase,
                low >= 0 ? die.address(low) : skeleton != null ? skeleton.lowPc() : 0,
                bases.lineOffset,
                bases.language,
                producer == null ? "" : producer,
                directory != null ? directory : skeleton != null ? skeleton.compilationDirectory() : "");
    }

    private static long base(Die die, int attribute) {
        int index = die.indexOf(attribute);
        return index < 0 || !die.isSectionOffset(index) ? NO_BASE : die.sectionOffset(index);
    }

    /** What the unit is called in messages. */
    String describe() {
        try {
            String name = rootDie().name();
            if (name != null) return name;
        } catch (CorruptFileException e) {
            return "unit at 0x" + Long.toHexString(header.offset()) + " (" + e.where() + ")";
        }
        return "unit at 0x" + Long.toHexString(header.offset());
    }
}
