package io.kmdebug.coredump;

import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.ElfNote;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.machine.UserRegs;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Everything in a core but its memory.
 *
 * @param threads the one that the signal hit first
 * @param extraNotes notes behind those of Linux
 */
public record CoreContents(
        List<ThreadState> threads,
        ProcessInfo process,
        SignalInfo signalInfo,
        AuxVector auxv,
        List<MappedFile> files,
        List<CoreNote> extraNotes) {
    private static final int PRSTATUS_BYTES = 336;

    /** The notes in the order in which Linux writes them: Linux {@code fs/binfmt_elf.c}, fill_note_info. */
    byte[] encodeNotes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean first = true;
        for (ThreadState thread : threads) {
            add(out, "CORE", ElfNote.NT_PRSTATUS, status(thread));
            if (first) addProcess(out);
            first = false;
            add(out, "CORE", ElfNote.NT_FPREGSET, thread.floatingPoint());
            add(out, "LINUX", ElfNote.NT_X86_XSTATE, thread.extendedState());
        }
        for (CoreNote note : extraNotes) out.writeBytes(note.encode());
        return out.toByteArray();
    }

    private void addProcess(ByteArrayOutputStream out) {
        add(out, "CORE", ElfNote.NT_PRPSINFO, process.encode());
        add(out, "CORE", ElfNote.NT_SIGINFO, signalInfo.raw());
        add(out, "CORE", ElfNote.NT_AUXV, auxv.encode());
        add(out, "CORE", ElfNote.NT_FILE, MappedFile.encode(files));
    }

    /** Linux {@code struct elf_prstatus}. */
    private byte[] status(ThreadState thread) {
        ByteBuffer status = ByteBuffer.allocate(PRSTATUS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        status.putInt(0, thread.signal()).putShort(12, (short) thread.signal());
        status.putLong(16, thread.pending()).putLong(24, thread.blocked());
        status.putInt(32, thread.tid());
        status.putInt(36, process.parentPid()).putInt(40, process.group()).putInt(44, process.session());
        status.put(112, UserRegs.encode(thread.registers()));
        status.putInt(328, 1); // pr_fpvalid
        return status.array();
    }

    private static void add(ByteArrayOutputStream out, String owner, int type, byte[] content) {
        out.writeBytes(new CoreNote(owner, type, content).encode());
    }
}
