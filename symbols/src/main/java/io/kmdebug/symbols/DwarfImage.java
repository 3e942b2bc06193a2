package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Cursor;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The units of one image and what they share. A broken unit is noted and does not harm another. Thread-safe. */
final class DwarfImage {
    private static final int MAX_PROBLEMS = 100;

    private final DwarfSections sections;
    private final TypeReader types;
    private final Map<Long, Abbreviations> abbreviations = new ConcurrentHashMap<>();
    private final Map<Long, LineHeader> lineHeaders = new ConcurrentHashMap<>();
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private volatile @Nullable List<Unit> units;
    private volatile @Nullable Map<Long, Unit> typeUnits;
    private volatile @Nullable UnitAddresses addresses;
    private volatile @Nullable NameIndex names;
    /** Not this object's own: those who read names ask it for what it locks by that. */
    private final Object namesLock = new Object();

    private final List<ElfSection> loaded;
    private @Nullable ElfSection lastWithCode;
    private final DebugFiles files;
    private final @Nullable Unit skeleton;
    private final SplitUnits split;
    private @Nullable Optional<DwarfImage> supplement;

    DwarfImage(ElfFile file) {
        this(new DwarfSections(file, DebugFiles.ofSystem()), DebugFiles.ofSystem());
    }

    DwarfImage(DwarfSections sections, DebugFiles files) {
        this(sections, files, null, null);
    }

    /**
     * @param skeleton for an image of split units: the unit of the program that they continue
     * @param split where further split units are; null for an image that has its own
     */
    DwarfImage(DwarfSections sections, DebugFiles files, @Nullable Unit skeleton, @Nullable SplitUnits split) {
        this.sections = sections;
        this.files = files;
        this.skeleton = skeleton;
        this.split = split != null ? split : new SplitUnits(this, files);
        ElfFile file = sections.file();
        types = new TypeReader(this);
        loaded = file.sections().stream()
                .filter(s -> (s.flags() & ElfSection.SHF_ALLOC) != 0 && s.size() > 0)
                .toList();
    }

    DwarfSections sections() {
        return sections;
    }

    TypeReader types() {
        return types;
    }

    /** What could not be read so far: unit to reason. */
    Map<String, String> problems() {
        return problems;
    }

    void note(String where, CorruptFileException problem) {
        problem(where, String.valueOf(problem.getMessage()));
    }

    /** Notes what could not be read, with the program that users know when this is an image of split units. */
    void problem(String where, String message) {
        if (skeleton != null) skeleton.image().problem(where, message);
        else if (problems.size() < MAX_PROBLEMS) problems.putIfAbsent(where, message);
    }

    /** The unit that {@code of} is the skeleton of; null when it is not there. */
    @Nullable
    Unit splitUnit(Unit of) {
        return split.of(of);
    }

    /**
     * Whether a section of the image is at {@code address}. Linkers point the debug information of code that they drop
     * to 0, 1 or the end of the address space.
     */
    boolean hasCodeAt(long address) {
        if (skeleton != null) return skeleton.image().hasCodeAt(address);
        if (sections.file().type() == ElfFile.ET_REL) return true;
        ElfSection last = lastWithCode;
        if (last != null && last.contains(address)) return true;
        for (ElfSection section : loaded) {
            if (!section.contains(address)) continue;
            lastWithCode = section;
            return true;
        }
        return false;
    }

    /** The image of the file with what several debug files have in common (dwz); null when it is not there. */
    synchronized @Nullable DwarfImage supplement() {
        Optional<DwarfImage> known = supplement;
        if (known == null) {
            List<String> missing = new ArrayList<>();
            ElfFile file = files.supplement(sections.debugFile(), missing);
            if (file == null) missing.forEach(m -> problem("common debug information", m));
            DwarfImage image =
                    file == null ? null : new DwarfImage(new DwarfSections(file, new DebugFiles(List.of())), files);
            supplement = known = Optional.ofNullable(image);
        }
        return known.orElse(null);
    }

    Abbreviations abbreviations(long offset) {
        return abbreviations.computeIfAbsent(offset, at -> Abbreviations.read(sections.abbrev(), at));
    }

    LineHeader lineHeader(long offset, Unit unit) {
        LineHeader known = lineHeaders.get(offset);
        if (known == null) {
            known = LineHeader.read(unit, offset);
            lineHeaders.put(offset, known);
        }
        return known;
    }

    /** Units of .debug_info, then those of .debug_types, in the order of the sections. */
    List<Unit> units() {
        List<Unit> known = units;
        if (known == null) {
            List<Unit> found = new ArrayList<>();
            scan(".debug_info", found);
            scan(".debug_types", found);
            units = known = List.copyOf(found);
        }
        return known;
    }

    /** The units with the entries: for skeletons what they continue in, and the type units that belong to those. */
    List<Unit> unitsWithEntries() {
        List<Unit> found = new ArrayList<>();
        Set<Long> signatures = new HashSet<>();
        for (Unit unit : units()) {
            Unit contents = unit.contents();
            found.add(contents);
            if (contents == unit) continue;
            for (Unit other : contents.image().units()) addType(other, signatures, found);
        }
        for (Unit type : split.packedTypeUnits()) addType(type, signatures, found);
        return found;
    }

    private static void addType(Unit unit, Set<Long> signatures, List<Unit> out) {
        if (!unit.isSplitFull() && signatures.add(unit.header().signature())) out.add(unit);
    }

    private void scan(String name, List<Unit> out) {
        try {
            Bytes section = sections.section(name);
            Cursor in = new Cursor(section);
            while (in.remaining() >= 4) {
                long offset = in.position();
                UnitHeader.Extent extent = UnitHeader.Extent.read(in);
                try {
                    UnitHeader header = UnitHeader.read(section, offset, extent, name.equals(".debug_types"));
                    out.add(new Unit(this, section, header, skeleton));
                } catch (CorruptFileException e) {
                    note(name + " unit at 0x" + Long.toHexString(offset), e);
                }
                in.seek(extent.end());
            }
        } catch (CorruptFileException e) {
            note(name, e);
        }
    }

    /** The unit of .debug_info that holds {@code infoOffset}; null for none. */
    @Nullable
    Unit unitAt(long infoOffset) {
        List<Unit> all = units();
        Bytes section = sections.info();
        int from = 0;
        int to = all.size();
        while (to > 0 && !all.get(to - 1).data().name().equals(section.name())) to--;
        while (from < to) {
            int middle = (from + to) >>> 1;
            Unit unit = all.get(middle);
            if (infoOffset < unit.offset()) to = middle;
            else if (infoOffset >= unit.end()) from = middle + 1;
            else return unit;
        }
        return null;
    }

    /** The entry at {@code infoOffset} of .debug_info. DW_FORM_ref_addr. */
    DieRef refAt(long infoOffset) {
        Unit unit = unitAt(infoOffset);
        if (unit == null) {
            throw new CorruptFileException(
                    sections.info().name(),
                    "reference",
                    0,
                    "0x" + Long.toHexString(infoOffset),
                    "an offset within a unit");
        }
        return new DieRef(unit, infoOffset);
    }

    /** The type that the type unit with {@code signature} holds; null when there is no such unit. */
    @Nullable
    DieRef typeUnit(long signature) {
        DieRef own = ownTypeUnit(signature);
        return own != null || skeleton == null ? own : split.typeUnit(signature, skeleton);
    }

    @Nullable
    DieRef ownTypeUnit(long signature) {
        Map<Long, Unit> known = typeUnits;
        if (known == null) {
            known = new HashMap<>();
            for (Unit unit : units()) {
                int type = unit.header().type();
                if (type == UnitHeader.DW_UT_TYPE || type == UnitHeader.DW_UT_SPLIT_TYPE) {
                    known.putIfAbsent(unit.header().signature(), unit);
                }
            }
            typeUnits = known;
        }
        Unit unit = known.get(signature);
        return unit == null
                ? null
                : new DieRef(unit, unit.offset() + unit.header().typeOffset());
    }

    /**
     * The units with code at {@code pc}: one, unless the linker folded functions of several. Of split units those with
     * the entries.
     */
    List<Unit> unitsAt(long pc) {
        return units(addresses().at(pc));
    }

    /** The units with code in {@code range}. */
    List<Unit> unitsIn(AddressRange range) {
        return units(addresses().in(range));
    }

    private List<Unit> units(List<Long> indexes) {
        return indexes.stream()
                .distinct()
                .map(i -> units().get((int) (long) i).contents())
                .toList();
    }

    private UnitAddresses addresses() {
        UnitAddresses known = addresses;
        if (known == null) addresses = known = new UnitAddresses(this);
        return known;
    }

    /** Entries by name, of all units: built on first use. */
    NameIndex names() {
        NameIndex known = names;
        if (known == null) {
            synchronized (namesLock) {
                known = names;
                if (known == null) names = known = NameIndex.of(this);
            }
        }
        return known;
    }

    /** Whether {@code cache} is for the names of this image: they must depend on nothing but its file. */
    boolean keepsNames(NameCache cache) {
        if (skeleton != null || sections.isSplit()) return false;
        try {
            if (!cache.keeps(sections.info().length() + sections.types().length())) return false;
        } catch (CorruptFileException e) {
            // told where the units are read
            return false;
        }
        for (Unit unit : units()) if (unit.isSkeleton()) return false;
        return true;
    }

    /** The location of the variable or parameter at {@code infoOffset}. */
    Optional<UnitContext.DieLocation> locationOf(long infoOffset) {
        Unit unit = unitAt(infoOffset);
        if (unit == null) return Optional.empty();
        Die die = Die.at(unit, infoOffset);
        return Optional.of(Locations.of(die, Locations.frameBaseAround(die)));
    }

    Optional<UnitContext.DieLocation> callSiteValue(long linkReturnPc, UnitContext.Passed what) {
        for (Unit unit : unitsAt(linkReturnPc - 1)) {
            for (long offset : unit.functions().at(linkReturnPc - 1)) {
                Optional<UnitContext.DieLocation> value = CallSites.value(Die.at(unit, offset), linkReturnPc, what);
                if (value.isPresent()) return value;
            }
        }
        return Optional.empty();
    }

    /** See {@link UnitContext#scalarSize}. */
    int scalarSize(long infoOffset) {
        Unit unit = unitAt(infoOffset);
        if (unit == null) return 0;
        Type type = types().of(Die.at(unit, infoOffset)).stripped();
        boolean scalar = type instanceof BaseType || type instanceof EnumType || type instanceof PointerType;
        return scalar && type.byteSize() <= 8 ? (int) type.byteSize() : 0;
    }

    /** See {@link UnitContext#functionEntry}. */
    long functionEntry(long linkPc) {
        for (Unit unit : unitsAt(linkPc)) {
            for (long offset : unit.functions().at(linkPc)) {
                Die die = Die.at(unit, offset);
                int low = die.indexOf(Attribute.LOW_PC);
                if (low >= 0) return die.address(low);
                int entry = die.indexOf(Attribute.ENTRY_PC);
                if (entry >= 0 && die.isAddress(entry)) return die.address(entry);
                java.util.List<AddressRange> ranges = RangeLists.of(die);
                if (!ranges.isEmpty()) return ranges.get(0).low();
            }
        }
        return 0;
    }

    /** See {@link Symbols#tailCalls}; none where nothing is known of a function there. */
    long[] tailCalls(long linkEntry) {
        for (Unit unit : unitsAt(linkEntry)) {
            for (long offset : unit.functions().at(linkEntry)) return CallSites.tailCalls(Die.at(unit, offset));
        }
        return new long[0];
    }
}
