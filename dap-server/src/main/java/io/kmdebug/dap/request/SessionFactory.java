package io.kmdebug.dap.request;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.SessionListener;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where sessions come from; tests put their own in place of the debugger's. */
public interface SessionFactory {
    Session launch(LaunchOptions options, SessionListener listener);

    Session attach(AttachOptions options, SessionListener listener);

    Session openCore(CoreOptions options, SessionListener listener);

    /** The debugger's. */
    static SessionFactory debugger() {
        return debugger(null);
    }

    /**
     * The debugger's.
     *
     * @param packets a file that every packet to and from stubs is appended to; null for none
     */
    static SessionFactory debugger(@Nullable Path packets) {
        return new SessionFactory() {
            @Override
            public Session launch(LaunchOptions options, SessionListener listener) {
                return Session.launch(options, listener, packets);
            }

            @Override
            public Session attach(AttachOptions options, SessionListener listener) {
                return Session.attach(options, listener, packets);
            }

            @Override
            public Session openCore(CoreOptions options, SessionListener listener) {
                return Session.openCore(options, listener);
            }
        };
    }
}
