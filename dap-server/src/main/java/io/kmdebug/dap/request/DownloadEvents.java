package io.kmdebug.dap.request;

import java.util.HashMap;
import java.util.Map;
import org.eclipse.lsp4j.debug.OutputEventArgumentsCategory;
import org.eclipse.lsp4j.debug.ProgressEndEventArguments;
import org.eclipse.lsp4j.debug.ProgressStartEventArguments;
import org.eclipse.lsp4j.debug.ProgressUpdateEventArguments;
import org.jspecify.annotations.Nullable;

/** Shows downloads: as DAP's progress to a client that supports it, else as a line when one begins. */
final class DownloadEvents {
    private static final double KIB = 1024;

    private final Outlet outlet;
    private final Map<String, String> ids = new HashMap<>();
    private int next = 1;
    private boolean progress;

    DownloadEvents(Outlet outlet) {
        this.outlet = outlet;
    }

    /** @param supported whether the client takes progress events */
    synchronized void progressEvents(boolean supported) {
        progress = supported;
    }

    synchronized void downloading(String title, long done, long total) {
        String id = ids.get(title);
        if (id == null) {
            id = "download-" + next++;
            ids.put(title, id);
            begin(id, title, total);
        }
        if (!progress) return;
        ProgressUpdateEventArguments event = new ProgressUpdateEventArguments();
        event.setProgressId(id);
        event.setMessage(total < 0 ? size(done) : size(done) + " of " + size(total));
        if (total > 0) event.setPercentage(Math.floor(100.0 * done / total));
        outlet.eventAtOnce("progressUpdate", event);
    }

    private void begin(String id, String title, long total) {
        String what = "Downloading " + title + (total < 0 ? "" : " (" + size(total) + ")");
        if (!progress) {
            outlet.eventAtOnce("output", SessionEvents.output(OutputEventArgumentsCategory.CONSOLE, what + "\n"));
            return;
        }
        ProgressStartEventArguments event = new ProgressStartEventArguments();
        event.setProgressId(id);
        event.setTitle("Downloading");
        event.setMessage(title);
        if (total >= 0) event.setPercentage(0.0);
        outlet.eventAtOnce("progressStart", event);
    }

    synchronized void downloaded(String title, long bytes) {
        @Nullable String id = ids.remove(title);
        if (id == null || !progress) return;
        ProgressEndEventArguments event = new ProgressEndEventArguments();
        event.setProgressId(id);
        event.setMessage(size(bytes));
        outlet.eventAtOnce("progressEnd", event);
    }

    private static String size(long bytes) {
        return bytes < 10 * KIB * KIB ? Math.round(bytes / KIB) + " KiB" : Math.round(bytes / KIB / KIB) + " MiB";
    }
}
