package io.kmdebug.debugger.target;

import io.kmdebug.coredump.MappedFile;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.rsp.RemoteThread;
import io.kmdebug.rsp.RspClient;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget;
import io.kmdebug.rsp.ThreadAction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A running payload behind a stub: this project's monitor, KM, gdbserver. */
public final class LiveTarget implements Target {
    private static final System.Logger LOG = System.getLogger(LiveTarget.class.getName());
    private static final AmdRegister[] ALL_REGISTERS = AmdRegister.values();

    private final RspClient client;
    private final MemoryCache memory;
    private final Map<Long, Registers> registers = new HashMap<>();
    /** Those that came along with the stop reply. */
    private final Map<Long, Registers> general = new HashMap<>();

    private @Nullable List<ThreadInfo> threads;
    /** As the stop reply listed them; empty when it did not. */
    private List<Long> threadIds = List.of();

    /** As it is at this stop; null: not asked for. */
    private @Nullable List<MappedRegion> mapped;

    private @Nullable AuxVector auxv;
    private @Nullable String executable;
    private boolean executableAsked;

    public LiveTarget(RspClient client) {
        this.client = client;
        this.memory = new MemoryCache(client);
        arrived(client.initialStop());
    }

    @Override
    public boolean isLive() {
        return true;
    }

    /** The stop in which the payload was found. */
    public StopEvent initialStop() {
        return client.initialStop();
    }

    /** The payload has stopped: takes over what the stop reply brought along. */
    public void arrived(StopEvent stop) {
        forget();
        memory.arrived(stop.memory());
        threadIds = stop.threads().stream().map(Integer::longValue).toList();
        if (!stop.isExit() && stop.tid() != 0 && hasGeneral(stop.registers())) {
            general.put((long) stop.tid(), KmTrampoline.outside(stop.registers(), memory));
        }
    }

    /** A stop reply may carry a few registers only; then all are asked for when they are needed. */
    private static boolean hasGeneral(Registers given) {
        for (int i = AmdRegister.RAX.ordinal(); i <= AmdRegister.RIP.ordinal(); i++) {
            if (!given.has(ALL_REGISTERS[i])) return false;
        }
        return true;
    }

    @Override
    public Registers generalRegisters(long tid) {
        Registers known = registers.get(tid);
        if (known == null) known = general.get(tid);
        return known == null ? registers(tid) : known;
    }

    private void forget() {
        memory.forget();
        registers.clear();
        general.clear();
        threads = null;
        mapped = null;
        threadIds = List.of();
    }

    @Override
    public List<ThreadInfo> threads() {
        List<ThreadInfo> known = threads;
        if (known == null) {
            known = new ArrayList<>();
            for (RemoteThread thread : client.threads()) {
                known.add(new ThreadInfo(thread.tid(), thread.name().isEmpty() ? programName() : thread.name()));
            }
            threads = known = List.copyOf(known);
        }
        return known;
    }

    @Override
    public List<Long> threadIds() {
        return threadIds.isEmpty() ? Target.super.threadIds() : threadIds;
    }

    private String programName() {
        return executable()
                .map(path -> Path.of(path).getFileName())
                .map(Path::toString)
                .orElse("thread");
    }

    @Override
    public Registers registers(long tid) {
        Registers known = registers.get(tid);
        if (known == null) {
            try {
                known = KmTrampoline.outside(client.registers((int) tid), memory);
            } catch (RspException e) {
                if (e.kind() != RspException.Kind.REFUSED) throw e;
                throw new DebuggerException("Thread " + tid + " is gone.", e);
            }
            registers.put(tid, known);
        }
        return known;
    }

    @Override
    public void expect(List<Long> tids) {
        List<Integer> unknown = tids.stream()
                .filter(tid -> !registers.containsKey(tid))
                .map(Long::intValue)
                .toList();
        try {
            client.registers(unknown)
                    .forEach((tid, read) -> registers.put(tid.longValue(), KmTrampoline.outside(read, memory)));
        } catch (RspException e) {
            if (e.kind() == RspException.Kind.LOST || e.kind() == RspException.Kind.TIMEOUT) throw e;
            LOG.log(System.Logger.Level.DEBUG, "registers of all threads", e);
        }
    }

    @Override
    public void writeRegisters(long tid, Registers changed) {
        try {
            client.writeRegisters((int) tid, changed);
        } catch (RspException e) {
            if (e.kind() != RspException.Kind.REFUSED && e.kind() != RspException.Kind.UNSUPPORTED) throw e;
            throw new DebuggerException("The stub does not let the registers of thread " + tid + " be changed.", e);
        } finally {
            registers.remove(tid);
            general.remove(tid);
        }
    }

    @Override
    public MemoryReader memory() {
        return memory;
    }

    @Override
    public boolean mayExecute(long address) {
        List<MappedRegion> known = mapped;
        if (known == null) mapped = known = MappedRegion.of(this);
        for (MappedRegion region : known) {
            if (region.contains(address)) return (region.flags() & ElfSegment.PF_X) != 0;
        }
        return known.isEmpty();
    }

    @Override
    public void writeMemory(long address, byte[] data) {
        try {
            client.writeMemory(address, data);
        } catch (RspException e) {
            if (e.kind() != RspException.Kind.REFUSED) throw e;
            throw new DebuggerException(String.format("Memory at 0x%x cannot be written.", address), e);
        } finally {
            memory.forget();
        }
    }

    @Override
    public AuxVector auxv() {
        AuxVector known = auxv;
        if (known == null) auxv = known = AuxVector.decode(client.auxv());
        return known;
    }

    @Override
    public Optional<String> executable() {
        if (!executableAsked) {
            executable = client.execFile().orElse(null);
            executableAsked = true;
        }
        return Optional.ofNullable(executable);
    }

    @Override
    public OptionalInt pid() {
        return client.pid();
    }

    @Override
    public Optional<SignalInfo> signalInfo(long tid) {
        return client.signalInfo((int) tid)
                .filter(raw -> raw.length == SignalInfo.BYTES)
                .map(SignalInfo::new);
    }

    @Override
    public List<MappedFile> fileMappings() {
        return List.of();
    }

    /** A file as the stub's host sees it. */
    public Optional<byte[]> remoteFile(String path, int limitBytes) {
        return client.readFile(path, limitBytes);
    }

    /** A part of such a file. */
    Optional<byte[]> remoteFile(String path, long offset, int limitBytes) {
        return client.readFile(path, offset, limitBytes);
    }

    /** Memory that is asked for once, and not kept. */
    int readUncached(long address, byte[] into, int offset, int length) {
        return client.read(address, into, offset, length);
    }

    /** As {@link RspClient#processId}. */
    public OptionalInt processId() {
        return client.processId();
    }

    /** As {@link RspClient#regions}. */
    List<StubTarget.MemoryRegion> regions() {
        return client.regions();
    }

    /** As {@link RspClient#saveCore}. */
    public Optional<String> saveCore(@Nullable String path) {
        return client.saveCore(path);
    }

    public boolean insertBreakpoint(long address) {
        return client.insertBreakpoint(address);
    }

    public boolean removeBreakpoint(long address) {
        return client.removeBreakpoint(address);
    }

    /** Whether threads on a planted breakpoint are stepped over it by the stub. */
    public boolean stepsOverBreakpoints() {
        return client.stepsOverBreakpoints();
    }

    public void passSignals(Collection<Integer> signals) {
        client.passSignals(signals);
    }

    @Override
    public void resume(List<ThreadAction> actions) {
        forget();
        client.resume(actions);
    }

    /** Waits for the stop that ends the last resume. Called by the watcher, or by the owner while no one watches. */
    public Optional<StopEvent> waitForStop(Duration timeout) {
        return client.waitForStop(timeout);
    }

    /** As {@link RspClient#interrupt}. */
    public boolean interrupt() {
        return client.interrupt();
    }

    /** As {@link RspClient#keepsLateInterrupts}. */
    public boolean keepsLateInterrupts() {
        return client.keepsLateInterrupts();
    }

    /** As {@link RspClient#tellsExitStatus}. */
    public boolean tellsExitStatus() {
        return client.tellsExitStatus();
    }

    public void removeBreakpoints() {
        client.removeBreakpoints();
    }

    public void detach() {
        client.detach();
    }

    public void kill() {
        client.kill();
    }

    @Override
    public void close() {
        client.close();
    }
}
