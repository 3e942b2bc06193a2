package io.kmdebug.monitor.loader;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.DebugMemory;
import io.kmdebug.monitor.memory.MappedFile;
import io.kmdebug.monitor.platform.GuestLayout;
import java.util.List;

/** Maps the PT_LOAD segments of an ELF file. gABI "Program Loading", SysV amd64 psABI §5.1. */
final class ImageLoader {
    private static final long PAGE_MASK = 4095;
    private static final int ENOMEM = 12;
    /** The gibibyte above is the stack's. */
    private static final long HIGHEST = GuestLayout.PAYLOAD_END - (1L << 30);

    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int PRIVATE = 2;

    private final AddressSpace space;

    ImageLoader(AddressSpace space) {
        this.space = space;
    }

    /** @param base where a position-independent image is to lie; 0: wherever there is room */
    LoadedImage load(ElfFile elf, ProgramFile program, long base) {
        long low = Long.MAX_VALUE;
        long high = 0;
        long alignment = 1;
        for (ElfSegment segment : elf.segments()) {
            if (segment.type() != ElfSegment.PT_LOAD) continue;
            if (Long.bitCount(segment.align()) == 1) alignment = Math.max(alignment, segment.align());
            low = Math.min(low, segment.address() & ~PAGE_MASK);
            high = Math.max(high, pageEnd(segment.address() + segment.memorySize()));
        }
        long bias = elf.type() == ElfFile.ET_DYN ? reserve(elf, base, high - low, alignment) - low : 0;
        MappedFile file = MappedFile.of(program.descriptor(), program.path(), 0);
        for (ElfSegment segment : elf.segments()) {
            if (segment.type() == ElfSegment.PT_LOAD) map(elf, segment, bias, file);
        }
        int count = elf.segments().size();
        return new LoadedImage(bias, elf.entry() + bias, programHeaders(elf, bias), count, high + bias);
    }

    /** @throws CorruptFileException when it cannot be mapped as a program */
    static void check(ElfFile elf) {
        if (elf.type() != ElfFile.ET_EXEC && elf.type() != ElfFile.ET_DYN) {
            throw new CorruptFileException(
                    elf.path().toString(), "ELF header e_type", 16, Integer.toString(elf.type()), "2 or 3 (a program)");
        }
        List<ElfSegment> segments = elf.segments();
        boolean any = false;
        for (int i = 0; i < segments.size(); i++) {
            ElfSegment segment = segments.get(i);
            if (segment.type() != ElfSegment.PT_LOAD) continue;
            any = true;
            long end = segment.offset() + segment.fileSize();
            if (segment.offset() < 0
                    || segment.fileSize() < 0
                    || end < 0
                    || end > elf.bytes().length()) {
                throw corrupt(
                        elf,
                        i,
                        "p_filesz",
                        32,
                        "a segment up to 0x" + Long.toHexString(end),
                        "at most the file's 0x" + Long.toHexString(elf.bytes().length()) + " bytes");
            }
            if (segment.memorySize() < segment.fileSize()) {
                throw corrupt(
                        elf, i, "p_memsz", 40, "0x" + Long.toHexString(segment.memorySize()), "at least p_filesz");
            }
            long last = segment.address() + segment.memorySize();
            if (segment.address() < 0 || last < segment.address() || last > HIGHEST) {
                throw corrupt(
                        elf,
                        i,
                        "p_memsz",
                        40,
                        "a segment from 0x" + Long.toHexString(segment.address()) + " to 0x" + Long.toHexString(last),
                        "one that ends below 0x" + Long.toHexString(HIGHEST));
            }
            if (elf.type() == ElfFile.ET_EXEC && segment.address() < GuestLayout.PAYLOAD_START) {
                throw corrupt(
                        elf,
                        i,
                        "p_vaddr",
                        16,
                        "0x" + Long.toHexString(segment.address()),
                        "at least 0x" + Long.toHexString(GuestLayout.PAYLOAD_START));
            }
            if (((segment.address() - segment.offset()) & PAGE_MASK) != 0) {
                throw corrupt(
                        elf,
                        i,
                        "p_vaddr",
                        16,
                        "0x" + Long.toHexString(segment.address()),
                        "the file offset's place in a page");
            }
        }
        if (!any) {
            throw new CorruptFileException(
                    elf.path().toString(), "program headers", elf.programHeaderOffset(), "no PT_LOAD", "at least one");
        }
    }

    private static CorruptFileException corrupt(
            ElfFile elf, int index, String field, int offset, String found, String expected) {
        return new CorruptFileException(
                elf.path().toString(),
                "program header " + index + " " + field,
                elf.programHeaderOffset() + 56L * index + offset,
                found,
                expected);
    }

    /** As Linux does since 5.10: an image lies at a multiple of the largest alignment that its segments ask for. */
    private long reserve(ElfFile elf, long base, long length, long alignment) {
        long extra = alignment > PAGE_MASK + 1 ? alignment : 0;
        long at = space.map(base, length + extra, 0, PRIVATE_ANONYMOUS, null, 0, "");
        if (at < 0)
            throw new LoadFailure(elf.path() + ": no room for 0x" + Long.toHexString(length) + " bytes", ENOMEM);
        if (extra == 0) return at;
        long start = at + alignment - 1 & -alignment;
        if (start > at) space.unmap(at, start - at);
        long end = start + length;
        if (at + length + extra > end) space.unmap(end, at + length + extra - end);
        return start;
    }

    private void map(ElfFile elf, ElfSegment segment, long bias, MappedFile file) {
        long start = segment.address() + bias;
        if (Trace.on(Trace.LOAD)) {
            Trace.line(
                    Trace.LOAD,
                    elf.path() + ": 0x" + Long.toHexString(segment.memorySize()) + " bytes at 0x"
                            + Long.toHexString(start) + ", of them 0x" + Long.toHexString(segment.fileSize())
                            + " from offset 0x" + Long.toHexString(segment.offset()));
        }
        long inPage = start & PAGE_MASK;
        long fileEnd = start + segment.fileSize();
        long end = start + segment.memorySize();
        int protection = protection(segment);
        int fixed = AddressSpace.MAP_FIXED;
        if (segment.fileSize() > 0) {
            require(
                    elf,
                    space.map(
                            start - inPage,
                            segment.fileSize() + inPage,
                            protection,
                            PRIVATE | fixed,
                            file,
                            segment.offset() - inPage,
                            ""));
        }
        if (end <= fileEnd) return;
        long zeroFrom = segment.fileSize() > 0 ? pageEnd(fileEnd) : start & ~PAGE_MASK;
        if (segment.fileSize() > 0 && zeroFrom > fileEnd) {
            // To the page's end, as Linux does: the dynamic linker allocates its first memory behind its own .bss.
            byte[] zeros = new byte[(int) (zeroFrom - fileEnd)];
            if (!new DebugMemory(space).write(fileEnd, zeros)) require(elf, -1);
        }
        if (pageEnd(end) > zeroFrom) {
            require(
                    elf,
                    space.map(zeroFrom, pageEnd(end) - zeroFrom, protection, PRIVATE_ANONYMOUS | fixed, null, 0, ""));
        }
    }

    private static void require(ElfFile elf, long result) {
        if (result < 0) {
            throw new LoadFailure(
                    elf.path() + ": a segment cannot be mapped where it wants to be (errno " + -result + ")");
        }
    }

    private static int protection(ElfSegment segment) {
        int flags = segment.flags();
        return ((flags & ElfSegment.PF_R) != 0 ? 1 : 0)
                | ((flags & ElfSegment.PF_W) != 0 ? 2 : 0)
                | ((flags & ElfSegment.PF_X) != 0 ? 4 : 0);
    }

    private static long programHeaders(ElfFile elf, long bias) {
        long offset = elf.programHeaderOffset();
        for (ElfSegment segment : elf.segments()) {
            boolean holds = segment.type() == ElfSegment.PT_LOAD
                    && offset >= segment.offset()
                    && offset < segment.offset() + segment.fileSize();
            if (holds) return segment.address() + offset - segment.offset() + bias;
        }
        return 0;
    }

    private static long pageEnd(long address) {
        return address + PAGE_MASK & ~PAGE_MASK;
    }
}
