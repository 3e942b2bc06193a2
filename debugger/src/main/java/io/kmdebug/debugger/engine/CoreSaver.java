package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SavedCore;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.target.LiveTarget;
import io.kmdebug.debugger.target.RemoteCore;
import io.kmdebug.rsp.RspException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Has the core of a payload that stands written: by its stub where that one can, else by the debugger. */
final class CoreSaver {
    private final LiveTarget target;
    private final SessionState state;
    private final @Nullable Launched launched;

    CoreSaver(LiveTarget target, SessionState state, @Nullable Launched launched) {
        this.target = target;
        this.state = state;
        this.launched = launched;
    }

    /** @param path relative to the payload's folder where the session has started it; null: a name that fits */
    SavedCore save(@Nullable Path path) {
        Path folder = launched == null ? null : launched.options().workingDirectory();
        Path named = path == null || folder == null ? path : folder.resolve(path);
        Path absolute = named == null ? null : named.toAbsolutePath();
        try {
            Optional<String> written = target.saveCore(absolute == null ? null : absolute.toString());
            if (written.isPresent()) return new SavedCore(written.get(), List.of());
            Path own = absolute == null ? defaultName() : absolute;
            return RemoteCore.write(target, own, focus(), signal());
        } catch (IOException e) {
            throw new DebuggerException("No core: " + e.getMessage() + ".", e);
        } catch (RspException e) {
            if (e.kind() != RspException.Kind.REFUSED) throw e;
            String reason = String.valueOf(e.getMessage()).replaceFirst("^no core: ", "");
            throw new DebuggerException("No core: " + reason + ".", e);
        }
    }

    private Path defaultName() {
        return Path.of("core." + target.processId().orElse(0)).toAbsolutePath();
    }

    /** The thread that is looked at; while the payload runs, any. */
    private long focus() {
        List<Long> threads = target.threadIds();
        if (threads.isEmpty()) throw new DebuggerException("No core: no thread is left.");
        return threads.contains(state.focus()) ? state.focus() : threads.get(0);
    }

    private int signal() {
        return state.reason() instanceof StopReason.Signal stopped ? stopped.signal() : 0;
    }
}
