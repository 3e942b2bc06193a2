package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A payload of no-operation instructions: each step moves a thread's pc by one; at {@link #EXIT} the process exits
 * with status 42, at {@link #FAULT} the thread faults, at {@link #LOOP} it stays for ever.
 */
final class FakeTarget implements StubTarget {
    static final long CODE = 0x400000;
    static final int CODE_BYTES = 0x3000;
    static final long EXIT = CODE + 0x100;
    static final long FAULT = CODE + 0x180;
    static final long LOOP = CODE + 0x200;
    static final int PID = 77;

    final byte[] memory = new byte[CODE_BYTES];
    final Map<Integer, Registers> threads = new LinkedHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final LinkedBlockingQueue<String> freed = new LinkedBlockingQueue<>();
    final Map<Integer, PeerProcess> children = new LinkedHashMap<>();
    private final Map<Long, Integer> breakpoints = new LinkedHashMap<>();
    private final boolean avx;
    private @Nullable Consumer<Stop> listener;
    private volatile boolean interrupted;
    private @Nullable SignalInfo info;

    FakeTarget(boolean avx) {
        this.avx = avx;
        java.util.Arrays.fill(memory, (byte) 0x90);
        addThread(PID);
        addThread(PID + 1);
    }

    private void addThread(int tid) {
        Registers registers = new Registers();
        for (AmdRegister register : AmdRegister.values()) {
            if (register.compareTo(AmdRegister.YMM0H) >= 0 && !avx) break;
            byte[] value = new byte[register.bytes()];
            for (int i = 0; i < value.length; i++) value[i] = (byte) (register.ordinal() + i * 3 + tid);
            registers.set(register, value);
        }
        registers.set(AmdRegister.RIP, CODE).set(AmdRegister.EFLAGS, 0x246).set(AmdRegister.CS, 0x33);
        registers.set(AmdRegister.RSP, CODE + 0x1800).set(AmdRegister.RBP, CODE + 0x1900);
        threads.put(tid, registers);
    }

    Registers thread(int tid) {
        return Objects.requireNonNull(threads.get(tid));
    }

    @Override
    public void attach() {
        calls.add("attach");
        report(new Stop(PID, new StopReason.Attached()));
    }

    @Override
    public @Nullable PeerProcess child(int pid) {
        return children.remove(pid);
    }

    @Override
    public byte @org.jspecify.annotations.Nullable [] payloadFile(String path) {
        return path.equals("/proc/self/made") ? new byte[] {'m', 'a', 'd', 'e'} : null;
    }

    @Override
    public String hostPath(String path) {
        return path.startsWith("/payload/") ? path.substring("/payload".length()) : path;
    }

    @Override
    public int pid() {
        return PID;
    }

    @Override
    public List<ThreadDescription> threads() {
        return threads.keySet().stream()
                .map(tid -> new ThreadDescription(tid, "fake<" + tid + ">", "at \"rest\""))
                .toList();
    }

    @Override
    public Optional<Registers> registers(int tid) {
        return Optional.ofNullable(threads.get(tid)).map(Registers::copy);
    }

    @Override
    public boolean writeRegisters(int tid, Registers changed) {
        Registers registers = threads.get(tid);
        if (registers == null) return false;
        for (AmdRegister register : AmdRegister.values()) {
            byte[] value = changed.bytes(register);
            if (value != null) registers.set(register, value);
        }
        return true;
    }

    @Override
    public int readMemory(long address, byte[] target, int offset, int length) {
        if (address < CODE || address >= CODE + CODE_BYTES) return 0;
        int count = (int) Math.min(length, CODE + CODE_BYTES - address);
        System.arraycopy(memory, (int) (address - CODE), target, offset, count);
        return count;
    }

    @Override
    public boolean writeMemory(long address, byte[] data) {
        if (address < CODE || address + data.length > CODE + CODE_BYTES) return false;
        System.arraycopy(data, 0, memory, (int) (address - CODE), data.length);
        return true;
    }

    @Override
    public boolean insertBreakpoint(long address) {
        if (address < CODE || address >= CODE + CODE_BYTES) return false;
        breakpoints.merge(address, 1, Integer::sum);
        return true;
    }

    @Override
    public boolean removeBreakpoint(long address) {
        return breakpoints.computeIfPresent(address, (at, count) -> count - 1) != null
                && (breakpoints.values().remove(0) || true);
    }

    Set<Long> breakpoints() {
        return new TreeSet<>(breakpoints.keySet());
    }

    @Override
    public void resume(Map<Integer, Action> actions, boolean newborns) {
        calls.add("resume " + new java.util.TreeMap<>(actions) + " " + newborns);
        interrupted = false;
        int tid = actions.keySet().stream()
                .filter(one -> !(actions.get(one) instanceof Action.Continue))
                .findFirst()
                .orElseGet(() -> actions.keySet().iterator().next());
        Action action = actions.get(tid);
        if (action == null) throw new IllegalArgumentException("no action");
        new Thread(() -> report(run(tid, action)), "fake-vcpu").start();
    }

    private Stop run(int tid, Action action) {
        Registers registers = threads.get(tid);
        if (registers == null) throw new IllegalArgumentException("no thread " + tid);
        if (action instanceof Action.Continue go && go.signal() == 15) return new Stop(0, new StopReason.Killed(15));
        long pc = registers.pc();
        while (true) {
            if (pc == LOOP) return loop(tid);
            if (pc < CODE || pc >= CODE + CODE_BYTES) return new Stop(tid, new StopReason.Signalled(11));
            pc++;
            registers.set(AmdRegister.RIP, pc);
            if (pc == EXIT) return new Stop(0, new StopReason.Exited(42));
            if (pc == FAULT) {
                info = SignalInfo.fault(11, SignalInfo.SEGV_MAPERR, 0xdead);
                return new Stop(tid, new StopReason.Signalled(11));
            }
            if (breakpoints.containsKey(pc)) return new Stop(tid, new StopReason.Breakpoint());
            if (action instanceof Action.Step) return new Stop(tid, new StopReason.Stepped());
            if (action instanceof Action.StepRange range && (pc < range.start() || pc >= range.end())) {
                return new Stop(tid, new StopReason.Stepped());
            }
        }
    }

    private synchronized Stop loop(int tid) {
        while (!interrupted) {
            try {
                wait(10_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return new Stop(tid, new StopReason.Interrupted());
    }

    @Override
    public synchronized void interrupt() {
        calls.add("interrupt");
        interrupted = true;
        notifyAll();
    }

    @Override
    public void passSignals(Set<Integer> signals) {
        calls.add("pass " + new TreeSet<>(signals));
    }

    @Override
    public void onStop(Consumer<Stop> told) {
        listener = told;
    }

    private void report(Stop stop) {
        Consumer<Stop> told = listener;
        if (told == null) throw new IllegalStateException("nobody listens");
        told.accept(stop);
    }

    @Override
    public void detach() {
        breakpoints.clear();
        calls.add("detach");
        freed.add("detach");
    }

    @Override
    public void kill() {
        calls.add("kill");
        freed.add("kill");
        report(new Stop(0, new StopReason.Killed(9)));
    }

    @Override
    public byte[] auxv() {
        return new AuxVector()
                .put(AuxVector.AT_ENTRY, CODE)
                .put(AuxVector.AT_PAGESZ, 4096)
                .encode();
    }

    @Override
    public String executable() {
        return "/nonexistent/fake}program";
    }

    @Override
    public Optional<byte[]> signalInfo(int tid) {
        return Optional.ofNullable(info).map(SignalInfo::raw);
    }

    @Override
    public List<MemoryRegion> regions() {
        return new ArrayList<>(List.of(new MemoryRegion(CODE, CODE + CODE_BYTES, 7, "fake")));
    }

    @Override
    public @Nullable String monitorCommand(String command) {
        return command.equals("hello") ? "Hello from the stub\n" : null;
    }
}
