package io.kmdebug.debugger.target;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.GlibcDescription;
import io.kmdebug.machine.LinkMapList;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.TlsModule;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.ThreadLocals.Block;
import io.kmdebug.symbols.Unwinder;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds the thread-local blocks of images. SysV amd64 TLS, variant II: the executable's block ends at the thread
 * pointer, which fs_base is; the dynamic linker's own list says where the others are, or which number they have in the
 * dynamic thread vector (DTV), whose address stands at thread pointer + 8.
 */
public final class ThreadStorage {
    private static final String NOT_SET_UP = "thread-local storage is not set up yet";

    private final Target target;
    private final ImageList images;

    public ThreadStorage(Target target, ImageList images) {
        this.target = target;
        this.images = images;
    }

    /** Where the thread-local block of {@code image} is, in the thread with these registers. */
    public Block block(Unwinder.Image image, Registers registers) {
        if (!registers.has(AmdRegister.FS_BASE)) {
            return new Block.Unknown("thread-local, and the target does not tell the thread pointer (fs_base)");
        }
        long thread = registers.get(AmdRegister.FS_BASE);
        if (thread == 0) return new Block.Unknown(NOT_SET_UP);
        for (LoadedImage loaded : images.all()) {
            if (!loaded.image().equals(image)) continue;
            ElfSegment template = loaded.threadLocals().orElse(null);
            if (template == null)
                return new Block.Unknown("thread-local, but " + loaded.name() + " has no such storage");
            if (loaded.main()) return new Block.At(thread - template.belowThreadPointer());
            return ofLibrary(loaded, template, thread);
        }
        return new Block.Unknown("thread-local, of an image that is not loaded");
    }

    private Block ofLibrary(LoadedImage library, ElfSegment template, long thread) {
        MemoryReader memory = target.memory();
        LoadedImage main = images.main().orElse(null);
        if (main == null) return new Block.Unknown("thread-local; without the executable its place is not known");
        Optional<LinkMapList.Entry> listed = LinkMap.read(main, memory).of(library);
        if (listed.isEmpty()) {
            return new Block.Unknown("thread-local, and " + library.name() + " is not in the dynamic linker's list");
        }
        try {
            TlsModule module = module(main, library, template, listed.get().address());
            if (module == null) {
                return new Block.Unknown(
                        "thread-local, and this C library's record of " + library.name() + " is not understood");
            }
            if (module.isBelowThreadPointer()) return new Block.At(thread - module.offset());
            long vector = memory.readLong(thread + 8);
            if (vector == 0) return new Block.Unknown(NOT_SET_UP);
            Block untouched = new Block.Untouched(
                    template.address() + library.bias(), template.fileSize(), template.memorySize());
            return isMusl(main)
                    ? muslBlock(vector, module.number(), memory)
                    : glibcBlock(vector, module.number(), listed.get().address(), untouched);
        } catch (UnreadableMemoryException e) {
            return new Block.Unknown("thread-local; " + e.getMessage());
        }
    }

    private @org.jspecify.annotations.Nullable TlsModule module(
            LoadedImage main, LoadedImage library, ElfSegment template, long entry) throws UnreadableMemoryException {
        TlsModule found = TlsModule.find(entry, library.bias(), template, isMusl(main), target.memory());
        return found != null || isMusl(main)
                ? found
                : new GlibcDescription(images::addressOf, target.memory()).module(entry);
    }

    private static boolean isMusl(LoadedImage main) {
        return main.symbols()
                .file()
                .interpreter()
                .filter(path -> path.contains("musl"))
                .isPresent();
    }

    /** musl makes the blocks of all threads when it loads a library: entry 0 counts the pointers behind it. */
    private static Block muslBlock(long vector, long number, MemoryReader memory) throws UnreadableMemoryException {
        long count = memory.readLong(vector);
        long block = Long.compareUnsigned(number, count) <= 0 ? memory.readLong(vector + 8 * number) : 0;
        return block == 0 ? new Block.Unknown(NOT_SET_UP + " in this thread") : new Block.At(block);
    }

    /**
     * glibc makes a block when the thread first uses it. The vector's entries have 16 bytes; the one before entry 0
     * counts them, and entry 0 is the generation of the list of modules that the vector is of. An entry older than its
     * module is that of a module which is gone.
     */
    private Block glibcBlock(long vector, long number, long entry, Block untouched) throws UnreadableMemoryException {
        MemoryReader memory = target.memory();
        long capacity = memory.readLong(vector - 16);
        long generation = memory.readLong(vector);
        OptionalLong since = new GlibcDescription(images::addressOf, memory).generation(number, entry);
        if (since.isPresent() && Long.compareUnsigned(generation, since.getAsLong()) < 0) return untouched;
        if (Long.compareUnsigned(number, capacity) > 0) return untouched;
        long block = memory.readLong(vector + 16 * number);
        if (block == -1) return untouched;
        return block == 0 ? new Block.Unknown(NOT_SET_UP + " in this thread") : new Block.At(block);
    }

    /**
     * What a function of {@code image} returns in the thread with these registers, when it does nothing but compute the
     * address of a thread-local object.
     *
     * @param function its run-time address
     */
    public OptionalLong returned(LoadedImage image, long function, Registers registers) {
        if (!registers.has(AmdRegister.FS_BASE) || registers.get(AmdRegister.FS_BASE) == 0) return OptionalLong.empty();
        return new ReturnedAddress(image, target.memory(), other -> block(other, registers))
                .of(function, registers.get(AmdRegister.FS_BASE));
    }

    /** The address of the C library's errno in the thread with these registers. */
    public OptionalLong errno(Registers registers) {
        if (!registers.has(AmdRegister.FS_BASE) || registers.get(AmdRegister.FS_BASE) == 0) return OptionalLong.empty();
        return new Errno(images, target.memory(), image -> block(image, registers))
                .address(registers.get(AmdRegister.FS_BASE));
    }
}
