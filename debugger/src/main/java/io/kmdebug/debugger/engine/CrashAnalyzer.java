package io.kmdebug.debugger.engine;

import io.kmdebug.coredump.PendingSystemCall;
import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashAnalysis.Cause;
import io.kmdebug.debugger.CrashAnalysis.SystemCall;
import io.kmdebug.debugger.CrashAnalysis.Wait;
import io.kmdebug.debugger.CrashDigest;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.crash.Deadlocks;
import io.kmdebug.debugger.crash.PendingCall;
import io.kmdebug.debugger.crash.Signature;
import io.kmdebug.debugger.golang.Goroutines;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Registers;
import io.kmdebug.rsp.RspException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds out what a stop means. What fails takes its own part only. */
final class CrashAnalyzer {
    private static final int FRAMES = 64;
    private static final int FRAMES_OF_A_DEADLOCK = 8;
    private static final Set<Cause> SAID = EnumSet.of(
            Cause.ASSERTION, Cause.HEAP_CORRUPTION, Cause.STACK_SMASHING, Cause.EXCEPTION, Cause.PANIC, Cause.ABORT);

    private final Payload payload;
    private final Inspector inspector;

    CrashAnalyzer(Payload payload, Inspector inspector) {
        this.payload = payload;
        this.inspector = inspector;
    }

    /**
     * In one line, for whoever asks at every stop: all threads are looked at only where none has failed.
     *
     * @param thread the one that caused the stop
     */
    String summary(@Nullable StopReason reason, long thread) {
        FaultExplainer.Finding own = new FaultExplainer(payload, inspector).explain(reason, thread, frames(thread));
        return isSent(own) ? analysis(reason, thread).summary() : own.summary();
    }

    /**
     * What tells this crash from others; all threads are looked at only where none has failed.
     *
     * @param thread the one that caused the stop
     */
    CrashDigest digest(@Nullable StopReason reason, long thread) {
        List<StackFrame> frames = frames(thread);
        FaultExplainer.Finding own = new FaultExplainer(payload, inspector).explain(reason, thread, frames);
        boolean ofAll = isSent(own) || own.cause() == Cause.DEADLOCK;
        CrashAnalysis whole = ofAll ? analysis(reason, thread) : null;
        return new CrashDigest(
                payload.images().main().map(LoadedImage::path).orElse(null),
                reason instanceof StopReason.Signal s ? s : null,
                whole == null ? own.summary() : whole.summary(),
                whole == null ? own.cause() : whole.cause(),
                top(frames, own.functions()),
                whole == null ? signature(own, reason, List.of()) : whole.signature());
    }

    private @Nullable FrameInfo top(List<StackFrame> frames, List<String> functions) {
        Optional<String> name =
                functions.stream().filter(f -> !Signature.isAborting(f)).findFirst();
        StackFrame first = frames.isEmpty() ? null : frames.get(0);
        StackFrame top = frames.stream()
                .filter(f -> f.name().equals(name.orElse(null)))
                .findFirst()
                .orElse(first);
        return top == null ? null : inspector.info(top, false);
    }

    /** By somebody else, or by nobody. */
    private static boolean isSent(FaultExplainer.Finding finding) {
        return finding.cause() == Cause.SIGNAL || finding.cause() == Cause.NONE;
    }

    /** @param thread the one that caused the stop */
    CrashAnalysis analysis(@Nullable StopReason reason, long thread) {
        Map<Long, SystemCall> calls = new LinkedHashMap<>();
        List<Wait> waits = new ArrayList<>();
        Map<List<String>, List<Long>> groups = new LinkedHashMap<>();
        ThreadWaits locks = new ThreadWaits(payload);
        payload.target().expect(payload.target().threadIds());
        PendingCall pending = new PendingCall(payload.target().memory(), fileNames());
        for (long tid : payload.target().threadIds()) {
            List<StackFrame> frames = frames(tid);
            groups.computeIfAbsent(places(frames), k -> new ArrayList<>()).add(tid);
            waiting(tid, frames, locks, pending, calls, waits);
        }
        List<List<Long>> deadlocks = Deadlocks.in(waits);
        List<StackFrame> frames = frames(thread);
        FaultExplainer.Finding finding = withDeadlock(
                new FaultExplainer(payload, inspector).explain(reason, thread, frames), reason, waits, deadlocks);
        return new CrashAnalysis(
                finding.summary(),
                finding.cause(),
                finding.instruction(),
                groups.values().stream().map(List::copyOf).toList(),
                calls,
                waits,
                deadlocks,
                signature(finding, reason, deadlocks));
    }

    private @Nullable String signature(
            FaultExplainer.Finding finding, @Nullable StopReason reason, List<List<Long>> deadlocks) {
        String signal = reason instanceof StopReason.Signal s ? s.name() : "";
        // what a wild pointer meets differs from run to run, what a program says of itself does not
        String kind = SAID.contains(finding.cause()) ? signal + " " + finding.cause() : signal;
        List<String> places = finding.cause() == Cause.DEADLOCK ? stuck(deadlocks, finding) : finding.functions();
        return Signature.of(kind, places).orElse(null);
    }

    /** A deadlock is where its threads stand, in whichever order they are found, and not where somebody ended it. */
    private List<String> stuck(List<List<Long>> deadlocks, FaultExplainer.Finding finding) {
        List<Long> stuck = deadlocks.isEmpty()
                ? payload.threads().stream()
                        .map(ThreadInfo::id)
                        .filter(Goroutines::isGoroutine)
                        .toList()
                : deadlocks.stream().flatMap(List::stream).toList();
        List<String> places = stuck.stream()
                .map(tid -> frames(tid).stream()
                        .limit(FRAMES_OF_A_DEADLOCK)
                        .map(StackFrame::name)
                        .filter(name -> !name.startsWith("runtime."))
                        .collect(Collectors.joining("<")))
                .filter(place -> !place.isEmpty())
                .sorted()
                .distinct()
                .toList();
        return places.isEmpty() ? finding.functions() : places;
    }

    private Map<Integer, String> fileNames() {
        Map<Integer, String> names = new LinkedHashMap<>();
        for (OpenFile file : payload.target().openFiles().orElse(List.of())) names.put(file.number(), file.name());
        return names;
    }

    private List<StackFrame> frames(long tid) {
        try {
            return inspector.stacks().page(tid, 0, FRAMES).frames();
        } catch (DebuggerException | CorruptFileException | RspException e) {
            return List.of();
        }
    }

    private static List<String> places(List<StackFrame> frames) {
        return frames.stream().map(f -> f.pc() + " " + f.name()).toList();
    }

    private void waiting(
            long tid,
            List<StackFrame> frames,
            ThreadWaits locks,
            PendingCall pending,
            Map<Long, SystemCall> calls,
            List<Wait> waits) {
        try {
            Registers registers = payload.target().registers(tid);
            PendingSystemCall noted = payload.target().pendingCall(tid).orElse(null);
            SystemCall call =
                    noted != null ? pending.of(noted) : pending.of(registers).orElse(null);
            if (call == null) return;
            calls.put(tid, call);
            Registers arguments = noted == null ? registers : PendingCall.holding(noted, registers);
            locks.of(tid, call, arguments, frames).ifPresent(waits::add);
        } catch (DebuggerException | CorruptFileException | RspException e) {
            payload.notices().accept("What thread " + tid + " waits for is not known: " + e.getMessage());
        }
    }

    /** A program that did nothing wrong by itself was ended because it stood still. */
    private FaultExplainer.Finding withDeadlock(
            FaultExplainer.Finding finding, @Nullable StopReason reason, List<Wait> waits, List<List<Long>> deadlocks) {
        if (deadlocks.isEmpty()) return finding;
        List<String> circles = deadlocks.stream().map(c -> circle(c, waits)).toList();
        String text = "deadlock: " + String.join("; ", circles);
        if (!isSent(finding)) return finding.with(finding.cause(), finding.summary() + "; " + text);
        String end = reason instanceof StopReason.Signal s ? " (ended by " + s.name() + ")" : "";
        return finding.with(Cause.DEADLOCK, text + end);
    }

    private static String circle(List<Long> circle, List<Wait> waits) {
        List<String> steps = new ArrayList<>();
        for (long thread : circle) {
            Wait wait =
                    waits.stream().filter(w -> w.thread() == thread).findFirst().orElseThrow();
            String holder = wait.owner() != null && wait.owner() == thread
                    ? "it holds itself"
                    : "thread " + wait.owner() + " holds";
            steps.add(
                    wait.kind().equals("thread")
                            ? "thread " + thread + " waits for the end of thread " + wait.owner()
                            : "thread " + thread + " waits for " + wait.object() + ", which " + holder);
        }
        return String.join(", ", steps);
    }
}
