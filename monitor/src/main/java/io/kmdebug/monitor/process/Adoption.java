package io.kmdebug.monitor.process;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.host.LastSignal;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.loader.ExaminedProgram;
import io.kmdebug.monitor.loader.LoadFailure;
import io.kmdebug.monitor.loader.LoadedProgram;
import io.kmdebug.monitor.loader.ProgramFile;
import io.kmdebug.monitor.loader.ProgramLoader;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.MappedFile;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.MemoryState;
import io.kmdebug.monitor.state.NotKeepable;
import io.kmdebug.monitor.state.ProcessState;
import io.kmdebug.monitor.state.Restore;
import io.kmdebug.monitor.state.Standing;
import io.kmdebug.monitor.state.StateFormat;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.ResourceLimits;
import io.kmdebug.monitor.syscall.World;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.monitor.thread.RestoredThreads;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A spare monitor's life: it waits, then becomes what the monitor that started it says. */
public final class Adoption {
    /** The descriptor of the log that a spare is given, if it is open. */
    public static final int LOG = Nursery.LOG;

    private static final int NR_FCNTL = 72;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int SIGSEGV = 11;

    private final Stage stage;
    private final Channel channel = new Channel(Nursery.CHANNEL);

    public Adoption(Stage stage) {
        this.stage = stage;
        Native.syscall(NR_FCNTL, channel.descriptor(), F_SETFD, FD_CLOEXEC);
    }

    /**
     * Says that it can be had from now on, and makes good use of the time until it is.
     *
     * @throws IOException when the one that wanted this monitor is gone; there is nothing left to do then
     */
    public void prepare() throws IOException {
        channel.send(Message.READY, new byte[0]);
        Rehearsal.run(stage, channel::hasInput);
    }

    /** Whether waiting is over. */
    public boolean isWanted() {
        return channel.hasInput();
    }

    /**
     * Waits, then runs the payload's first thread on the calling one.
     *
     * @throws IOException when the one that wanted this monitor is gone; there is nothing left to do then
     */
    public void run() throws IOException {
        Channel.Message order = channel.receive();
        switch (order.kind()) {
            case Message.FORK -> fork(order);
            case Message.RESERVE -> exec(Reserved.serve(channel, order));
            default -> throw new IOException("message " + order.kind() + " to a spare monitor");
        }
    }

    /** The process is ours already; now it gets a program. */
    private void exec(Channel.Message order) {
        channel.close();
        try {
            begin(order);
        } catch (IOException late) {
            noWayBack("the program", late);
        }
    }

    /** As the kernel does it where exec fails too late to say so: execve(2). */
    private void noWayBack(String path, Exception late) {
        stage.log().line("exec of " + path + " failed when there was no way back: " + late.getMessage());
        LastSignal.raise(SIGSEGV);
    }

    private void begin(Channel.Message order) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(order.bytes()));
        Inheritance inheritance = Inheritance.read(in);
        String path = in.readUTF();
        String name = in.readUTF();
        boolean hasInterpreter = in.readBoolean();
        String interpreterPath = in.readUTF();
        byte[] form = new byte[in.readInt()];
        in.readFully(form);
        Debugged debugged = Debugged.read(in);
        int[] descriptors = order.descriptors();
        ProcessState state = StateFormat.read(form).withPid(HostCall.getpid());
        ReceivedDescriptors.arrange(descriptors, state.descriptors().slots());
        HostDescriptors.occupyLow();
        standardError(state.descriptors());
        int next = state.descriptors().slots().size();
        int directory = descriptors[next++];
        ProgramFile file = ProgramFile.received(descriptors[next++], path, name, state.arguments());
        ProgramFile interpreter = null;
        if (hasInterpreter) {
            interpreter = ProgramFile.received(descriptors[next], interpreterPath, interpreterPath, List.of());
        }
        inheritance.renice();
        Standing standing = state.threads().get(0).standing();
        tellLost(PayloadThread.take(standing));
        inheritance.credentials().apply();
        AddressSpace space = stage.space();
        ProgramLoader loader = new ProgramLoader(space, stage.memory(), stage.platform());
        LoadedProgram program;
        try {
            program = loader.load(ExaminedProgram.received(file, interpreter), state.environment());
        } catch (LoadFailure | CorruptFileException late) {
            noWayBack(path, late);
            return;
        }
        Payload payload = new Payload(
                stage.platform(),
                space,
                stage.memory(),
                stage.table(),
                stage.log(),
                program,
                state.arguments(),
                state.environment());
        World world = new World();
        ResourceLimits limits = new ResourceLimits(world);
        FdTable table = FdTable.empty(world, limits);
        PayloadThread first = payload.firstThread();
        first.name(file.processName());
        stage.serve(payload, world, limits, table);
        MemoryState memory = new MemoryState(space.heapStart(), space.heapEnd(0), space.mappingTop(), List.of());
        restore(state.withDirectory("/proc/self/fd/" + directory).withMemory(memory), payload);
        HostCall.close(directory);
        processes(payload, inheritance);
        ReceivedDescriptors.place(state.descriptors(), table, world, payload.signals());
        first.signals().mask(state.threads().get(0).signals().blocked());
        first.inheritAffinity(state.threads().get(0).affinity());
        first.stands(standing);
        stage.starts(payload);
        if (debugged != null) {
            stage.debug(payload, descriptors[descriptors.length - 1], debugged.settings(), false);
            payload.debugHook().newProgram(first);
        }
        first.run();
    }

    private void standardError(DescriptorsState state) {
        int descriptor = ReceivedDescriptors.standardError(state);
        if (descriptor >= 0) stage.standardError(descriptor);
    }

    private static Processes processes(Payload payload, Inheritance inheritance) {
        Processes processes = Processes.of(payload);
        if (processes == null) throw new IllegalStateException("nobody makes processes");
        if (inheritance.orphansAreSeen()) processes.orphansAreSeen();
        if (inheritance.refusesCore()) payload.services().limits().refuseCore();
        payload.services().limits().coreFilter(inheritance.coreFilter());
        return processes;
    }

    private static void restore(ProcessState state, Payload payload) throws IOException {
        try {
            Restore.process(state, payload);
        } catch (NotKeepable gone) {
            throw new IOException(gone);
        }
    }

    private void fork(Channel.Message order) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(order.bytes()));
        Inheritance inheritance = Inheritance.read(in);
        long childTid = in.readLong();
        boolean hasDirectory = in.readBoolean();
        Debugged debugged = Debugged.read(in);
        byte[] form = new byte[in.readInt()];
        in.readFully(form);
        int[] descriptors = order.descriptors();
        ProcessState state;
        try {
            state = StateFormat.read(form).withPid(HostCall.getpid());
            ReceivedDescriptors.arrange(descriptors, state.descriptors().slots());
            HostDescriptors.occupyLow();
            standardError(state.descriptors());
            attach(state, descriptors);
            map(state);
        } catch (IOException wrong) {
            fail(wrong);
            throw new IOException(wrong);
        }
        int last = descriptors.length - 1;
        int debugLine = debugged == null ? -1 : descriptors[last--];
        int directory = hasDirectory ? descriptors[last] : -1;
        if (hasDirectory) state = state.withDirectory("/proc/self/fd/" + directory);
        World world = new World();
        ResourceLimits limits = new ResourceLimits(world);
        FdTable table = FdTable.empty(world, limits);
        AddressSpace space = stage.space();
        Payload payload = Restore.payload(state, stage.platform(), space, stage.memory(), stage.table(), stage.log());
        stage.serve(payload, world, limits, table);
        try {
            Restore.process(state, payload);
        } catch (NotKeepable gone) {
            fail(gone);
            throw new IOException(gone);
        }
        if (hasDirectory) HostCall.close(directory);
        ReceivedDescriptors.place(state.descriptors(), table, world, payload.signals());
        inheritance.joinGroup();
        inheritance.renice();
        RestoredThreads threads = Restore.threads(state, payload);
        ParentLine line = new ParentLine(channel);
        Processes processes = processes(payload, inheritance);
        processes.parentLine(line);
        // from here on signals are the payload's
        stage.starts(payload);
        channel.send(
                Message.MAPPED,
                ByteBuffer.allocate(8).putLong(space.window().base()).array());
        channel.receive(Message.FILLED);
        line.start();
        space.settle();
        tellLost(threads.takeRights());
        inheritance.credentials().apply();
        payload.answerInGuest();
        if (childTid != 0 && canWrite(payload, childTid)) payload.memory().writeInt(childTid, payload.pid());
        if (debugged != null) stage.debug(payload, debugLine, debugged.settings(), true);
        threads.start();
        threads.first().run();
    }

    /** What a process begins with is the host's to say: no more, at any rate, than its parent has. */
    private void tellLost(@Nullable String lost) {
        if (lost != null) stage.log().line("process " + HostCall.getpid() + " goes on without its parent's " + lost);
    }

    private static boolean canWrite(Payload payload, long address) {
        return payload.memory().accessible(address, 4, Access.WRITE) == 4;
    }

    private void fail(Exception why) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(String.valueOf(why.getMessage()));
        channel.send(Message.FAILED, bytes.toByteArray());
    }

    private static void attach(ProcessState state, int[] descriptors) {
        int next = state.descriptors().slots().size();
        for (MappedFile file : state.memory().backings()) file.attach(descriptors[next++]);
    }

    private void map(ProcessState state) throws IOException {
        AddressSpace space = stage.space();
        List<Region> regions = state.memory().regions();
        for (Region region : regions) {
            long result = space.restore(region);
            if (result < 0) {
                throw new IOException("the memory at 0x" + Long.toHexString(region.start()) + " (" + region.name()
                        + ") cannot be mapped again (errno " + -result + ")");
            }
        }
    }
}
