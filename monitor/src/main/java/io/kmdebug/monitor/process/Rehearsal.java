package io.kmdebug.monitor.process;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.loader.LoadFailure;
import io.kmdebug.monitor.loader.LoadedProgram;
import io.kmdebug.monitor.loader.ProgramFile;
import io.kmdebug.monitor.loader.ProgramLoader;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.state.Capture;
import io.kmdebug.monitor.state.ProcessState;
import io.kmdebug.monitor.state.Restore;
import io.kmdebug.monitor.state.StateFormat;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.ResourceLimits;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.syscall.World;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What a new process goes through, gone through before somebody waits for it: most of its time is the Java runtime's,
 * that meets everything for the first time. Nothing of it is left over, and nothing of it is seen outside.
 */
final class Rehearsal {
    /** A dynamically linked program that is there for certain: the Java runtime's own. */
    private static final String PROGRAM = "/proc/self/exe";

    private final Stage stage;
    private final BooleanSupplier wanted;

    private Rehearsal(Stage stage, BooleanSupplier wanted) {
        this.stage = stage;
        this.wanted = wanted;
    }

    /**
     * In a spare that waits.
     *
     * @param wanted whether that is over: what is left to do comes with the real thing then
     */
    static void run(Stage stage, BooleanSupplier wanted) {
        AddressSpace space = stage.space();
        try {
            new Rehearsal(stage, wanted).exec();
        } catch (LoadFailure | CorruptFileException | HostFailure | IOException wrong) {
            told(wrong);
        } finally {
            space.clear();
        }
    }

    /** At the end of a payload, on its last thread, for the class archive that is being recorded. */
    static void record(Stage stage, Payload payload, PayloadThread thread) {
        try {
            new Rehearsal(stage, () -> false).takeOver(payload, thread);
        } catch (IOException wrong) {
            told(wrong);
        }
    }

    /** It will be told to users where it matters. */
    private static void told(Exception wrong) {
        if (Trace.on(Trace.GENERIC)) Trace.line(Trace.GENERIC, "no rehearsal: " + wrong.getMessage());
    }

    private void exec() throws IOException {
        if (wanted.getAsBoolean()) return;
        ProgramFile file = ProgramFile.find(PROGRAM, PROGRAM, List.of("km"), true);
        ProgramLoader loader = new ProgramLoader(stage.space(), stage.memory(), stage.platform());
        LoadedProgram program = loader.load(ProgramLoader.examine(file, true), List.of());
        if (wanted.getAsBoolean()) return;
        SyscallTable table = new SyscallTable(false);
        Payload payload = new Payload(
                stage.platform(),
                stage.space(),
                stage.memory(),
                table,
                stage.log(),
                program,
                file.arguments(),
                List.of());
        PayloadThread first = payload.firstThread();
        first.name("km");
        try {
            World world = new World();
            FdTable descriptors = new FdTable(world, new ResourceLimits(world));
            stage.serveCalls(table, payload, world, new ResourceLimits(world), descriptors);
            if (wanted.getAsBoolean()) return;
            takeOver(payload, first);
        } finally {
            stage.platform().releaseCpu(first.cpu());
        }
    }

    /** A state out of a payload and in again. */
    private void takeOver(Payload payload, PayloadThread thread) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        Inheritance.capture(false, payload.services().limits()).write(out);
        out.writeUTF(PROGRAM);
        out.write(StateFormat.write(Capture.forFork(payload, thread)));
        if (wanted.getAsBoolean()) return;
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        Inheritance.read(in);
        in.readUTF();
        byte[] form = new byte[in.available()];
        in.readFully(form);
        ProcessState state = StateFormat.read(form).withPid(HostCall.getpid());
        if (wanted.getAsBoolean()) return;
        FdTable descriptors =
                FdTable.empty(payload.services().world(), payload.services().limits());
        ReceivedDescriptors.place(
                state.descriptors(), descriptors, payload.services().world(), payload.signals());
        Restore.process(state.withDirectory("/"), payload);
    }
}
