package io.kmdebug.monitor.process;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.loader.ExaminedProgram;
import io.kmdebug.monitor.loader.ProgramFile;
import io.kmdebug.monitor.signal.SignalAction;
import io.kmdebug.monitor.state.Capture;
import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.MemoryState;
import io.kmdebug.monitor.state.ProcessState;
import io.kmdebug.monitor.state.SignalState;
import io.kmdebug.monitor.state.StateFormat;
import io.kmdebug.monitor.syscall.Errno;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.ProcessServices;
import io.kmdebug.monitor.syscall.ResourceLimits;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.thread.BorrowedMemory;
import io.kmdebug.monitor.thread.DebuggedBirth;
import io.kmdebug.monitor.thread.Gate;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.monitor.thread.ProcessEnd;
import io.kmdebug.monitor.thread.ProcessMaker;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A child that runs on its parent's memory: vfork(2), and clone(2) with CLONE_VM. Its thread runs in the parent's
 * monitor, over copied tables of descriptors and signals, as the number of a spare that is the host's process for it.
 * What belongs to the whole process is done there; working directory, umask and credentials the host keeps for each
 * thread, once that has left the sharing. exec hands everything over to the spare.
 */
final class VforkChild implements ProcessEnd.Finish {
    private static final long CLONE_VFORK = 0x4000;
    private static final int NR_IOCTL = 16;
    private static final int NR_UNSHARE = 272;
    private static final int CLONE_FS = 0x200;
    private static final int O_PATH_CLOEXEC = 012000000;

    private final SpareMonitor spare;
    private final Payload lender;
    private final Payload payload;
    private final Gate parentsGate;
    private final boolean orphansAreSeen;
    private boolean over;

    private VforkChild(SpareMonitor spare, Payload lender, Payload payload, Gate parentsGate, boolean orphansAreSeen) {
        this.orphansAreSeen = orphansAreSeen;
        this.spare = spare;
        this.lender = lender;
        this.payload = payload;
        this.parentsGate = parentsGate;
    }

    /**
     * Runs the child until it has called exec or ended, or with CLONE_VFORK not set: starts it.
     *
     * @param spare given away in any case
     * @param birth who debugs the child; null: nobody
     * @return the child's pid
     */
    static int run(
            PayloadThread parent,
            ProcessMaker.Request request,
            SpareMonitor spare,
            Stage stage,
            @Nullable DebuggedBirth birth)
            throws IOException {
        Payload of = parent.process();
        int group = Inheritance.ownProcessGroup();
        spare.channel()
                .send(Message.RESERVE, ByteBuffer.allocate(4).putInt(group).array());
        spare.adopt();
        SyscallTable table = new SyscallTable(false);
        Payload payload = new Payload(
                of.platform(),
                of.space(),
                of.memory(),
                table,
                of.log(),
                of.program(),
                of.arguments(),
                of.environment(),
                spare.pid());
        Gate gate = new Gate(parent);
        Processes processes = Processes.of(of);
        boolean orphansAreSeen = processes != null && processes.areOrphansSeen();
        VforkChild child = new VforkChild(spare, of, payload, gate, orphansAreSeen);
        payload.end().finish(child);
        ProcessServices old = of.services();
        ResourceLimits limits = new ResourceLimits(old.world());
        limits.restore(old.limits().capture());
        if (old.limits().refusesCore()) limits.refuseCore();
        FdTable descriptors = old.descriptors().copy();
        payload.signals().restore(new SignalState(of.signals().capture().actions(), List.of()));
        stage.serveCalls(table, payload, old.world(), limits, descriptors);
        payload.services().calls().restoreControls(old.calls().captureControls().ofChild());
        VforkCalls.register(table, payload, child);
        payload.processMaker(child.asMaker());
        of.lent();
        try {
            BorrowedMemory.start(parent, payload, request, () -> Native.syscall(NR_UNSHARE, CLONE_FS), birth);
        } catch (OutOfMemoryError none) {
            of.returned();
            descriptors.closeAll();
            spare.channel().close();
            throw new IOException("no thread for it: " + none.getMessage());
        }
        if (birth != null) birth.born(parent, spare.pid());
        if ((request.flags() & CLONE_VFORK) != 0) {
            gate.await();
            if (birth != null) birth.returned(parent);
        }
        return spare.pid();
    }

    /** Whether a thread of the parent's has the number. */
    boolean isLenders(int tid) {
        return lender.thread(tid) != null;
    }

    private ProcessMaker asMaker() {
        return new Nested(this);
    }

    /** A child that has no memory of its own makes no more processes, but it finds its way to exec. */
    record Nested(VforkChild child) implements ProcessMaker {
        @Override
        public long make(PayloadThread parent, Request request) {
            return -Errno.EAGAIN;
        }
    }

    /** The child that the payload is, or null. */
    static @Nullable VforkChild of(Payload payload) {
        return payload.processMaker() instanceof Nested nested ? nested.child() : null;
    }

    /** A system call of up to three numbers, made by the host's process of the child. */
    synchronized long call(int number, long... arguments) {
        return ask(-1, number, arguments);
    }

    /** An ioctl(2) on one of our descriptors, made by the host's process of the child. */
    synchronized long ioctl(int hostFd, long request, long value, boolean byAddress) {
        return ask(hostFd, NR_IOCTL, byAddress ? 1 : 0, request, value);
    }

    private long ask(int hostFd, int number, long... arguments) {
        ByteBuffer bytes = ByteBuffer.allocate(32).putLong(number);
        for (long argument : arguments) bytes.putLong(argument);
        try {
            int[] descriptors = hostFd < 0 ? new int[0] : new int[] {hostFd};
            spare.channel().send(Message.CALL, bytes.array(), descriptors);
            return ByteBuffer.wrap(spare.channel().receive(Message.RESULT).bytes())
                    .getLong();
        } catch (IOException killed) {
            finished();
            return -Errno.ESRCH;
        }
    }

    @Override
    public void exit(int status) {
        payload.debugHook().processEnds(status, 0);
        tell(Message.EXIT, status);
    }

    @Override
    public void signal(int number) {
        payload.debugHook().processEnds(0, number);
        tell(Message.KILLED, number);
    }

    private synchronized void tell(int kind, int value) {
        if (!over) {
            try {
                spare.channel().send(kind, ByteBuffer.allocate(4).putInt(value).array());
            } catch (IOException gone) {
                // somebody killed the process before it ended by itself
                payload.log("process " + spare.pid() + " was gone already: " + gone.getMessage());
            }
        }
        finished();
    }

    /** The parent goes on; what was the child's here is given up. */
    private synchronized void finished() {
        if (over) return;
        over = true;
        spare.channel().close();
        payload.services().descriptors().closeAll();
        for (PayloadThread thread : payload.threads()) thread.end();
        lender.returned();
        parentsGate.open();
    }

    /** exec: from here on the process lives in its own monitor. The calling thread, its only one, leaves. */
    void exec(PayloadThread thread, ExaminedProgram program, List<String> environment) {
        exec(thread, program, environment, payload.debugHook().leaves(thread));
    }

    private synchronized void exec(
            PayloadThread thread, ExaminedProgram program, List<String> environment, @Nullable DebuggedBirth debugged) {
        try (program) {
            payload.services().descriptors().closeOnExec();
            hand(thread, program, environment, debugged);
            if (debugged != null) debugged.born(thread, spare.pid());
            if (Trace.on(Trace.EXEC))
                Trace.line(Trace.EXEC, spare.pid() + " runs " + program.file().path());
        } catch (IOException gone) {
            if (debugged != null) debugged.failed();
            payload.log(
                    "process " + spare.pid() + " cannot run " + program.file().path() + ": " + gone.getMessage());
        } finally {
            finished();
        }
    }

    private void hand(
            PayloadThread thread, ExaminedProgram program, List<String> environment, @Nullable DebuggedBirth debugged)
            throws IOException {
        ProcessState state = newProgram(Capture.forFork(payload, thread), program, environment);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        Inheritance.capture(orphansAreSeen, payload.services().limits()).write(out);
        ProgramFile interpreter = program.interpreter();
        out.writeUTF(program.file().path());
        out.writeUTF(program.file().name());
        out.writeBoolean(interpreter != null);
        out.writeUTF(interpreter == null ? "" : interpreter.path());
        byte[] form = StateFormat.write(state);
        out.writeInt(form.length);
        out.write(form);
        List<Integer> descriptors = new ArrayList<>();
        for (DescriptorsState.Slot slot : state.descriptors().slots()) descriptors.add(slot.hostFd());
        int directory = HostCall.open(".", O_PATH_CLOEXEC);
        descriptors.add(directory < 0 ? program.file().descriptor() : directory);
        descriptors.add(program.file().descriptor());
        if (interpreter != null) descriptors.add(interpreter.descriptor());
        Debugged.write(debugged, out, descriptors);
        try {
            int[] numbers = new int[descriptors.size()];
            for (int i = 0; i < numbers.length; i++) numbers[i] = descriptors.get(i);
            spare.channel().send(Message.EXEC, bytes.toByteArray(), numbers);
        } finally {
            if (directory >= 0) HostCall.close(directory);
        }
    }

    /** What a new program takes over of signals, and no memory. */
    private static ProcessState newProgram(ProcessState state, ExaminedProgram program, List<String> environment) {
        List<SignalAction> actions = new ArrayList<>();
        for (SignalAction action : state.signals().actions()) {
            actions.add(action.handler() == SignalAction.IGNORE ? action : SignalAction.INITIAL);
        }
        return state.withProgram(
                program.file().arguments(),
                environment,
                new SignalState(actions, List.of()),
                new MemoryState(0, 0, 0, List.of()));
    }
}
