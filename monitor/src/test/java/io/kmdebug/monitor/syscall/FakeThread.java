package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.signal.FakeContext;
import io.kmdebug.monitor.signal.FakeHost;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.signal.ThreadSignals;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process of one thread that never enters a guest; its calls are made straight. */
final class FakeThread implements SyscallThread {
    static final int PID = (int) ProcessHandle.current().pid();

    final FakeMemory memory = new FakeMemory();
    final FakeHost host = new FakeHost();
    final List<String> log = new ArrayList<>();
    /** The next blocking call is interrupted before it is made. */
    boolean interruptNext;

    private final FakeContext context = new FakeContext(memory);
    private final ProcessSignals processSignals = new ProcessSignals(host);
    private final ThreadSignals threadSignals = processSignals.thread(PID, null);
    private final RestartBlock restartBlock = new RestartBlock();
    private final SyscallProcess process = new FakeProcess();
    private String name = "fake";

    @Override
    public int tid() {
        return PID;
    }

    @Override
    public SyscallProcess process() {
        return process;
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public FakeContext context() {
        return context;
    }

    @Override
    public RestartBlock restartBlock() {
        return restartBlock;
    }

    @Override
    public ThreadSignals signals() {
        return threadSignals;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void name(String changed) {
        name = changed;
    }

    @Override
    public long blocking(Restart restart, int number, long... arguments) {
        if (interruptNext) {
            interruptNext = false;
            return restart.code();
        }
        return Native.syscall(number, arguments);
    }

    @Override
    public boolean interrupted() {
        return interruptNext;
    }

    private final class FakeProcess implements SyscallProcess {
        @Override
        public int pid() {
            return PID;
        }

        @Override
        public ProcessSignals signals() {
            return processSignals;
        }

        @Override
        public List<? extends SyscallThread> threads() {
            return List.of(FakeThread.this);
        }

        @Override
        public @Nullable SyscallThread thread(int tid) {
            return tid == PID ? FakeThread.this : null;
        }

        @Override
        public String executable() {
            return "/bin/busybox";
        }

        @Override
        public List<String> arguments() {
            return List.of("one", "two words");
        }

        @Override
        public List<String> environment() {
            return List.of("A=b");
        }

        @Override
        public byte[] auxiliaryVector() {
            return new byte[16];
        }

        @Override
        public String memoryMap() {
            return "10000-20000 rw-p 00000000 00:00 0\n";
        }

        @Override
        public void log(String line) {
            log.add(line);
        }
    }
}
