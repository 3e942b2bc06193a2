package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What one client has told the server, and whom it talks about. */
final class ServedSession {
    /** Most bytes of a packet's data, both ways: qSupported's PacketSize. */
    static final int PACKET_BYTES = 1 << 20;

    final StubTarget target;
    private final Stops stops;
    private final Consumer<StubTarget.Stop> client;

    boolean multiprocess;
    boolean swbreak;
    boolean noResumed;
    boolean threadsInStop;
    /** Whether requests about registers may name their thread: the client is lldb. */
    boolean threadSuffix;

    private int generalTid;
    private int continueTid;

    /** @param client told of the stop that ends a resume */
    ServedSession(StubTarget target, Stops stops, Consumer<StubTarget.Stop> client) {
        this.target = target;
        this.stops = stops;
        this.client = client;
    }

    StubTarget.Stop lastStop() {
        return stops.last();
    }

    /** After a stop both selected threads are the one that stopped. */
    void selectStopped(int tid) {
        generalTid = tid;
        continueTid = tid;
    }

    /** After the end of a thread. */
    void selectAny() {
        List<StubTarget.ThreadDescription> threads = target.threads();
        if (!threads.isEmpty()) selectStopped(threads.get(0).tid());
    }

    /** What {@code ?} is answered. */
    StubTarget.Stop presentStop() {
        StubTarget.Stop last = stops.last();
        if (!(last.reason() instanceof StubTarget.StopReason.ThreadExited)) return last;
        selectAny();
        return new StubTarget.Stop(generalTid, new StubTarget.StopReason.Attached());
    }

    void selectGeneral(int tid) {
        generalTid = tid;
    }

    void selectContinue(int tid) {
        continueTid = tid;
    }

    /** The thread of {@code g}, {@code G}, {@code p}, {@code P} and siginfo. */
    int generalTid() {
        return generalTid;
    }

    /** The thread of {@code c} and {@code s}; {@link ThreadId#ALL} for all. */
    int continueTid() {
        return continueTid;
    }

    /** A thread id that names one thread, or any, as a live thread. */
    int resolve(ThreadId id) {
        if (id.pid() > 0 && id.pid() != target.pid()) {
            throw Refusal.numbered(Refusal.NO_SUCH_THREAD, "no process " + id.pid());
        }
        if (!id.isSpecific()) return generalTid;
        if (!isAlive(id.tid())) throw Refusal.numbered(Refusal.NO_SUCH_THREAD, "no thread " + id.tid());
        return id.tid();
    }

    boolean isAlive(int tid) {
        return target.hasThread(tid);
    }

    Registers registersOf(int tid) {
        return target.registers(tid).orElseThrow(() -> Refusal.numbered(Refusal.NO_SUCH_THREAD, "no thread " + tid));
    }

    /** Whether the target has the upper halves of the ymm registers. */
    boolean hasAvx() {
        if (Stops.isEnd(lastStop())) return false;
        List<StubTarget.ThreadDescription> threads = target.threads();
        if (threads.isEmpty()) return false;
        return target.registers(threads.get(0).tid())
                .map(registers -> registers.has(AmdRegister.YMM0H))
                .orElse(false);
    }

    /** A signal as the client numbers it: gdb has numbers of its own, lldb the system's. */
    int toClient(int signal) {
        return threadSuffix ? signal : LinuxSignal.toGdb(signal);
    }

    /** Linux's number of the client's; 0 when there is none. */
    int fromClient(int number) {
        if (!threadSuffix) return LinuxSignal.fromGdb(number);
        return number > 0 && number <= LinuxSignal.MAX ? number : 0;
    }

    ThreadId idOf(int tid) {
        return new ThreadId(multiprocess ? target.pid() : ThreadId.NONE, tid);
    }

    void resume(Map<Integer, StubTarget.Action> actions, boolean newborns) {
        stops.resume(target, actions, newborns, client);
    }
}
