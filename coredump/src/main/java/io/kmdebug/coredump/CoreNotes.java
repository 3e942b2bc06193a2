package io.kmdebug.coredump;

import static io.kmdebug.machine.AmdRegister.CS;
import static io.kmdebug.machine.AmdRegister.DS;
import static io.kmdebug.machine.AmdRegister.ES;
import static io.kmdebug.machine.AmdRegister.FS;
import static io.kmdebug.machine.AmdRegister.GS;
import static io.kmdebug.machine.AmdRegister.SS;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfNote;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.machine.UserRegs;
import io.kmdebug.machine.Xsave;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a core's notes. A thread begins at its NT_PRSTATUS; the register notes and NT_SIGINFO behind it are its own,
 * whether they follow at once (gdb) or after the notes of the process (Linux). A note that is too short is reported
 * and left out.
 */
final class CoreNotes {
    private static final int PRSTATUS_BYTES = 336;
    private static final int PR_CURSIG = 12;
    private static final int PR_PID = 32;
    private static final int PR_REG = 112;
    private static final int USER_PRIVILEGE = 3;
    /** More than any processor's XSAVE area but AMX tiles, which are not decoded. */
    private static final int XSTATE_BYTES_READ = 4096;

    final List<CoreThread> threads = new ArrayList<>();
    final List<ElfNote> others = new ArrayList<>();
    final List<KmVcpu> vcpus = new ArrayList<>();
    List<MappedFile> files = List.of();
    List<PendingSystemCall> calls = List.of();
    AuxVector auxv = new AuxVector();

    @Nullable
    List<OpenDescriptor> descriptors;

    @Nullable
    ProcessInfo process;

    @Nullable
    GuestImage guest;

    @Nullable
    GuestImage dynamicLinker;

    boolean km;

    private final List<String> notices;

    CoreNotes(List<String> notices) {
        this.notices = notices;
    }

    void read(Bytes area) {
        for (ElfNote note : ElfNote.readAll(area)) {
            try {
                read(note);
            } catch (CorruptFileException e) {
                notices.add(String.format("note %s 0x%x is too short and was left out", note.name(), note.type()));
            }
        }
    }

    /** Gives the threads of a core of KM the registers that only KM's own notes have. */
    void finish() {
        if (!km) return;
        for (CoreThread thread : threads) {
            dropSegmentBases(thread.registers());
            if (thread.registers().has(AmdRegister.MXCSR)) continue;
            for (KmVcpu vcpu : vcpus) {
                if (vcpu.tid() == thread.tid()) vcpu.decodeFloatingPoint(thread.registers());
            }
        }
    }

    private void read(ElfNote note) {
        if (note.name().equals(KmNoteType.OWNER)) {
            readKm(note);
        } else if (note.name().equals("CORE") || note.name().equals("LINUX")) {
            readLinux(note);
        } else if (note.name().equals(ProjectNote.OWNER)) {
            readOwn(note);
        } else {
            others.add(note);
        }
    }

    private void readOwn(ElfNote note) {
        switch (note.type()) {
            case ProjectNote.DESCRIPTORS -> descriptors = OpenDescriptor.decode(note.content());
            case ProjectNote.CALLS -> calls = PendingSystemCall.decode(note.content());
            default -> {} // a later version's
        }
    }

    private void readLinux(ElfNote note) {
        Bytes content = note.content();
        switch (note.type()) {
            case ElfNote.NT_PRSTATUS -> threads.add(thread(content));
            case ElfNote.NT_FPREGSET -> floatingPoint(content, Xsave.LEGACY_BYTES);
            case ElfNote.NT_X86_XSTATE -> floatingPoint(content, (int) Math.min(content.length(), XSTATE_BYTES_READ));
            case ElfNote.NT_SIGINFO -> signalInfo(new SignalInfo(content.copy(0, SignalInfo.BYTES)));
            case ElfNote.NT_PRPSINFO -> process = ProcessInfo.decode(content);
            case ElfNote.NT_AUXV -> auxv = AuxVector.decode(content.copy(0, (int) content.length()));
            case ElfNote.NT_FILE -> files = MappedFile.decode(content);
            default -> {} // other owners' and newer notes: nothing here asks for them
        }
    }

    private void readKm(ElfNote note) {
        km = true;
        switch (note.type()) {
            case KmNoteType.VCPU -> vcpus.add(new KmVcpu(note.content()));
            case KmNoteType.GUESTV -> guest = GuestImage.decodeGuestV(note.content());
            case KmNoteType.GUEST -> guest = GuestImage.decodeGuest(note.content());
            case KmNoteType.DYNLINKER -> dynamicLinker = GuestImage.decodeGuest(note.content());
            default -> {} // descriptors and signal handlers: for restoring a snapshot
        }
    }

    private static CoreThread thread(Bytes status) {
        byte[] raw = status.copy(0, PRSTATUS_BYTES);
        Registers registers = new Registers();
        UserRegs.decode(raw, PR_REG, registers);
        return new CoreThread(status.i4(PR_PID), status.u2(PR_CURSIG), registers, null);
    }

    private void floatingPoint(Bytes content, int size) {
        if (threads.isEmpty()) return;
        byte[] area = content.copy(0, Math.max(size, Xsave.LEGACY_BYTES));
        Xsave.decode(area, threads.get(threads.size() - 1).registers());
    }

    private void signalInfo(SignalInfo info) {
        if (threads.isEmpty()) return;
        int last = threads.size() - 1;
        CoreThread thread = threads.get(last);
        int signal = thread.signal() != 0 ? thread.signal() : info.signal();
        threads.set(last, new CoreThread(thread.tid(), signal, thread.registers(), info));
    }

    /** KM fills the selectors' slots with segment bases; a selector of user code has its two low bits set. */
    private static void dropSegmentBases(Registers registers) {
        if ((registers.get(CS) & USER_PRIVILEGE) == USER_PRIVILEGE) return;
        for (AmdRegister selector : List.of(CS, SS, DS, ES, FS, GS)) registers.clear(selector);
    }
}
