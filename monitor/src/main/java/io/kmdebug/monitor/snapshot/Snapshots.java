package io.kmdebug.monitor.snapshot;

import io.kmdebug.coredump.CoreContents;
import io.kmdebug.coredump.CoreWriter;
import io.kmdebug.coredump.MemoryPacker;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.core.PayloadCore;
import io.kmdebug.monitor.state.Capture;
import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.NotKeepable;
import io.kmdebug.monitor.state.ProcessState;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Takes snapshots of one payload. Thread-safe. */
public final class Snapshots {
    private final Payload payload;
    private final Path defaultPath;
    private volatile @Nullable Path base;
    private volatile boolean packed;
    private final AtomicBoolean taking = new AtomicBoolean();

    /**
     * What was written.
     *
     * @param fileBytes length of the file, holes included
     * @param storedBytes bytes of memory in it
     */
    public record Taken(Path path, long fileBytes, long storedBytes) {}

    /** @param defaultPath where a snapshot goes when nothing else is said */
    public Snapshots(Payload payload, Path defaultPath) {
        this.payload = payload;
        this.defaultPath = defaultPath.toAbsolutePath();
    }

    /**
     * Stops the payload, writes its snapshot, and lets it go on or ends it with status 0. The file appears when it is
     * complete; on failure nothing is left and the payload goes on.
     *
     * @param self the calling payload thread, whose call returns once more in the resumed payload with the result that
     *     is in its registers now; null on any other thread
     * @param path where it goes; null: the default
     * @param live whether the payload goes on
     * @throws SnapshotRefused with the reason, when something cannot be kept or written or another one is being taken
     */
    public Taken take(@Nullable PayloadThread self, @Nullable Path path, String label, String description, boolean live)
            throws SnapshotRefused {
        return take(self, path, label, description, live, null);
    }

    /** @param beforeEnd done when the file is there and the process is about to end; not when it goes on */
    public Taken take(
            @Nullable PayloadThread self,
            @Nullable Path path,
            String label,
            String description,
            boolean live,
            @Nullable Runnable beforeEnd)
            throws SnapshotRefused {
        Path target = path == null ? defaultPath : path.toAbsolutePath();
        if (!taking.compareAndSet(false, true)) {
            throw new SnapshotRefused(SnapshotRefused.EAGAIN, "another snapshot is being taken");
        }
        try {
            if (Trace.on(Trace.SNAPSHOT)) Trace.line(Trace.SNAPSHOT, "label \"" + label + "\" goes to " + target);
            if (self == null) payload.stopper().stopAll(null);
            else if (!payload.stopper().stopAllUnlessEnding(self)) {
                throw new SnapshotRefused(SnapshotRefused.EAGAIN, "the thread that asks for it ends");
            }
            Taken taken = null;
            try {
                taken = write(self, target, label, description);
            } finally {
                if (live || taken == null) payload.stopper().resumeAll();
            }
            if (Trace.on(Trace.SNAPSHOT)) {
                Trace.line(Trace.SNAPSHOT, "written, " + taken.storedBytes() + " bytes of memory");
            }
            if (!live) {
                if (beforeEnd != null) beforeEnd.run();
                payload.end().exit(0);
            }
            return taken;
        } finally {
            taking.set(false);
        }
    }

    /**
     * Whether snapshots could build on this file, so that the user hears of it before a payload has run for hours.
     *
     * @throws NotResumable with a sentence for the user when they could not
     */
    public static void checkBase(Path snapshot) throws NotResumable {
        SnapshotFile.open(snapshot.toAbsolutePath()).close();
    }

    /** From now on snapshots hold what differs from this one; null: everything. */
    public void base(@Nullable Path snapshot) {
        base = snapshot == null ? null : snapshot.toAbsolutePath();
    }

    /**
     * Whether the memory of snapshots from now on is packed: less to write and to keep, all of it to unpack at a
     * resume.
     */
    public void packed(boolean small) {
        packed = small;
    }

    private @Nullable SnapshotFile openBase(Path target) throws IOException {
        Path path = base;
        if (path == null) return null;
        if (path.equals(target) || Files.exists(target) && Files.isSameFile(path, target)) {
            throw new IOException("no snapshot: it would replace the one that it builds on, " + path);
        }
        return SnapshotFile.open(path);
    }

    private Taken write(@Nullable PayloadThread self, Path target, String label, String description)
            throws SnapshotRefused {
        SnapshotFile below = null;
        try {
            Keepable.check(payload);
            below = openBase(target);
            return write(self, target, label, description, below);
        } catch (NotKeepable e) {
            throw new SnapshotRefused(SnapshotRefused.EOPNOTSUPP, "no snapshot: " + e.getMessage());
        } catch (IOException e) {
            throw new SnapshotRefused(SnapshotRefused.EIO, String.valueOf(e.getMessage()));
        } finally {
            if (below != null) below.close();
        }
    }

    private Taken write(
            @Nullable PayloadThread self, Path target, String label, String description, @Nullable SnapshotFile below)
            throws IOException {
        try (SnapshotMemory memory = new SnapshotMemory(payload, below)) {
            DescriptorsState descriptors =
                    DescriptorsTaken.of(payload.services().descriptors());
            ProcessState state = Capture.whole(
                    payload, descriptors, VdsoDigest.of(payload.platform().vdso()));
            Identity identity = Identity.fresh(below == null ? null : below.asBase());
            PayloadThread first = self != null ? self : payload.threads().get(0);
            var notes = SnapshotNotes.of(state, PayloadCore.images(payload), identity, label, description);
            SignalInfo none = new SignalInfo(new byte[SignalInfo.BYTES]);
            CoreContents contents = PayloadCore.contents(payload, first, none, notes);
            MemoryPacker packer = packed ? new ZstandardPacker() : null;
            CoreWriter.Written written = CoreWriter.write("snapshot", target, contents, memory, true, packer);
            if (written.unreadableBytes() > 0) {
                payload.log("the snapshot has zeros for " + written.unreadableBytes()
                        + " bytes behind the ends of mapped files");
            }
            if (payload.placesMemory()) {
                payload.log("the snapshot does not have which NUMA nodes memory is to be on (set_mempolicy, mbind)");
            }
            return new Taken(target, written.fileBytes(), written.storedBytes());
        }
    }
}
