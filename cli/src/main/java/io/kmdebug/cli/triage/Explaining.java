package io.kmdebug.cli.triage;

import io.kmdebug.cli.report.Cores;
import io.kmdebug.debugger.DebuggerException;
import java.util.List;
import java.util.function.Consumer;

/** Makes the report on the newest core of each crash. */
final class Explaining {
    private final Cores cores;
    private final Lanes lanes;

    Explaining(Cores cores, Lanes lanes) {
        this.cores = cores;
        this.lanes = lanes;
    }

    /** @param sink takes the reports in the order of {@code buckets}; only a few are there at a time */
    void each(List<Bucket> buckets, Consumer<Explained> sink) throws InterruptedException {
        lanes.inOrder(buckets, this::explained, sink);
    }

    private Explained explained(Bucket bucket) {
        try {
            return new Explained(bucket, cores.report(bucket.newest().path()), null);
        } catch (DebuggerException e) {
            return new Explained(bucket, null, String.valueOf(e.getMessage()));
        } catch (RuntimeException | VirtualMachineError e) {
            return new Explained(bucket, null, "this failed inside the debugger: " + e + "; please report it");
        }
    }
}
