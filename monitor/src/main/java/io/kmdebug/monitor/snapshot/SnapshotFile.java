package io.kmdebug.monitor.snapshot;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.CorruptState;
import io.kmdebug.monitor.state.ProcessState;
import io.kmdebug.monitor.state.StateFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A snapshot to resume, with those it builds on. The descriptors stay open: the payload's pages come from them as it
 * touches them, whatever becomes of the files' names.
 */
final class SnapshotFile {
    private static final int O_CLOEXEC = 02000000;
    private static final int LSEEK = 8;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int PAGE = 4096;
    /** Holes up to here are mapped with what is around them. */
    private static final long SMALL_HOLE = 256 << 10;
    /** A chain as long as this is a circle or a mistake. */
    private static final int LONGEST_CHAIN = 64;

    private final Path path;
    private final CoreFile core;
    private final Identity identity;
    /** What the file, and those below it, hold: by address, without overlaps. */
    private final TreeMap<Long, StoredPages> pages = new TreeMap<>();

    private final List<Integer> descriptors = new ArrayList<>();

    private SnapshotFile(Path path, CoreFile core, Identity identity) {
        this.path = path;
        this.core = core;
        this.identity = identity;
    }

    /**
     * Opens a snapshot and the chain below it.
     *
     * @throws NotResumable with a sentence for the user that names the file and what is wrong with it
     */
    static SnapshotFile open(Path path) throws NotResumable {
        SnapshotFile file = openOne(path);
        file.addPages(0);
        return file;
    }

    private static SnapshotFile openOne(Path path) throws NotResumable {
        CoreFile core;
        try {
            core = CoreFile.open(path);
        } catch (CorruptFileException e) {
            throw new NotResumable(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new NotResumable(path + ": cannot be read: " + e.getMessage());
        }
        if (!core.notices().isEmpty()) {
            String notice = core.notices().get(0);
            throw new NotResumable(path + ": " + notice);
        }
        Optional<Bytes> identity = core.note(SnapshotNotes.OWNER, SnapshotNotes.IDENTITY);
        if (identity.isEmpty()) throw new NotResumable(path + ": " + ForeignCore.describe(core));
        try {
            Bytes content = identity.get();
            return new SnapshotFile(path, core, Identity.decode(content.copy(0, (int) content.length())));
        } catch (IOException e) {
            throw new NotResumable(path + ": " + e.getMessage());
        }
    }

    Path path() {
        return path;
    }

    /** Gives the files back, when it was read only. */
    void close() {
        descriptors.forEach(HostCall::close);
    }

    Identity identity() {
        return identity;
    }

    /** As another one names it that builds on it. */
    Identity.Base asBase() {
        return new Identity.Base(
                identity.self(), path.toFile().length(), path.toAbsolutePath().toString());
    }

    ProcessState state() throws NotResumable {
        Bytes content = core.note(SnapshotNotes.OWNER, SnapshotNotes.STATE)
                .orElseThrow(() -> new NotResumable(path + ": it has no note KMDB type 1, the state of the process"));
        try {
            return StateFormat.read(content.copy(0, (int) content.length()));
        } catch (CorruptState e) {
            throw new NotResumable(path + ", note KMDB type 1: " + e.getMessage());
        }
    }

    /** Pages with content between two addresses, in order. */
    List<StoredPages> pages(long start, long end) {
        List<StoredPages> found = new ArrayList<>();
        Long below = pages.floorKey(start);
        for (StoredPages piece :
                pages.subMap(below == null ? start : below, end).values()) {
            if (piece.end() <= start) continue;
            long from = Math.max(start, piece.start());
            found.add(piece.part(from, Math.min(end, piece.end())));
        }
        return found;
    }

    private void addPages(int depth) throws NotResumable {
        Identity.Base base = identity.base();
        if (base != null) {
            if (depth == LONGEST_CHAIN)
                throw new NotResumable(path + ": it builds on a chain of more than 64 snapshots");
            SnapshotFile below = openBase(base);
            below.addPages(depth + 1);
            pages.putAll(below.pages);
            descriptors.addAll(below.descriptors);
        }
        int descriptor = HostCall.open(path.toString(), O_CLOEXEC);
        if (descriptor < 0) throw new NotResumable(path + ": cannot be opened: errno " + -descriptor);
        descriptors.add(descriptor);
        Optional<Bytes> packed = core.note(SnapshotNotes.OWNER, SnapshotNotes.PACKED);
        if (packed.isPresent()) {
            addPacked(packed.get(), descriptor, base != null);
            return;
        }
        PlainPages plain = new PlainPages(path, descriptor);
        for (ElfSegment load : core.segments()) {
            if (load.fileSize() > 0) add(load, plain, base != null);
        }
    }

    /** Pages of zeros are not packed; where the file covers what a base has they count. */
    private void addPacked(Bytes list, int descriptor, boolean whole) throws NotResumable {
        for (ElfSegment load : core.segments()) {
            if (!whole || load.type() != ElfSegment.PT_LOAD) continue;
            put(new StoredPages(load.address(), load.address() + load.memorySize(), PageSource.ZEROS, 0));
        }
        for (StoredPages one : PackedPages.of(core, list, descriptor)) put(one);
    }

    /** Where the base was then, or beside this file. */
    private SnapshotFile openBase(Identity.Base base) throws NotResumable {
        Path then = Path.of(base.path());
        Path beside = path.toAbsolutePath().resolveSibling(then.getFileName());
        Path there = Files.exists(then) || !Files.exists(beside) ? then : beside;
        if (!Files.exists(there)) {
            throw new NotResumable(path + ": the snapshot that it builds on, " + then + ", is not there");
        }
        SnapshotFile below = openOne(there);
        if (!below.identity.self().equals(base.id())) {
            throw new NotResumable(path + ": " + there + " is not the snapshot that it builds on (that is " + base.id()
                    + ", this is " + below.identity.self() + ")");
        }
        long bytes = there.toFile().length();
        if (bytes != base.bytes()) {
            throw new NotResumable(path + ": " + there + " has " + bytes + " bytes, but had " + base.bytes());
        }
        return below;
    }

    /** The parts of a segment with data; all of it when it covers what a base has, whose pages may be zeros here. */
    private void add(ElfSegment load, PlainPages file, boolean whole) {
        long fileEnd = load.offset() + load.fileSize();
        if (whole) {
            put(new StoredPages(load.address(), load.address() + load.fileSize(), file, load.offset()));
            return;
        }
        int descriptor = file.descriptor();
        long at = load.offset();
        while (at < fileEnd) {
            long data = seek(descriptor, at, SEEK_DATA, fileEnd);
            if (data >= fileEnd) return;
            long end = data;
            long next = data;
            // small holes are worth no mapping of their own
            while (next < fileEnd && next - end < SMALL_HOLE) {
                end = seek(descriptor, next, SEEK_HOLE, fileEnd);
                next = end >= fileEnd ? fileEnd : seek(descriptor, end, SEEK_DATA, fileEnd);
            }
            long from = data & -PAGE;
            long to = Math.min(fileEnd, end + PAGE - 1 & -PAGE);
            long shift = load.address() - load.offset();
            put(new StoredPages(from + shift, to + shift, file, from));
            at = to;
        }
    }

    private static long seek(int descriptor, long from, int what, long end) {
        long found = Native.syscall(LSEEK, descriptor, from, what);
        return found < 0 || found > end ? end : found;
    }

    /** Replaces whatever was known of these addresses. */
    private void put(StoredPages added) {
        Long below = pages.floorKey(added.start());
        List<StoredPages> hit = new ArrayList<>();
        for (StoredPages piece :
                pages.subMap(below == null ? added.start() : below, added.end()).values()) {
            if (piece.end() > added.start()) hit.add(piece);
        }
        for (StoredPages piece : hit) {
            pages.remove(piece.start());
            if (piece.start() < added.start()) {
                pages.put(piece.start(), piece.part(piece.start(), added.start()));
            }
            if (piece.end() > added.end()) {
                pages.put(added.end(), piece.part(added.end(), piece.end()));
            }
        }
        pages.put(added.start(), added);
    }
}
