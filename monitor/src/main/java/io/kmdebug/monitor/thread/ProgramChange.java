package io.kmdebug.monitor.thread;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.loader.ExaminedProgram;
import io.kmdebug.monitor.loader.LoadFailure;
import io.kmdebug.monitor.loader.LoadedProgram;
import io.kmdebug.monitor.loader.ProgramLoader;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.platform.VirtualCpu;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.signal.SignalFrame;
import io.kmdebug.monitor.syscall.ProcessServices;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** execve(2) from its point of no return on: another program takes the place of the payload's, in the same process. */
public final class ProgramChange {
    private static final int SIGSEGV = 11;
    /** IF, and the bit that is always set. */
    private static final long INITIAL_FLAGS = 0x202;

    private static final long POLL_NANOS = 50_000;

    private ProgramChange() {}

    /**
     * Replaces the program of the calling thread's payload; the other threads end, and the caller becomes the first one.
     * Afterwards the thread stands at the new program's entry.
     *
     * @param program closed when this returns
     */
    public static void run(PayloadThread self, ExaminedProgram program, List<String> environment) {
        Payload payload = self.payload();
        if (!endOthers(payload, self)) {
            program.close();
            return;
        }
        payload.debugHook().forgetsProgram();
        AddressSpace space = payload.space();
        space.clear();
        ProcessServices services = payload.services();
        services.descriptors().closeOnExec();
        services.calls().exec();
        payload.signals().exec(self.signals());
        ProgramLoader loader = new ProgramLoader(space, payload.memory(), payload.platform());
        LoadedProgram loaded;
        try {
            loaded = loader.load(program, environment);
        } catch (LoadFailure | CorruptFileException late) {
            payload.log(
                    "exec of " + program.file().path() + " failed when there was no way back: " + late.getMessage());
            self.request(Requests.EXIT);
            payload.end().killed(self, SignalInfo.fault(SIGSEGV, SignalInfo.SI_KERNEL, 0), false);
            return;
        }
        payload.program(loaded, program.file().arguments(), environment);
        self.becomeFirst(payload.pid(), program.file().processName());
        enter(self.cpu(), loaded);
        payload.debugHook().newProgram(self);
    }

    /** False when the caller itself is to end, for another thread was first with this or with the process's end. */
    private static boolean endOthers(Payload payload, PayloadThread self) {
        Stopper stopper = payload.stopper();
        if (!stopper.stopAllUnlessEnding(self)) return false;
        // a debugger's stop is under way: whoever began it is still needed, and waits for this thread to rest
        while (self.isHeld() && !self.isEnding()) {
            stopper.resumeAll();
            self.parkWhileHeld();
            if (!stopper.stopAllUnlessEnding(self)) return false;
        }
        try {
            if (self.isEnding()) return false;
            for (PayloadThread other : payload.threads()) if (other != self) other.request(Requests.EXIT);
            stopper.tell();
            while (payload.threads().size() > 1) {
                // whoever ends the process may wait for this stop's end, to write a core
                if (payload.end().hasBegun()) {
                    self.request(Requests.EXIT);
                    return false;
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
            return true;
        } finally {
            stopper.resumeAll();
        }
    }

    private static void enter(VirtualCpu cpu, LoadedProgram program) {
        for (int register = GuestContext.RAX; register <= GuestContext.RFLAGS; register++) cpu.set(register, 0);
        cpu.set(GuestContext.RFLAGS, INITIAL_FLAGS);
        cpu.set(GuestContext.RIP, program.entry());
        cpu.set(GuestContext.RSP, program.stackPointer());
        cpu.fsBase(0);
        cpu.gsBase(0);
        cpu.xsave(SignalFrame.initial(cpu.xsave().length));
    }

    /** comm: the last part of the name, cut to 15 bytes. */
    static String programName(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.substring(0, Math.min(15, name.length()));
    }
}
