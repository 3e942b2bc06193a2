package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The payload's threads with what the debugger wants of each. Guarded by the lock of {@link RunControl}. */
final class DebuggedThreads {
    private final Payload payload;
    private final Map<Integer, DebuggedThread> byTid = new LinkedHashMap<>();

    DebuggedThreads(Payload payload) {
        this.payload = payload;
    }

    /** In order of creation. */
    List<DebuggedThread> live() {
        List<DebuggedThread> live = new ArrayList<>();
        for (PayloadThread thread : payload.threads()) live.add(of(thread));
        return live;
    }

    DebuggedThread of(PayloadThread thread) {
        return byTid.computeIfAbsent(thread.tid(), tid -> new DebuggedThread(thread));
    }

    @Nullable
    DebuggedThread find(int tid) {
        return byTid.get(tid);
    }

    /** A thread that was just made; one of its tid is gone. */
    DebuggedThread add(PayloadThread thread) {
        DebuggedThread one = new DebuggedThread(thread);
        byTid.put(thread.tid(), one);
        return one;
    }

    @Nullable
    DebuggedThread remove(int tid) {
        return byTid.remove(tid);
    }
}
