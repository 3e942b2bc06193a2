package io.kmdebug.monitor;

import io.kmdebug.monitor.control.Control;
import io.kmdebug.monitor.core.PayloadCore;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.KickSignal;
import io.kmdebug.monitor.host.LastSignal;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.CheckedMemory;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.kvm.KvmPlatform;
import io.kmdebug.monitor.process.Adoption;
import io.kmdebug.monitor.process.Processes;
import io.kmdebug.monitor.process.SpareCommand;
import io.kmdebug.monitor.process.Stage;
import io.kmdebug.monitor.snapshot.SizeWatch;
import io.kmdebug.monitor.stub.DebugServer;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.FutexCalls;
import io.kmdebug.monitor.syscall.IpcCalls;
import io.kmdebug.monitor.syscall.MemoryCalls;
import io.kmdebug.monitor.syscall.ProcessServices;
import io.kmdebug.monitor.syscall.ResourceLimits;
import io.kmdebug.monitor.syscall.SemaphoreUndo;
import io.kmdebug.monitor.syscall.StandardCalls;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.syscall.World;
import io.kmdebug.monitor.thread.KontainCalls;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.ThreadCalls;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The machine that a command line asks for, before there is a payload for it. */
final class Assembly implements Stage {
    private final Options options;
    private final int argumentCount;
    private final boolean adopted = System.getProperty(KmMain.ADOPTED) != null;
    private final Log log;
    private final Platform platform;
    private final AddressSpace space;
    private final CheckedMemory memory;
    private final SyscallTable table;

    /** @param argumentCount words behind the class on this JVM's command line */
    Assembly(Options options, int argumentCount) throws IOException, Options.WrongUsage {
        this.options = options;
        this.argumentCount = argumentCount;
        log = adopted ? Log.inherited(options.log(), Adoption.LOG) : Log.open(options.log());
        String traced = options.traced();
        if (traced != null) Trace.start(traced, log);
        KickSignal.install();
        Machine machine = Machine.open(options, log);
        platform = machine.platform();
        space = new AddressSpace(machine.window(), platform);
        memory = new CheckedMemory(space);
        table = new SyscallTable(options.killUnknownCalls());
    }

    @Override
    public Platform platform() {
        return platform;
    }

    @Override
    public AddressSpace space() {
        return space;
    }

    @Override
    public CheckedMemory memory() {
        return memory;
    }

    @Override
    public SyscallTable table() {
        return table;
    }

    @Override
    public Log log() {
        return log;
    }

    @Override
    public void serve(Payload payload, World world, ResourceLimits limits, FdTable descriptors) {
        if (options.snapshot() != null || options.managementFolder() != null) {
            payload.snapshotPath(Path.of(options.snapshotPath(payload.executable(), HostCall.getpid())));
        }
        String base = options.snapshotBase();
        if (base != null) payload.snapshots().base(Path.of(base));
        if (options.packsSnapshots()) payload.snapshots().packed(true);
        payload.end().coreSink(new PayloadCore(options.core(), adopted, options.packsCores()));
        limits.coreFilter(options.coreFilter());
        if (options.statistics()) payload.countCalls();
        if (options.dumpsShutdown()) payload.dumpShutdown();
        if (options.coreOnError()) LastSignal.leaveCore();
        serveCalls(table, payload, world, limits, descriptors);
        Processes.serve(payload, this);
        limitMemory(limits);
        space.limits(limits);
    }

    @Override
    public void serveCalls(
            SyscallTable table, Payload payload, World world, ResourceLimits limits, FdTable descriptors) {
        StandardCalls calls = new StandardCalls(world, descriptors, limits, payload);
        ProcessServices services = new ProcessServices(world, descriptors, limits, calls, new SemaphoreUndo(world));
        payload.services(services);
        calls.register(table);
        Processes.register(table, payload);
        MemoryCalls.register(table, space, descriptors, world);
        IpcCalls.register(table, space, services);
        payload.futexes(FutexCalls.register(table, world));
        ThreadCalls.register(table, world, platform);
        KontainCalls.register(table);
    }

    /** A bus of n bits carries addresses of 2^n bytes: the payload's address space is as large. */
    private void limitMemory(ResourceLimits limits) {
        long most = options.memoryBytes();
        if (most == Long.MAX_VALUE) return;
        limits.lower(ResourceLimits.AS, most);
    }

    @Override
    public void standardError(int descriptor) {
        log.to(descriptor);
    }

    @Override
    public void debug(Payload payload, int line, byte[] settings, boolean held) throws IOException {
        DebugServer.join(payload, line, settings, held);
    }

    @Override
    public void starts(Payload payload) throws IOException {
        payload.services().descriptors().whenStandardErrorCloses(log::letGo);
        Control control = new Control(
                payload, options.hostEnvironment(), managementSocket(payload), new SnapshotRequests(payload));
        control.open();
        payload.end().lastDeed(new Runnable() {
            @Override
            public void run() {
                control.remove();
            }
        });
        if (options.snapshotSize() > 0) {
            SizeWatch.start(payload, options.snapshotSize(), !options.snapshotStops());
        }
        HostSignals.forward(payload, control);
        payload.services().calls().times().started(HostCall.gettid());
        Processes.tellEnds(payload);
    }

    /** A child has one of its own name or none: its parent's is taken. */
    private @Nullable String managementSocket(Payload payload) {
        String folder = options.managementFolder();
        if (folder == null) return adopted ? null : options.managementSocket();
        return folder + "/kmpipe." + Options.baseName(payload.executable()) + "." + HostCall.getpid();
    }

    @Override
    public SpareCommand get() {
        try {
            List<String> words = new ArrayList<>(HostArguments.start(argumentCount));
            useArchiveOfSpares(words);
            words.add(words.size() - 1, "-D" + KmMain.ADOPTED + "=true");
            // until it is somebody's process, a signal does to it what it does to any program
            if (!words.contains("-Xrs")) words.addAll(1, List.of("-Xrs", "-XX:+DisableAttachMechanism"));
            // a spare waits in another folder than the one that names of files are relative to
            if (!adopted) words.add(1, "-Duser.dir=" + rawFolder());
            words.addAll(options.forChildren());
            // what this one found out by a test
            words.add("--platform=" + (platform instanceof KvmPlatform ? "kvm" : "ptrace"));
            words.add("--");
            words.add(payloadName());
            Path java = Files.readSymbolicLink(Path.of("/proc/self/exe"));
            return new SpareCommand(
                    java.toString(), words, HostArguments.environment(), blockedAtStart(), log.descriptorToPassOn());
        } catch (IOException e) {
            throw new HostFailure("cannot tell how this monitor was started: " + e.getMessage());
        }
    }

    /** The launcher's word for a class archive with all that a spare loads, in place of the one for ordinary runs. */
    private static void useArchiveOfSpares(List<String> words) {
        String archive = System.getProperty("kmdebug.spares");
        if (archive == null) return;
        int value = archive.indexOf('=') + 1;
        if (!Files.exists(Path.of(archive.substring(value)))) return;
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).startsWith(archive.substring(0, value))) words.set(i, archive);
        }
    }

    /** The folder that km was started in, with the bytes of its name in ISO-8859-1. */
    private static String rawFolder() {
        Charset names = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        return new String(System.getProperty("user.dir", "/").getBytes(names), StandardCharsets.ISO_8859_1);
    }

    /** Where a spare has the program's name, for those who list processes. */
    private String payloadName() {
        return options.command().get(0);
    }

    /** The mask of the thread that the JVM was started on, which waits ever since. */
    private static long blockedAtStart() throws IOException {
        long pid = HostCall.getpid();
        byte[] status = Files.readAllBytes(Path.of("/proc/self/task/" + pid + "/status"));
        String text = new String(status, StandardCharsets.ISO_8859_1);
        int line = text.indexOf("SigBlk:\t");
        if (line < 0) return 0;
        int start = line + "SigBlk:\t".length();
        return Long.parseUnsignedLong(text.substring(start, start + 16), 16);
    }
}
