package io.kmdebug.cli.html;

import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.ThreadReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.InstructionInfo;
import io.kmdebug.debugger.MemoryRegion;
import io.kmdebug.debugger.ModuleInfo;
import io.kmdebug.debugger.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a page shows.
 *
 * @param fault address of the instruction that failed or runs; null where no stack is known
 * @param code the instructions around it
 * @param codeError why there are none; null where there are
 */
public record Evidence(
        CrashReport report,
        @Nullable Long fault,
        List<InstructionInfo> code,
        @Nullable String codeError,
        List<ModuleInfo> modules,
        List<MemoryRegion> memory) {
    private static final int INSTRUCTIONS_BEFORE = 12;
    private static final int INSTRUCTIONS = 25;

    /** Gathers what belongs to {@code report} from its session. */
    public static Evidence of(CrashReport report, Session session) {
        Long fault = fault(report);
        List<InstructionInfo> code = List.of();
        String error = fault == null ? "no stack is known" : null;
        if (fault != null) {
            try {
                code = session.disassemble(fault, -INSTRUCTIONS_BEFORE, INSTRUCTIONS);
            } catch (DebuggerException e) {
                error = String.valueOf(e.getMessage());
            }
        }
        return new Evidence(report, fault, code, error, session.modules(), session.memoryMap());
    }

    private static @Nullable Long fault(CrashReport report) {
        CrashAnalysis.Instruction failed = report.analysis().instruction();
        if (failed != null) return failed.address();
        for (ThreadReport thread : report.threads()) {
            if (thread.thread().id() == report.faultingThread()
                    && !thread.frames().isEmpty())
                return thread.frames().get(0).frame().pc();
        }
        return null;
    }
}
