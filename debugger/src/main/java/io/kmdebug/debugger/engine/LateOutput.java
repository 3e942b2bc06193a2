package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.SessionListener.OutputKind;
import io.kmdebug.debugger.target.KmProcess;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps output that comes before the session that is to report it exists. */
final class LateOutput implements KmProcess.OutputSink {
    private record Chunk(OutputKind kind, String text) {}

    private final List<Chunk> early = new ArrayList<>();
    private KmProcess.@Nullable OutputSink sink;

    synchronized void connect(KmProcess.OutputSink to) {
        sink = to;
        for (Chunk chunk : early) to.output(chunk.kind(), chunk.text());
        early.clear();
    }

    @Override
    public synchronized void output(OutputKind kind, String text) {
        if (sink != null) sink.output(kind, text);
        else early.add(new Chunk(kind, text));
    }
}
