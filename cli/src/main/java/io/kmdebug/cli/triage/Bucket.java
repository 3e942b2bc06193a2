package io.kmdebug.cli.triage;

import io.kmdebug.debugger.CrashDigest;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.StopReason;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Cores of one crash, told by its signature; what is said of it is what its newest core says. */
final class Bucket {
    /** A core, and when it was written. */
    record Core(Path path, FileTime time) {
        private static final Comparator<Core> BY_TIME =
                Comparator.comparing(Core::time).thenComparing(Core::path);
    }

    /** Those with the most cores come first; of those with as many the one with the newest. */
    static final Comparator<Bucket> BY_COUNT =
            Comparator.<Bucket>comparingInt(b -> -b.cores.size()).thenComparing(b -> b.newest, Core.BY_TIME.reversed());

    private final @Nullable String signature;
    private final List<Core> cores = new ArrayList<>();
    private final Set<String> programs = new TreeSet<>();
    private Core newest;
    private CrashDigest digest;

    Bucket(Core first, CrashDigest digest) {
        this.signature = digest.signature();
        this.newest = first;
        this.digest = digest;
    }

    void add(Core core, CrashDigest its) {
        cores.add(core);
        if (its.program() != null) programs.add(its.program());
        if (Core.BY_TIME.compare(core, newest) > 0) {
            newest = core;
            digest = its;
        }
    }

    /** Null for crashes in functions of which none has a name. */
    @Nullable
    String signature() {
        return signature;
    }

    Core newest() {
        return newest;
    }

    /** Of the newest core. */
    CrashDigest digest() {
        return digest;
    }

    /** Newest first. */
    List<Core> cores() {
        return cores.stream().sorted(Core.BY_TIME.reversed()).toList();
    }

    int count() {
        return cores.size();
    }

    /** Paths of the executables. */
    Set<String> programs() {
        return programs;
    }

    String signal() {
        StopReason.Signal signal = digest.signal();
        return signal == null ? "no signal" : signal.name();
    }

    /** The place: {@code urgency (thr.c:5)}. */
    String top() {
        FrameInfo frame = digest.top();
        if (frame == null) return "no stack";
        SourceLocation location = frame.location();
        if (location != null) {
            String path = location.path();
            return frame.function() + " (" + path.substring(path.lastIndexOf('/') + 1) + ":" + location.line() + ")";
        }
        return frame.image() == null ? frame.function() : frame.function() + " in " + frame.image();
    }
}
