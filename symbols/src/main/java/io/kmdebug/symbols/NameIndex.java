package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Functions, global variables, types and enumerators of all units by the hash of their name: twelve bytes for each, no
 * strings. A find is checked against the name itself.
 */
final class NameIndex {
    private static final System.Logger LOG = System.getLogger(NameIndex.class.getName());

    private final DwarfImage image;
    private final List<Unit> units;
    private final NameCache cache;
    private final @Nullable String cacheName;
    private final long key;
    /** Of all units; null as long as an index that the program brings answers. */
    private volatile @Nullable NameTable table;

    private final @Nullable PreparedNames prepared;
    /** Units of the supplementary file that units of this one import. DWARF 5 §3.1.1, appendix E. */
    private final Set<Unit> imported = new HashSet<>();

    private NameIndex(DwarfImage image, NameCache cache) {
        this.image = image;
        this.cache = cache;
        this.units = image.unitsWithEntries();
        this.cacheName = image.keepsNames(cache) ? NameKey.name(image) : null;
        this.key = cacheName == null ? 0 : NameKey.of(image);
        NameTable kept = cacheName == null ? null : cache.load(cacheName, key);
        if (kept != null) {
            take(kept);
            prepared = null;
        } else {
            prepared = PreparedNames.of(image, units);
            if (prepared == null) read();
        }
    }

    /** As the user's environment has it: see {@link NameCache}. */
    static NameIndex of(DwarfImage image) {
        return of(image, NameCache.ofSystem());
    }

    /** From the cache, from an index that the program brings, or of all units: the first that has an answer. */
    static NameIndex of(DwarfImage image, NameCache cache) {
        return new NameIndex(image, cache);
    }

    /** Reads all units; the result is kept beside what goes on. */
    private NameTable read() {
        NameTable made = NameScans.of(image, units, key);
        take(made);
        if (cacheName != null) {
            Thread keeper = new Thread(() -> cache.store(cacheName, made), "kmdebug-keep-names");
            keeper.setDaemon(true);
            keeper.start();
        }
        return made;
    }

    private void take(NameTable of) {
        DwarfImage common = of.imports().length == 0 ? null : image.supplement();
        if (common != null) {
            for (long offset : of.imports()) {
                Unit unit = common.unitAt(offset);
                if (unit != null) imported.add(unit);
            }
        }
        table = of;
    }

    /** Functions that have code: plain, qualified or linkage name. */
    Stream<DieRef> functions(String name) {
        return find(NameKind.FUNCTION, name);
    }

    /** Functions that were, or may have been, inlined. */
    Stream<DieRef> abstractFunctions(String name) {
        return Stream.concat(
                find(NameKind.ABSTRACT_FUNCTION, name), inSupplement(common -> common.abstractFunctions(name)));
    }

    Stream<DieRef> variables(String name) {
        return Stream.concat(find(NameKind.VARIABLE, name), inSupplement(common -> common.variables(name)));
    }

    /** Types that are defined under this name or tag. */
    Stream<Type> types(String name) {
        return typeEntries(name).map(ref -> ref.unit().image().types().at(ref));
    }

    private Stream<DieRef> typeEntries(String name) {
        return Stream.concat(find(NameKind.TYPE, name), inSupplement(common -> common.typeEntries(name)));
    }

    /** Constants of enumerations that are not within functions. */
    Stream<DieRef> enumerators(String name) {
        return Stream.concat(find(NameKind.ENUMERATOR, name), inSupplement(common -> common.enumerators(name)));
    }

    private Stream<DieRef> inSupplement(Function<NameIndex, Stream<DieRef>> search) {
        DwarfImage common = imported.isEmpty() ? null : image.supplement();
        return common == null
                ? Stream.empty()
                : search.apply(common.names()).filter(ref -> imported.contains(ref.unit()));
    }

    private Stream<DieRef> find(NameKind kind, String name) {
        String last = lastPart(name);
        List<DieRef> found = new ArrayList<>();
        for (DieRef ref : candidates(kind, last)) if (isNamed(ref, name, last)) found.add(ref);
        return found.stream();
    }

    private synchronized List<DieRef> candidates(NameKind kind, String last) {
        PreparedNames index = prepared;
        if (table == null && index != null) {
            List<DieRef> found = index.find(kind, last);
            if (found != null) return found;
        }
        List<DieRef> found = new ArrayList<>();
        for (long row : rows(kind, StringPlace.hash(last.getBytes(StandardCharsets.UTF_8)))) {
            int number = NameTable.unit(row);
            if (number >= units.size()) continue;
            Unit unit = units.get(number);
            DieRef ref = new DieRef(unit, unit.offset() + NameTable.offsetInUnit(row));
            if (ref.offset() < unit.end()) found.add(ref);
        }
        return found;
    }

    private long[] rows(NameKind kind, int hash) {
        NameTable known = table;
        try {
            return (known != null ? known : read()).find(kind, hash);
        } catch (CorruptFileException e) {
            // the file of the cache is damaged: that costs time and nothing else
            LOG.log(System.Logger.Level.DEBUG, "a table of names is made anew", e);
            return read().find(kind, hash);
        }
    }

    /** What stands behind the last "::" that is not within template arguments. */
    static String lastPart(String name) {
        return QualifiedNames.lastPart(name);
    }

    /**
     * Whether {@code name} is the source name, qualified or not, or the linkage name of the entry.
     *
     * @param last {@link #lastPart} of {@code name}
     */
    static boolean isNamed(DieRef ref, String name, String last) {
        try {
            Die holder = ref.die().holder(Attribute.NAME);
            String plain = holder == null ? null : holder.string(Attribute.NAME);
            if (holder != null && plain != null && isNamed(holder, plain, last)) {
                return last.length() == name.length() || isQualified(holder, Ancestors.qualify(holder, last), name);
            }
            return isLinkageName(ref.die(), Attribute.LINKAGE_NAME, name)
                    || isLinkageName(ref.die(), Attribute.MIPS_LINKAGE_NAME, name);
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return false;
        }
    }

    /** A template's name is that of all its instances. */
    private static boolean isNamed(Die holder, String plain, String last) {
        if (last.equals(plain)) return true;
        if (plain.length() > last.length() && plain.startsWith(last) && last.equals(CppNames.withoutArguments(plain)))
            return true;
        return last.endsWith(">") && isCpp(holder) && isReadably(plain, last);
    }

    private static boolean isQualified(Die holder, String qualified, String name) {
        return QualifiedNames.matches(qualified, name)
                || (isCpp(holder) && QualifiedNames.matches(CppNames.readable(qualified), CppNames.readable(name)));
    }

    /** Whether both are the same name, one as the compiler spells it and the other as people do. */
    private static boolean isReadably(String plain, String name) {
        return CppNames.readable(plain).equals(CppNames.readable(name));
    }

    private static boolean isCpp(Die die) {
        return Language.of(die.unit().language()) == Language.CPP;
    }

    private static boolean isLinkageName(Die die, int attribute, String name) {
        Die holder = die.holder(attribute);
        return holder != null && name.equals(holder.string(attribute));
    }
}
