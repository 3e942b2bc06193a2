package io.kmdebug.cli;

import io.kmdebug.dap.request.SessionFactory;
import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.FrameReport;
import io.kmdebug.debugger.CrashReport.ThreadReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.VariableInfo;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Opens made-up cores: sessions that answer {@code report} with what they are given. */
final class FakeCore implements SessionFactory {
    @Nullable
    CoreOptions opened;

    int frameLimit;
    boolean closed;
    private final CrashReport report;

    FakeCore(CrashReport report) {
        this.report = report;
    }

    @Override
    public Session launch(LaunchOptions options, SessionListener listener) {
        throw new AssertionError("nothing is launched here");
    }

    @Override
    public Session attach(AttachOptions options, SessionListener listener) {
        throw new AssertionError("nothing is attached here");
    }

    @Override
    public Session openCore(CoreOptions options, SessionListener listener) {
        opened = options;
        if (options.core().endsWith("text")) {
            throw new DebuggerException(options.core() + ": not an ELF file");
        }
        return (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("evaluate")) {
                        if (arguments[0].equals("nobody")) throw new DebuggerException("no symbol \"nobody\"");
                        return new VariableInfo(
                                (String) arguments[0], "frame " + arguments[1], "int", true, 0, 0, 0, null, null);
                    }
                    switch (method.getName()) {
                        case "report" -> {
                            if (options.core().endsWith("defect")) {
                                throw new IllegalStateException("a defect");
                            }
                            frameLimit = (Integer) arguments[0];
                            return report;
                        }
                        case "close" -> {
                            closed = true;
                            return null;
                        }
                        default -> throw new AssertionError(method + " is not asked for by the command line");
                    }
                });
    }

    /** Three threads: one at fault, two that wait alike; and one whose stack cannot be walked. */
    static CrashReport crash() {
        VariableInfo note = value("note", "0x0", "const struct note *");
        VariableInfo gone = new VariableInfo("gone", "<optimized out>", "int", false, 0, 0, 0, null, null);
        Map<Integer, String> lines = new TreeMap<>(Map.of(9, "{", 10, "  return note->urgency;", 11, "}"));
        FrameReport fault = new FrameReport(
                frame(1, "urgency_of", 0x401260, new SourceLocation("/src/crew.c", 10, 3), List.of(note), null),
                List.of(gone, value("p", "{x=3, y=4}", "struct point")),
                lines);
        FrameReport outer = new FrameReport(
                frame(2, "?? 0x401300", 0x401300, null, List.of(), "no unwind information for 0x401300"),
                List.of(),
                Map.of());
        Map<String, String> registers = new LinkedHashMap<>();
        registers.put("rax", "0x0000000000000000");
        registers.put("rbx", "0x0000000000000001");
        registers.put("rip", "0x0000000000401260");
        registers.put("eflags", "0x00010246");
        return new CrashReport(
                "kmcore",
                "/bin/crew",
                "crew 4",
                7,
                new StopReason.Signal(11, "SIGSEGV", "Segmentation fault: address 0x0 is not mapped", 0L),
                3,
                List.of(
                        idle(1),
                        new ThreadReport(new ThreadInfo(3, "east"), List.of(fault, outer), null),
                        idle(2),
                        new ThreadReport(new ThreadInfo(4, "west"), List.of(), "cannot read memory at 0x10")),
                registers,
                List.of("the core is cut off at 4096 bytes"),
                analysis(),
                List.of(
                        new OpenFile(0, "/dev/null", "O_RDONLY", 0),
                        new OpenFile(3, "/src/log", "O_WRONLY|O_APPEND", 120)));
    }

    private static CrashAnalysis analysis() {
        return new CrashAnalysis(
                "null pointer dereference: reads note->urgency, and note is 0x0, in urgency_of (crew.c:10)",
                CrashAnalysis.Cause.NULL_POINTER,
                new CrashAnalysis.Instruction(
                        0x401260,
                        "mov eax, dword ptr [rax]",
                        List.of(new CrashAnalysis.Operand(
                                "dword ptr [rax]", "read", 0L, "note->urgency", "note", "0x0"))),
                List.of(List.of(1L, 2L), List.of(3L), List.of(4L)),
                Map.of(
                        1L,
                        new CrashAnalysis.SystemCall(
                                202, "futex", Map.of("op", "128"), Map.of("op", "FUTEX_WAIT|FUTEX_PRIVATE_FLAG"))),
                List.of(new CrashAnalysis.Wait(1, "mutex", 0x404040, "door", 3L)),
                List.of(),
                "0123456789abcdef");
    }

    private static ThreadReport idle(int id) {
        FrameInfo wait = frame(10 + id, "wait", 0x402000, null, List.of(), "outermost frame");
        return new ThreadReport(new ThreadInfo(id, "crew"), List.of(new FrameReport(wait, List.of(), Map.of())), null);
    }

    private static FrameInfo frame(
            int id,
            String function,
            long pc,
            @Nullable SourceLocation location,
            List<VariableInfo> arguments,
            @Nullable String end) {
        return new FrameInfo(id, function, pc, location, "crew", false, false, false, false, null, arguments, end);
    }

    private static VariableInfo value(String name, String value, String type) {
        return new VariableInfo(name, value, type, true, 0, 0, 0, null, name);
    }
}
