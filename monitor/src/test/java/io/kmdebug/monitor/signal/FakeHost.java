package io.kmdebug.monitor.signal;

import io.kmdebug.machine.SignalInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes down what the signals asked for. */
public final class FakeHost implements SignalHost {
    public final List<String> events = new ArrayList<>();
    public UnaryOperator<@Nullable SignalInfo> debugger = info -> info;

    @Override
    public void wake(int tid) {
        events.add("wake " + tid);
    }

    @Override
    public void terminate(int tid, SignalInfo info, boolean core) {
        events.add((core ? "core " : "terminate ") + tid + " signal " + info.signal());
    }

    @Override
    public void stop(int tid, SignalInfo info) {
        events.add("stop " + tid + " signal " + info.signal());
    }

    @Override
    public void proceed() {
        events.add("proceed");
    }

    @Override
    public @Nullable SignalInfo beforeDelivery(int tid, SignalInfo info) {
        return debugger.apply(info);
    }

    @Override
    public long restorer() {
        return 0;
    }
}
