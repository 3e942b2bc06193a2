package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import java.util.Optional;
import java.util.OptionalLong;

/** The call frame information of one image: .eh_frame and .debug_frame. DWARF 5 §6.4, LSB 5 §10.6. */
public interface CallFrameInfo {
    /** That of {@code file}; nothing is read before it is asked for. */
    static CallFrameInfo of(ElfFile file) {
        return new CallFrames(new DwarfSections(file, DebugFiles.ofSystem()));
    }

    /**
     * The caller's registers, by the rules for {@code pc}; empty when no FDE covers it, or its rules need a register
     * that is absent.
     *
     * @param lookupPc link-time address to find the rules for: the pc, or one less when the frame called another
     * @param loadBias run-time minus link-time address
     * @throws UnreadableMemoryException when the return address cannot be read
     * @throws CorruptFileException when the rules make no sense
     */
    Optional<CallerFrame> unwind(long lookupPc, long loadBias, Registers registers, MemoryReader memory)
            throws UnreadableMemoryException;

    /**
     * The canonical frame address alone, for which little or no memory is read; empty when no FDE covers it, or its
     * rule needs what is absent. Parameters as for {@link #unwind}.
     *
     * @throws CorruptFileException when the rules make no sense
     */
    default OptionalLong frameAddress(long lookupPc, long loadBias, Registers registers, MemoryReader memory) {
        try {
            CallerFrame found = unwind(lookupPc, loadBias, registers, memory).orElse(null);
            return found == null ? OptionalLong.empty() : OptionalLong.of(found.cfa());
        } catch (UnreadableMemoryException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * The code around {@code pc} (link-time) that one set of rules covers: a function, or the part of one that the
     * compiler put elsewhere. What is known of the functions of a program without symbols. Empty for linkage tables,
     * whose rules cover many stubs.
     *
     * @throws CorruptFileException when the section is broken
     */
    default Optional<AddressRange> functionAt(long pc) {
        return Optional.empty();
    }

    /**
     * What the rules gave.
     *
     * @param caller registers of the caller; those whose value is lost are absent. RIP absent: this was the outermost
     *     frame
     * @param cfa the canonical frame address of the frame that was unwound
     * @param signalFrame whether the frame that was unwound is a signal trampoline ('S' augmentation)
     */
    record CallerFrame(Registers caller, long cfa, boolean signalFrame) {}
}
