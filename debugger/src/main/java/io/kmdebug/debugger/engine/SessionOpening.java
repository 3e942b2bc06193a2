package io.kmdebug.debugger.engine;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.StubPlace;
import io.kmdebug.debugger.target.CoreTarget;
import io.kmdebug.debugger.target.KmLauncher;
import io.kmdebug.debugger.target.KmProcess;
import io.kmdebug.debugger.target.LiveTarget;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.rsp.RspClient;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget;
import io.kmdebug.symbols.Symbols;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The three ways to get a session. */
public final class SessionOpening {
    private SessionOpening() {}

    /** See {@link Session#launch}. */
    public static Session launch(LaunchOptions options, SessionListener listener, @Nullable Path packets) {
        SymbolFiles files = new SymbolFiles(options.downloads(), listener);
        Symbols program = files.symbols(Opening.program(options.program()));
        Opening.readAhead(program);
        LateOutput output = new LateOutput();
        long now = System.currentTimeMillis();
        KmProcess km = KmLauncher.start(options, output);
        RspClient client = null;
        try {
            client = Opening.connect(new StubPlace.Port("127.0.0.1", km.port(), null), packets);
            LiveTarget target = new LiveTarget(client);
            Launched launched = new Launched(options, km, now);
            DebugSession session =
                    new DebugSession(target, launched, options.sourceMap(), options.program(), files, listener);
            output.connect(session::output);
            session.openLive(
                    program, new StopReason.Entry(), target.initialStop().tid());
            return session;
        } catch (RuntimeException e) {
            if (client != null) client.close();
            km.close();
            throw e;
        }
    }

    /** See {@link Session#attach}. */
    public static Session attach(AttachOptions options, SessionListener listener, @Nullable Path packets) {
        SymbolFiles files = new SymbolFiles(options.downloads(), listener);
        ElfFile named = options.program() == null ? null : Opening.program(options.program());
        RspClient client = Opening.connect(options.stub(), packets);
        try {
            LiveTarget target = new LiveTarget(client);
            StopEvent stop = target.initialStop();
            if (stop.isExit()) throw new DebuggerException("The payload behind the stub is gone.");
            ElfFile program = named != null ? named : Opening.programOf(target);
            Path path = program == null ? null : program.path();
            DebugSession session = new DebugSession(target, null, options.sourceMap(), path, files, listener);
            session.openLive(program == null ? null : files.symbols(program), reason(stop, target), stop.tid());
            return session;
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** A stub says SIGTRAP of a payload that it holds for no reason of the payload's. */
    private static StopReason reason(StopEvent stop, LiveTarget target) {
        if (stop.reason() instanceof StubTarget.StopReason.Signalled s
                && s.signal() != 0
                && s.signal() != LinuxSignal.SIGTRAP.number()) {
            return SignalTexts.describe(
                    s.signal(), target.signalInfo(stop.tid()).orElse(null));
        }
        return new StopReason.Pause();
    }

    /** See {@link Session#openCore}. */
    public static Session openCore(CoreOptions options, SessionListener listener) {
        CoreFile core = Opening.core(options.core());
        SymbolFiles files =
                new SymbolFiles(options.downloads(), Opening.sysroot(options.sysroot()), options.pool(), listener);
        CoreTarget target = new CoreTarget(core, files);
        List<String> notices = new ArrayList<>();
        ElfFile program = Opening.programOf(target, options.program(), files, notices);
        notices.addAll(core.notices());
        Path path = program == null ? null : program.path();
        DebugSession session = new DebugSession(target, null, options.sourceMap(), path, files, listener);
        session.openCore(target, program == null ? null : files.symbols(program), notices);
        return session;
    }
}
