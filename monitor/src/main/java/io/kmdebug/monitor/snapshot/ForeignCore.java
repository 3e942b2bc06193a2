package io.kmdebug.monitor.snapshot;

import io.kmdebug.coredump.CoreFile;

/** Says of a core that is no snapshot of ours what it is and what it lacks. */
final class ForeignCore {
    private ForeignCore() {}

    static String describe(CoreFile core) {
        if (!core.km()) {
            return "it is a core, not a snapshot: it has none of KM's notes (KMSP) and no state of the process (KMDB type 1)";
        }
        if (core.process().isPresent()) {
            return "it is a core that this km wrote when the payload died (" + core.signal()
                    + " was the signal), not a snapshot: it has no state of the process (KMDB type 1)";
        }
        return "it is a core or snapshot of the original KM: its payload runs in ring 0 with KM's own pages at 0x8000000000"
                + " and issues KM's hypercalls from there, and it lacks what this km resumes from: signal masks, pending"
                + " signals, timers, working directory, umask and the arguments (the note KMDB type 1)."
                + " Resume it with the km that wrote it; kmdebug core reads it";
    }
}
