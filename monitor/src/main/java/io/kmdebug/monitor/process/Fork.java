package io.kmdebug.monitor.process;

import static io.kmdebug.monitor.syscall.Errno.EAGAIN;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.EPERM;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.memory.MappedFile;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.state.Capture;
import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.MemoryState;
import io.kmdebug.monitor.state.ProcessState;
import io.kmdebug.monitor.state.StateFormat;
import io.kmdebug.monitor.state.ThreadState;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.OpenFile;
import io.kmdebug.monitor.thread.DebuggedBirth;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.monitor.thread.ProcessMaker;
import io.kmdebug.monitor.thread.TaskLimit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** fork(2): a spare monitor becomes the copy of this one's payload. */
final class Fork implements ProcessMaker {
    private static final long CLONE_VM = 0x100;
    private static final long CLONE_VFORK = 0x4000;
    private static final long CLONE_SETTLS = 0x80000;
    private static final long CLONE_PARENT = 0x8000;
    private static final long CLONE_PARENT_SETTID = 0x10_0000;
    private static final long CLONE_CHILD_CLEARTID = 0x20_0000;
    private static final long CLONE_CHILD_SETTID = 0x100_0000;
    private static final long CLONE_PIDFD = 0x1000;
    /** CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
    private static final long NAMESPACES = 0x7e02_0080L;

    private static final int NR_PIDFD_OPEN = 434;
    private static final int O_PATH_CLOEXEC = 012000000;

    private final Spares spares;
    private final Children children;
    private final @Nullable KnownChildren known;
    private final Stage stage;
    private boolean refusalTold;

    Fork(Spares spares, Children children, @Nullable KnownChildren known, Stage stage) {
        this.spares = spares;
        this.children = children;
        this.known = known;
        this.stage = stage;
    }

    @Override
    public long make(PayloadThread parent, Request request) {
        long flags = request.flags();
        if ((flags & NAMESPACES) != 0) return -EPERM;
        if ((flags & CLONE_PARENT) != 0 || request.exitSignal() > 64) return -EINVAL;
        if ((flags & CLONE_PARENT_SETTID) != 0) parent.memory().host(request.parentTid(), 4, Access.WRITE);
        if ((flags & CLONE_PIDFD) != 0) parent.memory().host(request.pidfd(), 4, Access.WRITE);
        if (TaskLimit.isReached(parent)) return -EAGAIN;
        SpareMonitor spare;
        try {
            spare = spares.take();
        } catch (HostFailure failure) {
            return refused(parent.process(), failure);
        }
        boolean borrows = (flags & CLONE_VM) != 0;
        // a child that runs beside its parent on the same memory is like a thread of it: nobody is told
        boolean told = !borrows || (flags & CLONE_VFORK) != 0;
        DebuggedBirth birth = null;
        try {
            if (told) birth = parent.process().debugHook().birth(borrows);
            if (known != null) known.add(spare.pid());
            int pid = borrows
                    ? VforkChild.run(parent, request, spare, stage, birth)
                    : copy(parent, request, spare, birth);
            spares.replenish();
            if (pid < 0) return pid;
            try {
                if ((flags & CLONE_PARENT_SETTID) != 0) parent.memory().writeInt(request.parentTid(), pid);
                if ((flags & CLONE_PIDFD) != 0) parent.memory().writeInt(request.pidfd(), pidfd(parent.process(), pid));
            } finally {
                if (birth != null && !borrows) birth.born(parent, pid);
            }
            return pid;
        } catch (IOException | HostFailure failure) {
            if (birth != null) birth.failed();
            spare.discard();
            return refused(parent.process(), failure);
        }
    }

    private synchronized long refused(Payload payload, Exception why) {
        if (!refusalTold) payload.log("no new process: " + why.getMessage());
        refusalTold = true;
        return -EAGAIN;
    }

    private static int pidfd(Payload payload, int pid) {
        long descriptor = Native.syscall(NR_PIDFD_OPEN, pid, 0);
        if (descriptor < 0) return (int) descriptor;
        return (int) payload.services().descriptors().install(descriptor, new OpenFile(OpenFile.Kind.OTHER), true);
    }

    private int copy(PayloadThread parent, Request request, SpareMonitor spare, @Nullable DebuggedBirth birth)
            throws IOException {
        Payload payload = parent.process();
        Channel channel = spare.channel();
        if (!payload.stopper().stopAllUnlessEnding(parent)) {
            if (birth != null) birth.failed();
            spare.discard();
            return -EAGAIN;
        }
        try {
            ProcessState state = childState(Capture.forFork(payload, parent), request);
            send(channel, state, request, payload, birth);
            Channel.Message answer = channel.receive();
            if (answer.kind() == Message.FAILED) throw new IOException(failure(answer));
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(answer.bytes()));
            long base = in.readLong();
            long window = payload.space().window().base();
            try (MemoryCopy memory = new MemoryCopy(spare.pid(), window, base)) {
                memory.run(payload.space());
                memory.patch(payload.debugHook().hiddenBytes());
                if (Trace.on(Trace.FORK)) Trace.line(Trace.FORK, "copied " + memory.total() + " bytes");
            }
        } finally {
            payload.stopper().resumeAll();
        }
        spare.adopt();
        channel.send(Message.FILLED, new byte[0]);
        children.add(spare.pid(), channel);
        if (Trace.on(Trace.FORK)) Trace.line(Trace.FORK, "forked " + spare.pid());
        return spare.pid();
    }

    private static boolean orphansAreSeen(Payload payload) {
        Processes processes = Processes.of(payload);
        return processes != null && processes.areOrphansSeen();
    }

    private static String failure(Channel.Message answer) throws IOException {
        return new DataInputStream(new ByteArrayInputStream(answer.bytes())).readUTF();
    }

    private static void send(
            Channel channel, ProcessState state, Request request, Payload payload, @Nullable DebuggedBirth birth)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        Inheritance.capture(orphansAreSeen(payload), payload.services().limits())
                .write(out);
        out.writeLong((request.flags() & CLONE_CHILD_SETTID) != 0 ? request.childTid() : 0);
        List<Integer> descriptors = new ArrayList<>();
        for (DescriptorsState.Slot slot : state.descriptors().slots()) descriptors.add(slot.hostFd());
        for (MappedFile file : state.memory().backings()) {
            if (file.descriptor() < 0) throw new IOException(file.path() + " is mapped, but cannot be passed on");
            descriptors.add(file.descriptor());
        }
        int directory = HostCall.open(".", O_PATH_CLOEXEC);
        if (directory >= 0) descriptors.add(directory);
        out.writeBoolean(directory >= 0);
        Debugged.write(birth, out, descriptors);
        byte[] form = StateFormat.write(state);
        out.writeInt(form.length);
        out.write(form);
        try {
            int[] numbers = new int[descriptors.size()];
            for (int i = 0; i < numbers.length; i++) numbers[i] = descriptors.get(i);
            channel.send(Message.FORK, bytes.toByteArray(), numbers);
        } finally {
            if (directory >= 0) HostCall.close(directory);
        }
    }

    /** The child's thread as clone(2) wants it, and what the child does not get at all. */
    private static ProcessState childState(ProcessState state, Request request) {
        ThreadState thread = state.threads().get(0);
        long[] general = thread.general().clone();
        if (request.stack() != 0) general[GuestContext.RSP] = request.stack();
        long fsBase = (request.flags() & CLONE_SETTLS) != 0 ? request.tls() : thread.fsBase();
        long clear = (request.flags() & CLONE_CHILD_CLEARTID) != 0 ? request.childTid() : 0;
        ThreadState child = thread.withStart(general, fsBase, clear);
        List<Region> kept = new ArrayList<>();
        for (Region region : state.memory().regions()) if (!region.has(Region.NO_FORK)) kept.add(region.unlocked());
        MemoryState old = state.memory();
        MemoryState memory = new MemoryState(old.heapStart(), old.heapEnd(), old.mappingTop(), kept);
        return state.forked(child, memory);
    }
}
