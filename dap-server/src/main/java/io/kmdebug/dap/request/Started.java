package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.ObjectReader;
import io.kmdebug.debugger.DownloadOptions;
import java.nio.file.Path;
import org.eclipse.lsp4j.debug.ProcessEventArguments;
import org.eclipse.lsp4j.debug.ProcessEventArgumentsStartMethod;
import org.jspecify.annotations.Nullable;

/** What launch and attach have in common. */
final class Started {
    private Started() {}

    /** Says that the session exists and takes breakpoints now. */
    static void announce(Conversation conversation, String name, ProcessEventArgumentsStartMethod method) {
        conversation.outlet().event("initialized", null);
        ProcessEventArguments process = new ProcessEventArguments();
        process.setName(name);
        process.setStartMethod(method);
        process.setPointerSize(64);
        conversation.outlet().event("process", process);
    }

    /** The servers and the rest are those of the adapter's environment. */
    static DownloadOptions downloads(ObjectReader fields) {
        return fields.bool("debuginfod", false) ? DownloadOptions.of(System.getenv()) : DownloadOptions.OFF;
    }

    static @Nullable Path path(ObjectReader fields, String field) {
        String path = fields.path(field);
        return path == null ? null : Path.of(path);
    }
}
