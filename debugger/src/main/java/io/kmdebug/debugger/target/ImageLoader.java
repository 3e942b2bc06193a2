package io.kmdebug.debugger.target;

import io.kmdebug.coredump.MappedFile;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.LinkMapList;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which files a payload has in memory, and where: the executable by AT_ENTRY, the vDSO by AT_SYSINFO_EHDR,
 * the rest by the dynamic linker's list or the mapped files of a core.
 */
public final class ImageLoader {
    private static final int MAX_VDSO_BYTES = 1 << 20;

    private final Target target;
    private final ImageList images;
    private final ImageFiles files;
    private final Consumer<String> notices;

    /** @param notices told what is missing, once for each image */
    public ImageLoader(Target target, ImageList images, ImageFiles files, Consumer<String> notices) {
        this.target = target;
        this.images = images;
        this.files = files;
        this.notices = notices;
    }

    /** Adds the executable, at the place that the auxiliary vector says. */
    public void addExecutable(Symbols symbols) {
        ElfFile file = symbols.file();
        long bias = 0;
        if (file.type() == ElfFile.ET_DYN) {
            OptionalLong found = biasByHeaders(file);
            if (found.isEmpty()) found = biasByEntry(file);
            if (found.isEmpty()) notices.accept(file.path() + " can be loaded anywhere, and nothing says where it is.");
            bias = found.orElse(0);
        }
        OptionalLong entry = target.auxv().get(AuxVector.AT_ENTRY);
        if (entry.isPresent() && entry.getAsLong() != file.entry() + bias) {
            notices.accept(String.format(
                    "%s begins at 0x%x, but the payload at 0x%x: it is not the same program. Symbols may be wrong.",
                    file.path(), file.entry() + bias, entry.getAsLong()));
        }
        images.add(LoadedImage.of(file.path().toString(), symbols, bias, true));
    }

    /** By the place of the program headers, which are in the first loaded segment. */
    private OptionalLong biasByHeaders(ElfFile file) {
        OptionalLong headers = target.auxv().get(AuxVector.AT_PHDR);
        if (headers.isEmpty()) return OptionalLong.empty();
        long offset = file.programHeaderOffset();
        for (ElfSegment segment : file.segments()) {
            boolean holds = segment.type() == ElfSegment.PT_LOAD
                    && offset >= segment.offset()
                    && offset < segment.offset() + segment.fileSize();
            if (!holds) continue;
            long bias = headers.getAsLong() - (segment.address() + offset - segment.offset());
            if ((bias & 0xfff) == 0) return OptionalLong.of(bias);
        }
        return OptionalLong.empty();
    }

    private OptionalLong biasByEntry(ElfFile file) {
        OptionalLong entry = target.auxv().get(AuxVector.AT_ENTRY);
        return entry.isPresent() ? OptionalLong.of(entry.getAsLong() - file.entry()) : OptionalLong.empty();
    }

    /** Adds the vDSO, read from memory. */
    public void addVdso() {
        OptionalLong place = target.auxv().get(AuxVector.AT_SYSINFO_EHDR);
        if (place.isEmpty() || place.getAsLong() == 0) return;
        try {
            byte[] image = elfImage(target.memory(), place.getAsLong());
            ElfFile file = ElfFile.of(Path.of("[vdso]"), Bytes.of("[vdso]", image));
            addAt("[vdso]", file, place.getAsLong());
        } catch (UnreadableMemoryException | CorruptFileException e) {
            notices.accept("The vDSO has no symbols: " + e.getMessage());
        }
    }

    /** An ELF file that lies in memory as a whole: its section headers are at its end. */
    private static byte[] elfImage(MemoryReader memory, long address) throws UnreadableMemoryException {
        long sectionTable = memory.readLong(address + 40);
        long sections = memory.readUnsigned(address + 60, 2);
        long size = Math.max(4096, sectionTable + 64 * sections);
        byte[] image = new byte[(int) Math.min(MAX_VDSO_BYTES, size)];
        int got = memory.read(address, image, 0, image.length);
        return got == image.length ? image : java.util.Arrays.copyOf(image, got);
    }

    /** Adds what the dynamic linker lists; the interpreter alone where it has not run yet. Returns whether any is new. */
    public boolean addShared() {
        boolean any = false;
        LoadedImage main = images.main().orElse(null);
        if (main == null) return false;
        for (LinkMapList.Entry library : LinkMap.read(main, target.memory()).libraries()) {
            any |= addFile(library.name(), library.bias());
        }
        OptionalLong base = target.auxv().get(AuxVector.AT_BASE);
        if (base.isPresent()
                && base.getAsLong() != 0
                && images.at(base.getAsLong()).isEmpty()) {
            String interpreter = main.symbols().file().interpreter().orElse(null);
            if (interpreter != null) any |= addFile(interpreter, base.getAsLong());
        }
        return any;
    }

    /** Adds the ELF files of which a core says that they are mapped. */
    public void addMapped() {
        Map<String, MappedFile> first = new TreeMap<>();
        for (MappedFile mapping : target.fileMappings()) {
            if (mapping.fileOffset() == 0) first.putIfAbsent(mapping.path(), mapping);
        }
        for (MappedFile mapping : first.values()) {
            if (images.at(mapping.start()).isPresent()) continue;
            ElfFile file = open(mapping.path(), mapping.start());
            if (file != null && file.type() != ElfFile.ET_CORE) addAt(mapping.path(), file, mapping.start());
        }
    }

    /** Adds everything that a core is of, and lets the core read what it lacks from files that fit. */
    public void addAllOf(CoreTarget core, @Nullable Symbols program) {
        if (program != null) addExecutable(program);
        addVdso();
        addMapped();
        addShared();
        for (LoadedImage image : images.all()) {
            Optional<String> recorded = core.buildId(image);
            Optional<String> present = image.symbols().file().buildId();
            if (recorded.isPresent() && present.isPresent() && !recorded.equals(present)) {
                notices.accept(image.symbols().file().path() + " is not the file that the core is of: its build id is "
                        + present.get() + ", the core's is " + recorded.get() + ". Symbols may be wrong.");
                core.neverFillFrom(image.symbols().file().path());
            } else {
                core.fillFrom(image);
            }
        }
    }

    /** The address of the dynamic linker's r_brk, which it calls when its list changes. */
    public OptionalLong linkerHook() {
        return images.main()
                .map(main -> LinkMap.read(main, target.memory()).hook())
                .orElse(OptionalLong.empty());
    }

    private boolean addFile(String path, long bias) {
        if (path.isEmpty()) return false;
        for (LoadedImage known : images.all())
            if (known.bias() == bias && known.path().equals(path)) return false;
        // the first segment of a shared library begins at address 0
        ElfFile file = open(path, bias);
        return file != null && images.add(LoadedImage.of(path, files.symbols(file), bias, false));
    }

    /** Adds an image whose first loaded segment begins at {@code start}. */
    private void addAt(String path, ElfFile file, long start) {
        List<ElfSegment> loaded = file.segments().stream()
                .filter(s -> s.type() == ElfSegment.PT_LOAD)
                .toList();
        if (loaded.isEmpty()) return;
        long linked = loaded.get(0).address() - loaded.get(0).offset();
        images.add(LoadedImage.of(path, files.symbols(file), start - linked, false));
    }

    /** @param start run-time address of the file's first byte */
    private @Nullable ElfFile open(String path, long start) {
        Path file = files.place(path);
        if (!Files.isRegularFile(file)) {
            Optional<ElfFile> found = BuildIdInMemory.of(target.memory(), start).flatMap(files::program);
            if (found.isPresent()) return found.get();
            if (path.startsWith("/") && !path.startsWith("/dev/") && !path.startsWith("/memfd:")) {
                notices.accept(path + " is in memory but not on this machine.");
            }
            return null;
        }
        try {
            return ElfFile.open(file);
        } catch (IOException e) {
            notices.accept(path + " cannot be read: " + e.getMessage());
            return null;
        } catch (CorruptFileException e) {
            // A mapped file need not be a program: fonts, archives, databases.
            return null;
        }
    }
}
