package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Reads the names of all units on several threads, largest units first; the result is the same for any number. */
final class NameScans {
    private static final int MAX_THREADS = 8;
    /** Bytes of units that are read sooner than a thread is started. */
    private static final long ALONE = 1 << 20;

    private final DwarfImage image;
    private final List<Unit> units;
    private final int[] order;
    private final @Nullable NameScan[] scans;
    private final AtomicInteger next = new AtomicInteger();
    private final Set<Long> imports = new TreeSet<>();
    private final Set<Unit> imported = new HashSet<>();
    private volatile @Nullable Error failure;

    private NameScans(DwarfImage image, List<Unit> units) {
        this.image = image;
        this.units = units;
        this.scans = new NameScan[units.size()];
        this.order = largestFirst(units);
    }

    private static int[] largestFirst(List<Unit> units) {
        long[] keys = new long[units.size()];
        for (int i = 0; i < keys.length; i++) {
            long size = Math.min(units.get(i).end() - units.get(i).offset(), (1L << 38) - 1);
            keys[i] = -size << 24 | i;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int i = 0; i < order.length; i++) order[i] = (int) keys[i] & (NameTable.MAX_UNITS - 1);
        return order;
    }

    /** @param key what the table is to be recognised by */
    static NameTable of(DwarfImage image, List<Unit> units, long key) {
        if (units.size() > NameTable.MAX_UNITS) {
            image.problem("names", "more than " + NameTable.MAX_UNITS + " units");
            return of(image, List.of(), key);
        }
        NameScans work = new NameScans(image, units);
        work.run();
        List<NameScan> done = new ArrayList<>(units.size());
        for (NameScan scan : work.scans) if (scan != null) done.add(scan);
        return NameTable.of(
                done, work.imports.stream().mapToLong(Long::longValue).toArray(), key);
    }

    private void run() {
        long bytes = 0;
        for (Unit unit : units) bytes += unit.end() - unit.offset();
        int processors = Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS);
        Thread[] helpers = new Thread[bytes < ALONE ? 0 : Math.min(processors, units.size()) - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Thread(this::work, "kmdebug-names-" + i);
            helpers[i].setDaemon(true);
            helpers[i].start();
        }
        work();
        boolean interrupted = false;
        for (Thread helper : helpers) {
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        Error problem = failure;
        if (problem != null) throw problem;
    }

    private void work() {
        EntryScan entries = null;
        for (int i = next.getAndIncrement(); i < order.length; i = next.getAndIncrement()) {
            int number = order[i];
            Unit unit = units.get(number);
            try {
                if (entries == null) entries = new EntryScan(unit);
                else entries.reset(unit);
                NameScan scan = new NameScan(number);
                scans[number] = scan;
                scan.read(entries, this::importUnit);
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            } catch (OutOfMemoryError | StackOverflowError e) {
                failure = e;
                return;
            }
        }
    }

    /** Units of this file have their names in the table anyway, whoever imports them. */
    private void importUnit(@Nullable DieRef target) {
        if (target == null || target.unit().image() == image) return;
        synchronized (imports) {
            addImport(target);
        }
    }

    private void addImport(DieRef target) {
        if (!imported.add(target.unit())) return;
        imports.add(target.unit().offset());
        Die child = target.unit().rootDie();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            if (child.tag() != Tag.IMPORTED_UNIT) continue;
            DieRef further = child.target(Attribute.IMPORT);
            if (further != null && further.unit().image() != image) addImport(further);
        }
    }
}
