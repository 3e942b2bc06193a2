package io.kmdebug.cli.triage;

import io.kmdebug.cli.html.Evidence;
import io.kmdebug.cli.report.Cores;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.Session;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the report on the newest core of each crash. */
final class Explaining {
    private final Cores cores;
    private final Lanes lanes;
    private final @Nullable Function<Evidence, String> pages;

    /** @param pages draws a report; null where no pages are asked for */
    Explaining(Cores cores, Lanes lanes, @Nullable Function<Evidence, String> pages) {
        this.pages = pages;
        this.cores = cores;
        this.lanes = lanes;
    }

    /** @param sink takes the reports in the order of {@code buckets}; only a few are there at a time */
    void each(List<Bucket> buckets, Consumer<Explained> sink) throws InterruptedException {
        lanes.inOrder(buckets, this::explained, sink);
    }

    private Explained explained(Bucket bucket) {
        try (Session session = cores.open(bucket.newest().path())) {
            CrashReport report = cores.report(session);
            String page = pages == null ? null : pages.apply(Evidence.of(report, session));
            return new Explained(bucket, report, page, null);
        } catch (DebuggerException e) {
            return new Explained(bucket, null, null, String.valueOf(e.getMessage()));
        } catch (RuntimeException | VirtualMachineError e) {
            return new Explained(bucket, null, null, "this failed inside the debugger: " + e + "; please report it");
        }
    }
}
