package io.kmdebug.debugger.target;

import io.kmdebug.coredump.CoreContents;
import io.kmdebug.coredump.CoreNote;
import io.kmdebug.coredump.CoreWriter;
import io.kmdebug.coredump.MappedFile;
import io.kmdebug.coredump.OpenDescriptor;
import io.kmdebug.coredump.ProcessInfo;
import io.kmdebug.coredump.ThreadState;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SavedCore;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.SignalInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the core of a process behind a stub that cannot: registers and memory come over the stub, the list of mappings
 * and what the kernel knows of the process from its {@code /proc}, as the stub's host has it.
 */
public final class RemoteCore {
    private final LiveTarget target;
    private final ProcFolder process;
    private final List<String> notes = new ArrayList<>();

    private RemoteCore(LiveTarget target) {
        this.target = target;
        this.process = new ProcFolder(target);
    }

    /**
     * Writes it.
     *
     * @param focus the thread that comes first
     * @param signal that this thread has stopped with; 0: none
     */
    public static SavedCore write(LiveTarget target, Path path, long focus, int signal) throws IOException {
        return new RemoteCore(target).write(path, focus, signal);
    }

    private SavedCore write(Path path, long focus, int signal) throws IOException {
        List<MappedRegion> mapped = MappedRegion.of(target, process, "smaps", focus);
        if (mapped.isEmpty()) {
            throw new DebuggerException("No core: the stub writes none, and does not say what memory the program has.");
        }
        List<MappedFile> files = new ArrayList<>();
        for (MappedRegion region : mapped) {
            if (region.isFile()) {
                files.add(new MappedFile(region.start(), region.end(), region.fileOffset(), region.path()));
            }
        }
        SignalInfo info = target.signalInfo(focus)
                .filter(known -> known.signal() == signal)
                .orElse(new SignalInfo(new byte[SignalInfo.BYTES]));
        CoreContents contents =
                new CoreContents(threads(focus, signal), process(), info, target.auxv(), files, descriptors());
        RemoteMemory memory = new RemoteMemory(target, mapped, process);
        notes.addAll(memory.notes());
        CoreWriter.Written written = CoreWriter.write(path, contents, memory);
        if (written.unreadableBytes() > 0) {
            notes.add(written.unreadableBytes() + " bytes of memory could not be read and are zeros in the core");
        }
        return new SavedCore(path.toString(), List.copyOf(notes));
    }

    /** Known of a process of this machine only: a stub reads files, not folders. */
    private List<CoreNote> descriptors() {
        List<OpenDescriptor> descriptors = process.descriptors();
        return descriptors.isEmpty() ? List.of() : List.of(OpenDescriptor.note(descriptors));
    }

    private List<ThreadState> threads(long focus, int signal) {
        List<ThreadState> threads = new ArrayList<>(List.of(thread(focus, signal)));
        for (long tid : target.threadIds()) if (tid != focus) threads.add(thread(tid, signal));
        return threads;
    }

    private ThreadState thread(long tid, int signal) {
        String status = process.text("task/" + tid + "/status");
        return new ThreadState(
                (int) tid, signal, hex(status, "SigPnd:"), hex(status, "SigBlk:"), target.registers(tid), null);
    }

    private static long hex(String status, String field) {
        for (String line : status.split("\n")) {
            String value =
                    line.startsWith(field) ? line.substring(field.length()).strip() : "";
            if (value.matches("[0-9a-f]{1,16}")) return Long.parseUnsignedLong(value, 16);
        }
        return 0;
    }

    private ProcessInfo process() {
        AuxVector auxv = target.auxv();
        String stat = process.text("stat");
        // pid (name) state ppid pgrp session ...: the name may hold anything
        String[] words = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        boolean known = words.length > 3;
        String program = target.executable().orElse("");
        String arguments = process.text("cmdline").replace('\0', ' ').strip();
        return new ProcessInfo(
                'R',
                (int) auxv.get(AuxVector.AT_UID).orElse(0),
                (int) auxv.get(AuxVector.AT_GID).orElse(0),
                target.processId().orElse(0),
                known ? number(words[1]) : 0,
                known ? number(words[2]) : 0,
                known ? number(words[3]) : 0,
                program.substring(program.lastIndexOf('/') + 1),
                arguments.isEmpty() ? program : arguments);
    }

    private static int number(String word) {
        return word.matches("\\d{1,9}") ? Integer.parseInt(word) : 0;
    }
}
