package io.kmdebug.cli.report;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.cli.command.Context;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.SymbolPool;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens cores, all by the same options. */
public final class Cores {
    private final Context context;
    private final @Nullable Path program;
    private final @Nullable Path sysroot;
    private final ReportOptions options;
    private final SymbolPool pool = new SymbolPool();

    /**
     * @param program of all cores; null: found from what each names
     * @param sysroot as in {@link CoreOptions#sysroot}
     */
    public Cores(Context context, @Nullable Path program, @Nullable Path sysroot, ReportOptions options) {
        this.context = context;
        this.program = program;
        this.sysroot = sysroot;
        this.options = options;
    }

    /** @throws io.kmdebug.debugger.DebuggerException when the core cannot be opened */
    public Session open(Path core) {
        return context.sessions()
                .openCore(
                        new CoreOptions(core, program, options.sourceMap, options.downloads(), sysroot, pool),
                        new ReportListener(context.terminal().err()));
    }

    /** @throws BadInput when the core, which the user named, cannot be opened */
    public Session openNamed(Path core) {
        try {
            return open(core);
        } catch (DebuggerException e) {
            throw new BadInput(String.valueOf(e.getMessage()), e);
        }
    }

    /** @throws BadInput when the core, which the user named, cannot be opened */
    public CrashReport readNamed(Path core) {
        try (Session session = openNamed(core)) {
            return report(session);
        }
    }

    /** The whole report of a session with one of the cores, with the answers to the options' questions. */
    public CrashReport report(Session session) {
        Questions questions = new Questions(options.expressions, options.function);
        return questions.answered(session.report(options.frames), session);
    }
}
