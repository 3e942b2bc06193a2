package io.kmdebug.monitor;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.loader.LoadedProgram;
import io.kmdebug.monitor.loader.ProgramFile;
import io.kmdebug.monitor.loader.ProgramLoader;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.CheckedMemory;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.process.Adoption;
import io.kmdebug.monitor.snapshot.Resume;
import io.kmdebug.monitor.snapshot.Snapshots;
import io.kmdebug.monitor.stub.DebugServer;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.ResourceLimits;
import io.kmdebug.monitor.syscall.World;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.monitor.thread.RestoredThreads;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Puts the machine together, loads the program into it, runs it. */
final class Monitor {
    private final Options options;
    private final int argumentCount;

    /** @param argumentCount words behind the class on this JVM's command line */
    Monitor(Options options, int argumentCount) {
        this.options = options;
        this.argumentCount = argumentCount;
    }

    /** Runs the payload's first thread on the calling one; returns when that thread ends before the process does. */
    void run() throws IOException, Options.WrongUsage {
        InheritedDescriptors inherited = InheritedDescriptors.find();
        String base = options.snapshotBase();
        if (base != null) Snapshots.checkBase(Path.of(base));
        Assembly machine = new Assembly(options, argumentCount);
        if (options.namesOutput()) OutputPaths.check(options, machine.log());
        List<String> command = options.command();
        List<String> environment = options.environment();
        ProgramFile file = PayloadName.find(command);
        if (file.isCore()) {
            file.close();
            resume(machine, inherited, file.path());
            return;
        }
        AddressSpace space = machine.space();
        CheckedMemory memory = machine.memory();
        Platform platform = machine.platform();
        LoadedProgram program = new ProgramLoader(space, memory, platform).load(file, environment);
        Log log = machine.log();
        Payload payload =
                new Payload(platform, space, memory, machine.table(), log, program, file.arguments(), environment);
        if (options.statistics()) payload.countCalls();
        World world = new World();
        ResourceLimits limits = new ResourceLimits(world);
        PayloadThread first = payload.firstThread();
        first.name(file.processName());
        if (options.debugger() != Options.Debugger.NONE) serveDebugger(payload);
        String output = options.payloadOutput();
        if (output != null) PayloadOutput.redirect(output);
        FdTable descriptors = new FdTable(world, limits);
        inherited.place(descriptors);
        machine.serve(payload, world, limits, descriptors);
        payload.services().calls().signalsAsStarted();
        HostDescriptors.occupyLow();
        if (options.waitsForSignal()) StartSignal.await(log, payload.pid());
        machine.starts(payload);
        payload.answerInGuest();
        first.run();
    }

    /** Waits for another monitor that needs a process, and becomes that. */
    void standBy() throws Options.WrongUsage {
        HostDescriptors.closeLeaked();
        HostDescriptors.makeRoom();
        try {
            Assembly machine = new Assembly(options, argumentCount);
            machine.platform().prepare();
            Adoption adoption = new Adoption(machine);
            adoption.prepare();
            MonitorClasses.load(adoption::isWanted);
            openClassPath();
            adoption.run();
        } catch (IOException gone) {
            // nobody is there any more to be told
            HostCall.exitGroup(0);
        }
    }

    /** Goes on where a snapshot stopped. */
    private void resume(Assembly machine, InheritedDescriptors inherited, String path)
            throws IOException, Options.WrongUsage {
        if (options.command().size() > 1) {
            throw new Options.WrongUsage("cannot set payload arguments when resuming a snapshot");
        }
        Resume resume = Resume.open(path);
        if (options.putsEnvironment()) {
            machine.log().line("--putenv means nothing to a snapshot: its environment is kept");
        }
        Payload payload =
                resume.payload(machine.platform(), machine.space(), machine.memory(), machine.table(), machine.log());
        String output = options.payloadOutput();
        if (output != null) PayloadOutput.redirect(output);
        World world = new World();
        ResourceLimits limits = new ResourceLimits(world);
        machine.serve(payload, world, limits, FdTable.empty(world, limits));
        RestoredThreads threads = resume.restore(payload, inherited.byNumber());
        HostDescriptors.occupyLow();
        if (options.debugger() != Options.Debugger.NONE) serveDebugger(payload);
        if (options.waitsForSignal()) StartSignal.await(machine.log(), payload.pid());
        machine.starts(payload);
        payload.answerInGuest();
        String refused = threads.takeRights();
        if (refused != null) throw new HostFailure(path + ": its first thread cannot have its " + refused);
        threads.start();
        threads.first().run();
    }

    /** The JVM opens its jar when it wants the first class that no archive has: late, where the payload's numbers are. */
    private static void openClassPath() {
        ClassLoader.getSystemResource("META-INF/none");
    }

    private void serveDebugger(Payload payload) throws IOException {
        boolean held = options.debugger() == Options.Debugger.AT_START;
        DebugServer.start(
                payload,
                options.debugPlaces(),
                held,
                options.endsWithLostDebugger(),
                new FileOutputStream(FileDescriptor.out));
    }
}
