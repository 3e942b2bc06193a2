package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.StackPage;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.StackFrame;
import org.eclipse.lsp4j.debug.StackTraceArguments;
import org.eclipse.lsp4j.debug.StackTraceResponse;

/** {@code stackTrace}: frames of a thread, by page. Where a walk ends early, a label behind the last frame says why. */
final class StackTraceHandler implements RequestHandler<StackTraceArguments, StackTraceResponse> {
    @Override
    public String command() {
        return "stackTrace";
    }

    @Override
    public Class<StackTraceArguments> argumentType() {
        return StackTraceArguments.class;
    }

    @Override
    public StackTraceResponse handle(StackTraceArguments arguments, Conversation conversation) {
        int start = arguments.getStartFrame() == null ? 0 : arguments.getStartFrame();
        int levels = arguments.getLevels() == null ? 0 : arguments.getLevels();
        if (start < 0) {
            throw new BadArgument("startFrame", "must be 0 or more, not " + start);
        }
        if (levels < 0) {
            throw new BadArgument("levels", "must be 0 (all) or more, not " + levels);
        }
        Session session = conversation.session();
        boolean withArguments = FrameViews.withArguments(arguments.getFormat());
        StackPage page = session.stack(arguments.getThreadId(), start, levels, withArguments);
        List<StackFrame> frames = new ArrayList<>();
        for (FrameInfo info : page.frames()) {
            frames.add(FrameViews.frame(info, arguments.getFormat(), conversation.sources()));
        }
        int total = page.total();
        FrameInfo last = page.frames().isEmpty()
                ? lastBefore(session, arguments.getThreadId(), start, total)
                : page.frames().get(page.frames().size() - 1);
        if (last != null && FrameViews.endsEarly(last)) {
            total++;
            if (levels == 0 || frames.size() < levels) {
                frames.add(FrameViews.label(last));
            }
        }
        StackTraceResponse response = new StackTraceResponse();
        response.setStackFrames(frames.toArray(StackFrame[]::new));
        response.setTotalFrames(total);
        return response;
    }

    /** A client that asks for what is behind the last frame gets the label alone. */
    private static @org.jspecify.annotations.Nullable FrameInfo lastBefore(
            Session session, long thread, int start, int total) {
        if (start == 0 || start != total) {
            return null;
        }
        List<FrameInfo> frames = session.stack(thread, start - 1, 1, false).frames();
        return frames.isEmpty() ? null : frames.get(0);
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsDelayedStackTraceLoading(true);
    }

    @Override
    public String notes() {
        return "Paged by `startFrame` and `levels`; `format.parameters`, `parameterTypes`, `parameterNames`, "
                + "`parameterValues`, `line` and `module` shape the names. A walk that ends early says why in a last label frame";
    }
}
