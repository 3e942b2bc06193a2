package io.kmdebug.monitor.core;

import io.kmdebug.coredump.CoreContents;
import io.kmdebug.coredump.CoreNote;
import io.kmdebug.coredump.CoreWriter;
import io.kmdebug.coredump.GuestImage;
import io.kmdebug.coredump.KmSnapshotNote;
import io.kmdebug.coredump.MappedFile;
import io.kmdebug.coredump.OpenDescriptor;
import io.kmdebug.coredump.PendingSystemCall;
import io.kmdebug.coredump.ProcessInfo;
import io.kmdebug.coredump.ThreadState;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.platform.VirtualCpu;
import io.kmdebug.monitor.signal.AlternateStack;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.signal.SignalAction;
import io.kmdebug.monitor.thread.CoreSink;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the payload's core where the user wants it. */
public final class PayloadCore implements CoreSink {
    private static final int NR_GETPGID = 121;
    private static final int NR_GETSID = 124;
    private static final int USER_CODE_SELECTOR = 0x33;
    private static final int USER_DATA_SELECTOR = 0x2b;
    private static final int ELF_HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    /** In the order of {@link GuestContext}'s numbers. */
    private static final AmdRegister[] GENERAL = {
        AmdRegister.RAX, AmdRegister.RBX, AmdRegister.RCX, AmdRegister.RDX, AmdRegister.RSI, AmdRegister.RDI,
        AmdRegister.RSP, AmdRegister.RBP, AmdRegister.R8, AmdRegister.R9, AmdRegister.R10, AmdRegister.R11,
        AmdRegister.R12, AmdRegister.R13, AmdRegister.R14, AmdRegister.R15, AmdRegister.RIP, AmdRegister.EFLAGS
    };

    private final CoreName name;
    private final boolean compressed;

    /**
     * @param name where cores go: {@link CoreName}; a file of that name is replaced
     * @param child whether another process of the payload has the same name for its cores
     * @param compressed by zstd
     */
    public PayloadCore(String name, boolean child, boolean compressed) {
        this.name = new CoreName(name, child);
        this.compressed = compressed;
    }

    @Override
    public Saved write(Payload payload, PayloadThread thread, SignalInfo info) throws IOException {
        return write(payload, thread, info, null);
    }

    @Override
    public Saved write(Payload payload, PayloadThread thread, SignalInfo info, @Nullable Path other)
            throws IOException {
        Path path = other == null ? path(payload, info.signal()) : other.toAbsolutePath();
        if (Trace.on(Trace.COREDUMP)) {
            String threads = payload.threads().size() + " threads, ";
            Trace.line(Trace.COREDUMP, threads + payload.space().regions().size() + " regions go to " + path);
        }
        AuxVector auxv = AuxVector.decode(payload.auxiliaryVector());
        long vdso = auxv.get(AuxVector.AT_SYSINFO_EHDR).orElse(0);
        CoreContents contents = contents(payload, thread, info, notes(payload, info));
        PayloadMemory memory = new PayloadMemory(payload, vdso);
        CoreWriter.Written written = compressed
                ? CoreWriter.writeCompressed(path, contents, memory)
                : CoreWriter.write(path, contents, memory);
        if (Trace.on(Trace.COREDUMP)) Trace.line(Trace.COREDUMP, "written");
        return new Saved(path.toString(), written.unreadableBytes());
    }

    private Path path(Payload payload, int signal) {
        String program = payload.executable();
        return name.of(payload.pid(), program.substring(program.lastIndexOf('/') + 1), signal);
    }

    /**
     * Everything in a core but its memory.
     *
     * @param thread the one that comes first
     * @param notes behind those of Linux
     */
    public static CoreContents contents(Payload payload, PayloadThread thread, SignalInfo info, List<CoreNote> notes) {
        AuxVector auxv = AuxVector.decode(payload.auxiliaryVector());
        List<ThreadState> threads = new ArrayList<>();
        threads.add(state(payload, thread, info.signal()));
        for (PayloadThread other : payload.threads()) {
            if (other.tid() != thread.tid()) threads.add(state(payload, other, info.signal()));
        }
        return new CoreContents(threads, process(payload, auxv), info, auxv, files(payload), notes);
    }

    private static ThreadState state(Payload payload, PayloadThread thread, int signal) {
        VirtualCpu cpu = thread.cpu();
        Registers registers = new Registers();
        for (int i = 0; i < GENERAL.length; i++) registers.set(GENERAL[i], cpu.get(i));
        registers.set(AmdRegister.ORIG_RAX, (int) thread.context().originalRax());
        registers.set(AmdRegister.FS_BASE, cpu.fsBase()).set(AmdRegister.GS_BASE, cpu.gsBase());
        registers.set(AmdRegister.CS, USER_CODE_SELECTOR).set(AmdRegister.SS, USER_DATA_SELECTOR);
        byte[] extended =
                ExtendedStateLayout.note(cpu.xsave(), payload.platform().xfeatures());
        long pending = thread.signals().pending();
        return new ThreadState(thread.tid(), signal, pending, thread.signals().mask(), registers, extended);
    }

    private static ProcessInfo process(Payload payload, AuxVector auxv) {
        String program = payload.executable();
        long parent = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
        return new ProcessInfo(
                'R',
                (int) auxv.get(AuxVector.AT_UID).orElse(0),
                (int) auxv.get(AuxVector.AT_GID).orElse(0),
                payload.pid(),
                (int) parent,
                (int) Native.syscall(NR_GETPGID, 0),
                (int) Native.syscall(NR_GETSID, 0),
                program.substring(program.lastIndexOf('/') + 1),
                String.join(" ", payload.arguments()));
    }

    private static List<MappedFile> files(Payload payload) {
        List<MappedFile> files = new ArrayList<>();
        for (Region region : payload.space().regions()) {
            String file = region.file();
            if (file != null) files.add(new MappedFile(region.start(), region.end(), region.offset(), file));
        }
        return files;
    }

    /** KM's notes, for its readers, and our own; a program whose file is gone has none. */
    private static List<CoreNote> notes(Payload payload, SignalInfo info) {
        List<CoreNote> notes = new ArrayList<>();
        for (PayloadThread thread : payload.threads()) {
            AlternateStack stack = thread.signals().alternateStack();
            VirtualCpu cpu = thread.cpu();
            notes.add(KmSnapshotNote.vcpu(
                    thread.tid(), cpu.fsBase(), 0, stack.address(), stack.flags(), stack.size(), cpu.xsave()));
        }
        notes.addAll(images(payload));
        notes.addAll(actions(payload));
        notes.add(OpenDescriptor.note(DescriptorList.of(payload)));
        notes.add(PendingSystemCall.note(calls(payload)));
        notes.add(CoreNote.monitor(
                payload.space().heapEnd(0), info.signal() == 0 ? "on demand" : "signal " + info.signal()));
        return notes;
    }

    private static List<PendingSystemCall> calls(Payload payload) {
        List<PendingSystemCall> calls = new ArrayList<>();
        for (PayloadThread thread : payload.threads()) {
            long number = thread.context().originalRax();
            if (number < 0 || !thread.isCallInterrupted()) continue;
            calls.add(new PendingSystemCall(thread.tid(), (int) number, thread.interruptedArguments()));
        }
        return calls;
    }

    /** KM's notes about signals that have another action than the default. */
    private static List<CoreNote> actions(Payload payload) {
        List<CoreNote> notes = new ArrayList<>();
        List<SignalAction> actions = payload.signals().capture().actions();
        for (int signal = 1; signal <= actions.size(); signal++) {
            SignalAction action = actions.get(signal - 1);
            if (action.handler() == SignalAction.DEFAULT) continue;
            notes.add(KmSnapshotNote.signalAction(
                    signal, action.handler(), action.flags(), action.mask(), action.restorer()));
        }
        return notes;
    }

    /** KM's notes about the program and its dynamic linker, as far as their files are there. */
    public static List<CoreNote> images(Payload payload) {
        List<CoreNote> notes = new ArrayList<>();
        try {
            ElfFile elf = ElfFile.open(Path.of(payload.executable()));
            long bias = payload.program().image().bias();
            notes.add(CoreNote.guest(new GuestImage(bias, payload.executable()), header(elf), programHeaders(elf)));
            long linker = payload.program().interpreterBase();
            Region region = linker == 0 ? null : payload.space().region(linker);
            String path = region == null ? null : region.file();
            if (path != null) {
                ElfFile interpreter = ElfFile.open(Path.of(path));
                notes.add(KmSnapshotNote.dynamicLinker(
                        new GuestImage(linker, path), header(interpreter), programHeaders(interpreter)));
            }
        } catch (IOException e) {
            payload.log("there is no note about the program: " + e.getMessage());
        }
        return notes;
    }

    private static byte[] header(ElfFile elf) {
        return elf.bytes().copy(0, ELF_HEADER_BYTES);
    }

    private static byte[] programHeaders(ElfFile elf) {
        return elf.bytes()
                .copy(
                        elf.programHeaderOffset(),
                        PROGRAM_HEADER_BYTES * elf.segments().size());
    }
}
