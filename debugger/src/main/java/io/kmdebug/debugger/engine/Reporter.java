package io.kmdebug.debugger.engine;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.coredump.ProcessInfo;
import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.FrameReport;
import io.kmdebug.debugger.CrashReport.ThreadReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.target.CoreTarget;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Registers;
import io.kmdebug.rsp.RspException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Explains a stop from end to end; what fails takes its own part only. */
final class Reporter {
    private static final int LINES_BEFORE = 3;
    private static final int LINES_AFTER = 2;

    private final Payload payload;
    private final Inspector inspector;

    Reporter(Payload payload, Inspector inspector) {
        this.payload = payload;
        this.inspector = inspector;
    }

    /**
     * @param thread the one that caused the stop
     * @param commandLine of a live payload, where it is known
     */
    CrashReport report(
            int frameLimit,
            @Nullable StopReason reason,
            long thread,
            @Nullable String commandLine,
            Supplier<List<String>> notices) {
        CoreFile core = payload.target() instanceof CoreTarget c ? c.core() : null;
        List<ThreadReport> threads = new ArrayList<>();
        payload.target().expect(payload.target().threadIds());
        for (ThreadInfo info : payload.threads()) threads.add(thread(info, frameLimit));
        payload.sources().finishChecks();
        CrashAnalysis analysis = new CrashAnalyzer(payload, inspector).analysis(reason, thread);
        List<String> all = new ArrayList<>(notices.get());
        return new CrashReport(
                core == null ? "" : core.path().toString(),
                payload.images().main().map(LoadedImage::path).orElse(null),
                core == null ? null : core.process().map(ProcessInfo::arguments).orElse(null),
                payload.target().pid().isPresent() ? payload.target().pid().getAsInt() : null,
                reason instanceof StopReason.Signal s ? s : null,
                thread,
                threads,
                registers(thread, all),
                all,
                analysis,
                payload.target().openFiles().orElse(null));
    }

    private ThreadReport thread(ThreadInfo info, int frameLimit) {
        List<FrameReport> frames = new ArrayList<>();
        try {
            for (StackFrame frame :
                    inspector.stacks().page(info.id(), 0, frameLimit).frames()) {
                frames.add(frame(frame));
            }
            return new ThreadReport(info, frames, null);
        } catch (DebuggerException | CorruptFileException | RspException e) {
            return new ThreadReport(info, frames, String.valueOf(e.getMessage()));
        }
    }

    private FrameReport frame(StackFrame frame) {
        SourceLocation location = frame.location();
        Map<Integer, String> lines = location == null
                ? Map.of()
                : payload.sources().around(location.path(), location.line(), LINES_BEFORE, LINES_AFTER);
        return new FrameReport(inspector.info(frame, true), inspector.locals(frame), lines);
    }

    private Map<String, String> registers(long thread, List<String> notices) {
        Map<String, String> shown = new LinkedHashMap<>();
        try {
            Registers registers = payload.target().registers(thread);
            for (AmdRegister register : AmdRegister.values()) {
                boolean general = register.compareTo(AmdRegister.GS) <= 0
                        || register == AmdRegister.FS_BASE
                        || register == AmdRegister.GS_BASE;
                if (!general || !registers.has(register)) continue;
                String form = register.bytes() == 8 ? "0x%016x" : "0x%08x";
                shown.put(register.gdbName(), String.format(form, registers.get(register)));
            }
        } catch (DebuggerException e) {
            notices.add(String.valueOf(e.getMessage()));
        }
        return shown;
    }
}
