package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.CrashAnalysis.Cause;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.crash.AbortMessage;
import io.kmdebug.debugger.engine.FaultExplainer.Finding;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A program that ended itself: what it, its C library or its language's run-time system said. */
final class Abort {
    private static final String EXCEPTION = "std::terminate after throwing ";
    private static final Pattern HEAP = Pattern.compile(
            "(?i)^(double free|free\\(\\)|malloc|realloc|calloc|munmap_chunk|mremap_chunk|corrupted|invalid|memalign"
                    + "|break adjusted|unaligned|too many chunks|mismatching).*");
    private final Payload payload;
    private final Inspector inspector;
    private final List<StackFrame> frames;

    Abort(Payload payload, Inspector inspector, List<StackFrame> frames) {
        this.payload = payload;
        this.inspector = inspector;
        this.frames = frames;
    }

    Finding explain(StopReason.Signal signal) {
        int exception = signal.description().indexOf(EXCEPTION);
        if (exception >= 0) {
            String what = signal.description().substring(exception + EXCEPTION.length());
            return finding(Cause.EXCEPTION, "uncaught C++ exception " + what, outside(frames));
        }
        Optional<Finding> panic = new Panic(inspector, frames).explain();
        if (panic.isPresent()) return panic.get();
        boolean aborts = frames.stream().limit(8).anyMatch(f -> f.name().endsWith("abort"));
        Optional<String> message =
                aborts ? AbortMessage.of(payload.images(), payload.target().memory()) : Optional.empty();
        if (message.isPresent()) return said(message.get());
        return finding(
                Cause.ABORT,
                aborts ? "the program called abort()" : Wording.lower(signal.description()),
                outsideOfRust());
    }

    private Finding said(String message) {
        if (message.contains("Assertion `")) return finding(Cause.ASSERTION, "assertion failed: " + message, frames);
        if (message.contains("stack smashing") || message.contains("buffer overflow detected")) {
            return finding(
                    Cause.STACK_SMASHING,
                    message.replace("*", "").replace(": terminated", "").strip(),
                    frames);
        }
        if (HEAP.matcher(message).matches()) {
            return finding(Cause.HEAP_CORRUPTION, "heap corruption, found by the C library: " + message, frames);
        }
        return finding(Cause.ABORT, "the program aborted: " + message, frames);
    }

    /** Without what leads from std::process::abort of Rust to that of the C library. */
    private List<StackFrame> outsideOfRust() {
        for (int i = 0; i + 1 < frames.size(); i++) {
            if (frames.get(i).name().equals("std::process::abort")) return frames.subList(i + 1, frames.size());
        }
        return frames;
    }

    /** Without what the C++ run-time system does on the way from a throw to abort. */
    private static List<StackFrame> outside(List<StackFrame> frames) {
        int from = 0;
        for (int i = 0; i < frames.size(); i++) {
            String name = frames.get(i).name();
            if (name.startsWith("std::terminate")
                    || name.startsWith("__cxa_")
                    || name.startsWith("__gxx_")
                    || name.startsWith("_Unwind_")
                    || name.startsWith("__cxxabiv1::")
                    || name.startsWith("__gnu_cxx::")) {
                from = i + 1;
            }
        }
        return frames.subList(from, frames.size());
    }

    private static Finding finding(Cause cause, String text, List<StackFrame> frames) {
        return Finding.at(cause, text + Wording.where(frames), null, frames);
    }
}
