package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSymbol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ELF symbols of an image by address and by name. Thread-safe. */
final class ElfSymbolTable {
    private static final int SHN_ABS = 0xfff1;
    /** Symbols nest seldom and little, so a look at a few before an address finds the one whose size covers it. */
    private static final int LOOK_BACK = 64;

    private static final int MAX_KNOWN_NAMES = 1000;

    private final ElfFile file;
    private final Supplier<ElfFile> holder;
    private final LinkageStubs stubs;
    private final Supplier<ElfSymbols> symbols;
    private final Supplier<Addresses> addresses;
    private final Map<String, List<ElfSymbol>> byName = new ConcurrentHashMap<>();
    /** What a stripped program carries in {@link MiniDebugInfo}. */
    private final Supplier<Optional<ElfSymbolTable>> packed;

    private volatile @Nullable CorruptFileException problem;

    /** Of code and data: values in ascending order, and the numbers of the symbols. */
    private record Addresses(long[] values, int[] numbers) {}

    /** @param debug the file with the debug information, which has the static symbols of a stripped program */
    ElfSymbolTable(ElfFile file, Supplier<ElfFile> debug) {
        this(file, Lazily.of(() -> hasStatic(file) ? file : debug.get()), true);
    }

    private ElfSymbolTable(ElfFile file, Supplier<ElfFile> holder, boolean unpacks) {
        this.file = file;
        this.holder = holder;
        this.packed = Lazily.of(() -> unpacks ? unpack() : Optional.empty());
        this.stubs = new LinkageStubs(file);
        this.symbols = Lazily.of(() -> read(holder.get()));
        this.addresses = Lazily.of(() -> sort(symbols.get()));
    }

    private static boolean hasStatic(ElfFile file) {
        for (ElfSection section : file.sections()) if (section.type() == ElfSection.SHT_SYMTAB) return true;
        return false;
    }

    private Optional<ElfSymbolTable> unpack() {
        ElfFile outer = holder.get();
        if (hasStatic(outer) || !MiniDebugInfo.isIn(outer)) return Optional.empty();
        try {
            ElfFile inner = MiniDebugInfo.file(outer);
            return inner == null ? Optional.empty() : Optional.of(new ElfSymbolTable(file, () -> inner, false));
        } catch (CorruptFileException e) {
            problem = e;
            return Optional.empty();
        }
    }

    /** Why the packed symbols cannot be read, once they were asked for; null when they can, or there are none. */
    @Nullable
    CorruptFileException problem() {
        return problem;
    }

    private static ElfSymbols read(ElfFile file) {
        try {
            return ElfSymbols.of(file);
        } catch (CorruptFileException e) {
            return ElfSymbols.NONE;
        }
    }

    /** The file that has the symbols. */
    ElfFile file() {
        return holder.get();
    }

    private static Addresses sort(ElfSymbols symbols) {
        Placed placed = new Placed(symbols.count());
        symbols.forEach(placed);
        int[] order = AddressOrder.of(placed.values, placed.count);
        long[] values = new long[order.length];
        int[] numbers = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            values[i] = placed.values[order[i]];
            numbers[i] = placed.numbers[order[i]];
        }
        return new Addresses(values, numbers);
    }

    /** Collects what is somewhere in the image. */
    private static final class Placed implements ElfSymbols.Visitor {
        private final long[] values;
        private final int[] numbers;
        private int count;

        Placed(int most) {
            values = new long[most];
            numbers = new int[most];
        }

        @Override
        public void visit(int index, long name, int info, int section, long value) {
            if (section == 0 || section == SHN_ABS || name == 0 || (info & 0xf) == ElfSymbol.STT_TLS) return;
            values[count] = value;
            numbers[count++] = index;
        }
    }

    /** Symbols of exactly this name. */
    List<ElfSymbol> named(String name) {
        List<ElfSymbol> known = byName.get(name);
        if (known != null) return known;
        List<ElfSymbol> found = new ArrayList<>();
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        ElfSymbols all = symbols.get();
        all.forEach((index, at, info, section, value) -> {
            if (all.isNamed(at, utf8)) found.add(all.symbol(index));
        });
        packed.get().ifPresent(more -> {
            for (ElfSymbol symbol : more.named(name)) {
                if (found.stream().noneMatch(s -> s.value() == symbol.value())) found.add(symbol);
            }
        });
        if (byName.size() < MAX_KNOWN_NAMES) byName.put(name, List.copyOf(found));
        return List.copyOf(found);
    }

    /**
     * The symbol that covers {@code pc} by its size; else the entry of a linkage table, or the nearest symbol of code
     * before it that has no size, unless a function that has one lies between: what is behind its end is nobody's.
     */
    Optional<ElfSymbol> at(long pc) {
        Optional<ElfSymbol> own = ownAt(pc);
        if (own.isPresent() && own.get().size() > 0) return own;
        Optional<ElfSymbol> inner = packed.get().flatMap(more -> more.ownAt(pc));
        return inner.or(() -> stubs.at(pc)).or(() -> own);
    }

    private Optional<ElfSymbol> ownAt(long pc) {
        Addresses sorted = addresses.get();
        int last = floor(sorted.values, pc);
        ElfSymbol unsized = null;
        boolean functionBetween = false;
        for (int i = last; i >= 0 && i > last - LOOK_BACK; ) {
            int start = i;
            while (start > 0 && sorted.values[start - 1] == sorted.values[i]) start--;
            ElfSymbol covering = best(sorted, start, i, pc, true);
            if (covering != null) return Optional.of(covering);
            if (unsized == null && !functionBetween) unsized = best(sorted, start, i, pc, false);
            functionBetween |= hasSizedFunction(sorted, start, i);
            i = start - 1;
        }
        return Optional.ofNullable(unsized);
    }

    private boolean hasSizedFunction(Addresses sorted, int from, int to) {
        ElfSymbols all = symbols.get();
        for (int i = from; i <= to; i++) {
            int number = sorted.numbers[i];
            if ((all.info(number) & 0xf) == ElfSymbol.STT_FUNC && all.size(number) != 0) return true;
        }
        return false;
    }

    private static int floor(long[] values, long pc) {
        int from = 0;
        int to = values.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Long.compareUnsigned(values[middle], pc) <= 0) from = middle + 1;
            else to = middle;
        }
        return from - 1;
    }

    /** Of symbols at one address the one that people mean: with a type, global, first by name. */
    private @Nullable ElfSymbol best(Addresses sorted, int from, int to, long pc, boolean sized) {
        ElfSymbols all = symbols.get();
        ElfSymbol best = null;
        for (int i = from; i <= to; i++) {
            int number = sorted.numbers[i];
            long size = all.size(number);
            if (sized ? Long.compareUnsigned(pc - sorted.values[i], size) >= 0 : size != 0) continue;
            if (best != null && rank(all.info(number)) < rank(best.binding() << 4 | best.type())) continue;
            ElfSymbol symbol = all.symbol(number);
            if (!sized && !isCodeAround(symbol, pc)) continue;
            if (best == null || isBetter(symbol, best)) best = symbol;
        }
        return best;
    }

    private static boolean isBetter(ElfSymbol one, ElfSymbol other) {
        int byRank = Integer.compare(rank(one.binding() << 4 | one.type()), rank(other.binding() << 4 | other.type()));
        return byRank != 0 ? byRank > 0 : one.name().compareTo(other.name()) < 0;
    }

    private static int rank(int info) {
        int typed = (info & 0xf) == ElfSymbol.STT_NOTYPE ? 0 : 4;
        return typed
                + switch (info >> 4) {
                    case ElfSymbol.STB_GLOBAL -> 2;
                    case ElfSymbol.STB_WEAK -> 1;
                    default -> 0;
                };
    }

    /** Section numbers are those of the file that has the symbols, which need not be the program: addresses are its. */
    private boolean isCodeAround(ElfSymbol symbol, long pc) {
        if (!symbol.isFunction() && symbol.type() != ElfSymbol.STT_NOTYPE) return false;
        for (ElfSection section : file.sections()) {
            boolean code = (section.flags() & ElfSection.SHF_EXECINSTR) != 0;
            if (code && section.contains(pc)) return section.contains(symbol.value());
        }
        return false;
    }
}
