package io.kmdebug.dap.request;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.SessionListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.eclipse.lsp4j.debug.InitializeRequestArguments;
import org.jspecify.annotations.Nullable;

/** What is known between the requests of one client: how it counts, its session, what it was told. */
public final class Conversation {
    private final SessionFactory sessions;
    private final Outlet outlet;
    private final Sources sources = new Sources();
    private final VariableViews variables = new VariableViews();
    private final SessionEvents events;
    private final Set<Integer> functionBreakpoints = ConcurrentHashMap.newKeySet();
    private volatile SignalChoice signals = SignalChoice.DEFAULT;
    private volatile @Nullable Session session;
    private volatile boolean closing;
    private boolean initialized;
    private boolean configured;
    private boolean launched;

    public Conversation(SessionFactory sessions, Outlet outlet) {
        this.sessions = sessions;
        this.outlet = outlet;
        this.events = new SessionEvents(this, outlet);
    }

    void initialize(InitializeRequestArguments client) {
        if (initialized) {
            throw new DebuggerException("initialize was sent before; a conversation has one");
        }
        initialized = true;
        sources.count(
                !Boolean.FALSE.equals(client.getLinesStartAt1()),
                !Boolean.FALSE.equals(client.getColumnsStartAt1()),
                "uri".equals(client.getPathFormat()));
        events.progressEvents(Boolean.TRUE.equals(client.getSupportsProgressReporting()));
        variables.showTypes(Boolean.TRUE.equals(client.getSupportsVariableType()));
    }

    /** Starts the one session of this conversation. */
    Session open(boolean launch, Function<SessionListener, Session> start) {
        if (!initialized) {
            throw new DebuggerException("send initialize first");
        }
        if (session != null) {
            throw new DebuggerException(
                    "this conversation has a session already; start another one for a second payload");
        }
        Session opened = start.apply(events);
        session = opened;
        launched = launch;
        if (closing) {
            opened.close();
            throw new DebuggerException("the client left while the session was being started");
        }
        return opened;
    }

    /** @throws DebuggerException when there is none yet */
    Session session() {
        Session present = session;
        if (present == null) {
            throw new DebuggerException("there is no session yet: send launch or attach first");
        }
        return present;
    }

    @Nullable
    Session sessionOrNull() {
        return session;
    }

    /** Lets the payload go, once. */
    void configurationDone() {
        Session present = session();
        if (configured) {
            throw new DebuggerException("configurationDone was sent before");
        }
        configured = true;
        present.start();
    }

    /** The session, for a request that lets the payload run. */
    Session resuming() {
        Session present = session();
        if (!configured) {
            throw new DebuggerException("the payload is held until configurationDone; send that first");
        }
        return present;
    }

    boolean launched() {
        return launched;
    }

    Outlet outlet() {
        return outlet;
    }

    Sources sources() {
        return sources;
    }

    VariableViews variables() {
        return variables;
    }

    Set<Integer> functionBreakpoints() {
        return functionBreakpoints;
    }

    SignalChoice signals() {
        return signals;
    }

    void signals(SignalChoice choice) {
        signals = choice;
    }

    /** Makes a running request come to an end, from any thread. */
    public void interrupt() {
        Session present = session;
        if (present != null) {
            present.pause();
        }
    }

    /** Ends the session and all it started, from any thread, in any state. */
    public void close() {
        closing = true;
        Session present = session;
        if (present != null) {
            present.close();
        }
    }

    SessionFactory sessions() {
        return sessions;
    }
}
