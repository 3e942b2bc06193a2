package io.kmdebug.debugger.target;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.coredump.CoreThread;
import io.kmdebug.coredump.MappedFile;
import io.kmdebug.coredump.PendingSystemCall;
import io.kmdebug.coredump.ProcessInfo;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfNote;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.rsp.ThreadAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A core: nothing moves any more. Memory that the core left out because a file has it is read from that file, and from
 * the images that the session found.
 */
public final class CoreTarget implements Target {
    private final CoreFile core;
    private final ImageFiles places;
    private final Set<Path> others = new HashSet<>();
    private final Map<String, Optional<Bytes>> files = new HashMap<>();
    private final List<LoadedImage> images = new ArrayList<>();

    /** A core whose mapped files are at their own paths. */
    public CoreTarget(CoreFile core) {
        this(core, ImageFiles.LOCAL);
    }

    /** @param places of the core's mapped files */
    public CoreTarget(CoreFile core, ImageFiles places) {
        this.core = core;
        this.places = places;
    }

    public CoreFile core() {
        return core;
    }

    /** Lets read-only memory that the core lacks be read from {@code image}'s file. */
    public void fillFrom(LoadedImage image) {
        images.add(image);
    }

    /** No memory is read from {@code file}: it is not the one that was mapped. */
    void neverFillFrom(Path file) {
        others.add(file);
    }

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public List<ThreadInfo> threads() {
        String name = core.process().map(ProcessInfo::name).orElse("thread");
        return core.threads().stream().map(t -> new ThreadInfo(t.tid(), name)).toList();
    }

    @Override
    public Registers registers(long tid) {
        return KmTrampoline.outside(thread(tid).registers(), core.memory());
    }

    private CoreThread thread(long tid) {
        for (CoreThread thread : core.threads()) if (thread.tid() == tid) return thread;
        throw new DebuggerException("The core has no thread " + tid + ".");
    }

    @Override
    public void writeRegisters(long tid, Registers changed) {
        throw postMortem("changed");
    }

    @Override
    public void writeMemory(long address, byte[] data) {
        throw postMortem("changed");
    }

    @Override
    public void resume(List<ThreadAction> actions) {
        throw postMortem("resumed");
    }

    /** The answer to everything that a core cannot do. */
    public static DebuggerException postMortem(String what) {
        return new DebuggerException("This session is post-mortem: a core cannot be " + what + ".");
    }

    @Override
    public MemoryReader memory() {
        return this::read;
    }

    @Override
    public boolean mayExecute(long address) {
        for (ElfSegment segment : core.segments()) {
            if (segment.contains(address)) return (segment.flags() & ElfSegment.PF_X) != 0;
        }
        return false;
    }

    private int read(long address, byte[] target, int offset, int length) {
        int done = 0;
        while (done < length) {
            int got = core.memory().read(address + done, target, offset + done, length - done);
            if (got == 0) got = readFromFiles(address + done, target, offset + done, length - done);
            if (got == 0) break;
            done += got;
        }
        return done;
    }

    private int readFromFiles(long address, byte[] target, int offset, int length) {
        for (LoadedImage image : images) {
            int got = readFromImage(image, address, target, offset, length);
            if (got > 0) return got;
        }
        Optional<MappedFile> mapped = core.mappedFileAt(address).filter(f -> isReadOnly(address));
        if (mapped.isEmpty()) return 0;
        Bytes file = file(mapped.get().path());
        if (file == null) return 0;
        long at = address - mapped.get().start() + mapped.get().fileOffset();
        long left = Math.min(mapped.get().end() - address, file.length() - at);
        return copy(file, at, left, target, offset, length);
    }

    private static int readFromImage(LoadedImage image, long address, byte[] target, int offset, int length) {
        long linked = address - image.bias();
        ElfFile file = image.symbols().file();
        for (ElfSegment segment : file.segments()) {
            boolean readOnly = segment.type() == ElfSegment.PT_LOAD && (segment.flags() & ElfSegment.PF_W) == 0;
            if (!readOnly || !segment.contains(linked)) continue;
            long within = linked - segment.address();
            return copy(file.bytes(), segment.offset() + within, segment.fileSize() - within, target, offset, length);
        }
        return 0;
    }

    private static int copy(Bytes file, long at, long left, byte[] target, int offset, int length) {
        int size = (int) Math.max(0, Math.min(length, Math.min(left, file.length() - at)));
        if (size > 0) file.copy(at, target, offset, size);
        return size;
    }

    /** What could be written may have been: the file would show what it was before. */
    private boolean isReadOnly(long address) {
        for (ElfSegment segment : core.segments()) {
            if (segment.contains(address)) return (segment.flags() & ElfSegment.PF_W) == 0;
        }
        return false;
    }

    private @Nullable Bytes file(String path) {
        Path place = places.place(path);
        if (others.contains(place)) return null;
        return files.computeIfAbsent(path, name -> {
                    if (!Files.isRegularFile(place)) return Optional.empty();
                    try {
                        return Optional.of(Bytes.map(place));
                    } catch (IOException e) {
                        return Optional.empty();
                    }
                })
                .orElse(null);
    }

    /** The GNU build id of the image as the core's memory has it, in hex; empty where the core left it out. */
    public Optional<String> buildId(LoadedImage image) {
        for (ElfSegment segment : image.symbols().file().segments()) {
            if (segment.type() != ElfSegment.PT_NOTE || segment.memorySize() > 1 << 16) continue;
            byte[] raw = new byte[(int) segment.memorySize()];
            if (core.memory().read(segment.address() + image.bias(), raw, 0, raw.length) < raw.length) continue;
            for (ElfNote note : ElfNote.readAll(Bytes.of("notes", raw))) {
                if (!note.name().equals("GNU") || note.type() != ElfNote.NT_GNU_BUILD_ID) continue;
                Bytes id = note.content();
                return Optional.of(HexFormat.of().formatHex(id.copy(0, (int) id.length())));
            }
        }
        return Optional.empty();
    }

    @Override
    public AuxVector auxv() {
        return core.auxv();
    }

    @Override
    public Optional<String> executable() {
        return core.executable();
    }

    @Override
    public OptionalInt pid() {
        return core.process().map(p -> OptionalInt.of(p.pid())).orElse(OptionalInt.empty());
    }

    @Override
    public Optional<SignalInfo> signalInfo(long tid) {
        return Optional.ofNullable(thread(tid).signalInfo());
    }

    @Override
    public Optional<List<OpenFile>> openFiles() {
        return core.descriptors()
                .map(all -> all.stream()
                        .map(one -> new OpenFile(one.number(), one.name(), OpenFlags.text(one.flags()), one.offset()))
                        .toList());
    }

    @Override
    public Optional<PendingSystemCall> pendingCall(long tid) {
        return core.pendingCalls().stream().filter(call -> call.tid() == tid).findFirst();
    }

    @Override
    public List<MappedFile> fileMappings() {
        return core.mappedFiles();
    }

    @Override
    public void close() {
        // The mapping of the file goes with the object.
    }
}
