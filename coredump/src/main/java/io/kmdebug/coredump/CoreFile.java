package io.kmdebug.coredump;

import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfNote;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.SignalInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A core: of Linux, of gdb's {@code generate-core-file}, of KM. core(5). It is read where it lies; only its notes are
 * copied. What a damaged core lacks is said in {@link #notices()}, the rest works. Thread-safe.
 */
public final class CoreFile {
    private static final int LONGEST_PATH = 4096;
    /** Up to e_type. */
    private static final int ELF_START = 18;

    private static final int ELF_BIG_ENDIAN = 2;

    private final ElfFile elf;
    private final List<ElfSegment> loads;
    private final MemoryReader memory;
    private final CoreNotes notes;
    private final List<String> notices = new ArrayList<>();

    private CoreFile(ElfFile elf) {
        this.elf = elf;
        this.loads = elf.segments().stream()
                .filter(s -> s.type() == ElfSegment.PT_LOAD)
                .toList();
        this.notes = new CoreNotes(notices);
        readNotes();
        this.memory = memoryOf(elf);
        noteMissingMemory();
    }

    /**
     * Opens a core, also one that gzip or zstd has packed.
     *
     * @throws IOException when the file cannot be read
     * @throws CorruptFileException when it is not an x86-64 core, or is cut within its headers
     */
    public static CoreFile open(Path path) throws IOException {
        if (!PackedCore.is(path)) return of(ElfFile.open(path));
        PackedCore.Content content = PackedCore.unpack(path);
        CoreFile core = of(ElfFile.of(path, content.bytes()));
        if (content.notice() != null) core.notices.add(0, content.notice());
        return core;
    }

    /**
     * Whether a file begins as a core does, of whatever processor, or is one that was packed.
     *
     * @throws IOException when the file cannot be read
     */
    public static boolean is(Path path) throws IOException {
        byte[] start;
        if (PackedCore.is(path)) {
            start = PackedCore.beginning(path, ELF_START);
        } else {
            try (InputStream in = Files.newInputStream(path)) {
                start = in.readNBytes(ELF_START);
            }
        }
        boolean elf = start.length == ELF_START && start[0] == 0x7f && start[1] == 'E' && start[2] == 'L';
        boolean big = elf && start[5] == ELF_BIG_ENDIAN;
        return elf && start[3] == 'F' && (big ? start[17] : start[16]) == ElfFile.ET_CORE;
    }

    /**
     * Reads a core that is open, or in memory, as an ELF file.
     *
     * @throws CorruptFileException when it is not a core, or is cut within its headers
     */
    public static CoreFile of(ElfFile elf) {
        if (elf.type() != ElfFile.ET_CORE) {
            throw new CorruptFileException(elf.bytes().name(), "ELF header e_type", 16, kind(elf.type()), "4 (a core)");
        }
        return new CoreFile(elf);
    }

    public Path path() {
        return elf.path();
    }

    public ElfFile elf() {
        return elf;
    }

    /** What the file lacks or what could not be understood, a sentence each. */
    public List<String> notices() {
        return List.copyOf(notices);
    }

    /** The thread that the signal hit comes first. */
    public List<CoreThread> threads() {
        return List.copyOf(notes.threads);
    }

    /** The signal that ended the process; 0 when the core does not say (those of KM do not). */
    public int signal() {
        return notes.threads.isEmpty() ? 0 : notes.threads.get(0).signal();
    }

    /** Of the faulting thread. */
    public Optional<SignalInfo> signalInfo() {
        return notes.threads.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(notes.threads.get(0).signalInfo());
    }

    public Optional<ProcessInfo> process() {
        return Optional.ofNullable(notes.process);
    }

    /** Empty when the core has none. */
    public AuxVector auxv() {
        return notes.auxv;
    }

    /** The descriptors that were open; empty when the core does not say, as none of Linux does. */
    public Optional<List<OpenDescriptor>> descriptors() {
        return Optional.ofNullable(notes.descriptors);
    }

    /** The system calls in which threads were, where the core says it by more than their registers. */
    public List<PendingSystemCall> pendingCalls() {
        return notes.calls;
    }

    /** In the order of NT_FILE, which is by address in Linux cores. */
    public List<MappedFile> mappedFiles() {
        return notes.files;
    }

    /** The file that is mapped at {@code address}: where to look for memory that the core left out. */
    public Optional<MappedFile> mappedFileAt(long address) {
        return notes.files.stream().filter(f -> f.contains(address)).findFirst();
    }

    /** PT_LOAD entries: the address space with its protections, whether or not the bytes are in the file. */
    public List<ElfSegment> segments() {
        return loads;
    }

    /** The bytes that are in the file; Linux leaves out unmodified text, which is not readable here. */
    public MemoryReader memory() {
        return memory;
    }

    /** Whether KM or this project's monitor wrote it. */
    public boolean km() {
        return notes.km;
    }

    /** The content of the first note of an owner that nothing here reads, as it is given to the writer. */
    public Optional<Bytes> note(String owner, int type) {
        return notes.others.stream()
                .filter(note -> note.name().equals(owner) && note.type() == type)
                .map(ElfNote::content)
                .findFirst();
    }

    /** The payload as KM's note has it. */
    public Optional<GuestImage> guestImage() {
        return Optional.ofNullable(notes.guest);
    }

    /** The payload's dynamic linker as KM's note has it. */
    public Optional<GuestImage> dynamicLinker() {
        return Optional.ofNullable(notes.dynamicLinker);
    }

    /**
     * The program's path, as well as the core tells: KM's note, else the mapped file that holds the program headers or
     * the entry point, else the path given to execve(2), which may be relative.
     */
    public Optional<String> executable() {
        if (notes.guest != null && !notes.guest.path().isEmpty()) return Optional.of(notes.guest.path());
        return mappedAt(AuxVector.AT_PHDR)
                .or(() -> mappedAt(AuxVector.AT_ENTRY))
                .or(this::execPath);
    }

    private Optional<String> mappedAt(int auxType) {
        OptionalLong address = notes.auxv.get(auxType);
        return address.isEmpty()
                ? Optional.empty()
                : mappedFileAt(address.getAsLong()).map(MappedFile::path);
    }

    private Optional<String> execPath() {
        OptionalLong address = notes.auxv.get(AuxVector.AT_EXECFN);
        if (address.isEmpty()) return Optional.empty();
        byte[] text = new byte[LONGEST_PATH];
        int got = memory.read(address.getAsLong(), text, 0, text.length);
        int end = 0;
        while (end < got && text[end] != 0) end++;
        return end == 0 ? Optional.empty() : Optional.of(new String(text, 0, end, StandardCharsets.UTF_8));
    }

    private void readNotes() {
        Bytes file = elf.bytes();
        for (ElfSegment segment : elf.segments()) {
            if (segment.type() != ElfSegment.PT_NOTE) continue;
            long present = Math.max(0, Math.min(segment.fileSize(), file.length() - segment.offset()));
            if (present < segment.fileSize()) {
                notices.add(String.format(
                        "the file ends within its notes: %d of %d bytes are there", present, segment.fileSize()));
            }
            if (segment.offset() >= 0 && present > 0) notes.read(file.slice(segment.offset(), present));
        }
        notes.finish();
        if (notes.threads.isEmpty()) notices.add("the core has no NT_PRSTATUS note: no threads are known");
    }

    private MemoryReader memoryOf(ElfFile elf) {
        Optional<Bytes> packed = note(PackedMemory.OWNER, PackedMemory.TYPE);
        if (packed.isPresent()) {
            try {
                PackedMemory memory = new PackedMemory(elf.bytes(), packed.get(), loads, notes.files);
                if (memory.missing() > 0) {
                    notices.add(memory.missing() + " pieces of the compressed memory are not in the file");
                }
                return memory;
            } catch (CorruptFileException e) {
                notices.add(e.getMessage() + "; its memory is not readable");
            }
        }
        return new CoreMemory(elf.bytes(), loads);
    }

    private void noteMissingMemory() {
        long missing = 0;
        int segments = 0;
        for (ElfSegment load : loads) {
            long present = CoreMemory.presentBytes(elf.bytes(), load);
            if (present >= load.fileSize()) continue;
            missing += load.fileSize() - present;
            segments++;
        }
        if (segments > 0) {
            notices.add(String.format(
                    "the file is cut at 0x%x: %d bytes of memory in %d segments are missing",
                    elf.bytes().length(), missing, segments));
        }
    }

    private static String kind(int type) {
        return switch (type) {
            case ElfFile.ET_REL -> "1 (an object file)";
            case ElfFile.ET_EXEC -> "2 (an executable)";
            case ElfFile.ET_DYN -> "3 (an executable or shared library)";
            default -> Integer.toString(type);
        };
    }
}
