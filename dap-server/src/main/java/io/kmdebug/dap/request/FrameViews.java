package io.kmdebug.dap.request;

import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.VariableInfo;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.debug.StackFrame;
import org.eclipse.lsp4j.debug.StackFrameFormat;
import org.eclipse.lsp4j.debug.StackFramePresentationHint;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.jspecify.annotations.Nullable;

/** Stack frames in DAP's words. */
final class FrameViews {
    /** The end of a healthy stack; any other end is worth a line of its own. */
    private static final String OUTERMOST = "outermost frame";

    private FrameViews() {}

    static StackFrame frame(FrameInfo info, @Nullable StackFrameFormat format, Sources sources) {
        StackFrame frame = new StackFrame();
        frame.setId(info.id());
        frame.setName(name(info, format));
        frame.setInstructionPointerReference(Addresses.format(info.pc()));
        if (info.image() != null) {
            frame.setModuleId(Either.forRight(info.image()));
        }
        SourceLocation location = info.location();
        if (location == null) {
            frame.setPresentationHint(StackFramePresentationHint.SUBTLE);
        } else {
            frame.setSource(sources.source(location));
            frame.setLine(sources.clientLine(location.line()));
            Integer column = sources.clientColumn(location.column());
            frame.setColumn(column == null ? 0 : column);
        }
        return frame;
    }

    /** Whether the walk ended with this frame for a reason the user should see. */
    static boolean endsEarly(FrameInfo info) {
        return info.endReason() != null && !info.endReason().startsWith(OUTERMOST);
    }

    /** Says at the end of a stack why it ends there. Its id is no frame's. */
    static StackFrame label(FrameInfo last) {
        StackFrame frame = new StackFrame();
        frame.setId(0);
        frame.setName("[stack ends here: " + last.endReason() + "]");
        frame.setPresentationHint(StackFramePresentationHint.LABEL);
        return frame;
    }

    private static String name(FrameInfo info, @Nullable StackFrameFormat format) {
        StringBuilder name = new StringBuilder();
        if (on(format == null ? null : format.getModule()) && info.image() != null) {
            name.append(info.image()).append('!');
        }
        name.append(info.function());
        if (withArguments(format)) {
            name.append(arguments(info.arguments(), format));
        }
        if (info.inlined()) {
            name.append(" [inlined]");
        }
        if (info.tailCall()) {
            name.append(" [tail call]");
        }
        if (info.guess() != null) {
            name.append(" [found ").append(info.guess()).append(']');
        }
        SourceLocation location = info.location();
        if (on(format == null ? null : format.getLine()) && location != null) {
            name.append(':').append(location.line());
        }
        return name.toString();
    }

    static boolean withArguments(@Nullable StackFrameFormat format) {
        return format != null && on(format.getParameters());
    }

    private static String arguments(List<VariableInfo> arguments, @Nullable StackFrameFormat format) {
        boolean types = format != null && on(format.getParameterTypes());
        boolean values = format != null && on(format.getParameterValues());
        boolean names = (format != null && on(format.getParameterNames())) || (!types && !values);
        List<String> shown = new ArrayList<>();
        for (VariableInfo argument : arguments) {
            StringBuilder text = new StringBuilder();
            if (types && argument.type() != null) {
                text.append(argument.type());
            }
            if (names) {
                text.append(text.isEmpty() ? "" : " ").append(argument.name());
            }
            if (values) {
                text.append(text.isEmpty() ? "" : "=").append(argument.value());
            }
            shown.add(text.toString());
        }
        return "(" + String.join(", ", shown) + ")";
    }

    private static boolean on(@Nullable Boolean flag) {
        return Boolean.TRUE.equals(flag);
    }
}
