package io.kmdebug.cli.dump;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.cli.report.ReportListener;
import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SavedCore;
import io.kmdebug.debugger.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kmdebug dump}: a core of something that goes on. */
@Command(
        name = "dump",
        description = "Writes a core of a program that goes on: behind a debug stub, or a process of this machine.")
public final class DumpCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65535;
    private static final String LOOPBACK = "127.0.0.1";

    private final Context context;

    @Parameters(
            index = "0",
            paramLabel = "[HOST]:PORT|PID",
            description = "A stub (km --gdb-listen, gdbserver), 127.0.0.1 when no host is given; or a process id.")
    private @Nullable String target;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Where the core goes; else where km writes cores, and core.PID of other programs.")
    private @Nullable Path file;

    public DumpCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        String named = target;
        if (named == null) throw new BadInput("name what to dump: kmdebug dump [HOST]:PORT|PID [FILE]");
        int colon = named.lastIndexOf(':');
        if (colon >= 0) {
            String host = named.substring(0, colon);
            dump(host.isEmpty() ? LOOPBACK : host, number(named.substring(colon + 1), MAX_PORT));
            return ExitCode.OK;
        }
        int pid = number(named, Integer.MAX_VALUE);
        check(pid);
        try (AttachedServer server = AttachedServer.start(pid)) {
            dump(LOOPBACK, server.port());
        }
        return ExitCode.OK;
    }

    private void dump(String host, int port) {
        Terminal terminal = context.terminal();
        Path wanted = file == null ? null : file.toAbsolutePath();
        AttachOptions options = new AttachOptions(host, port, null, Map.of());
        try (Session session = context.sessions().attach(options, new ReportListener(terminal.err()))) {
            SavedCore saved;
            try {
                saved = session.saveCore(wanted);
            } catch (DebuggerException e) {
                leave(session, e);
                throw e;
            }
            session.disconnect();
            terminal.out().println("core written to " + saved.path());
            saved.notes().forEach(note -> terminal.complain("note: " + note));
        }
    }

    /** The program goes on whatever became of the core. */
    private static void leave(Session session, DebuggerException cause) {
        try {
            session.disconnect();
        } catch (DebuggerException e) {
            cause.addSuppressed(e);
        }
    }

    private static int number(String text, int most) {
        if (text.matches("\\d{1,10}")) {
            long number = Long.parseLong(text);
            if (number >= 1 && number <= most) return (int) number;
        }
        throw new BadInput("'" + text + "' is no port or process id; name [HOST]:PORT or PID");
    }

    /** The memory of a monitor is not what anybody wants to see. */
    private static void check(int pid) throws IOException {
        Path commandLine = Path.of("/proc", Integer.toString(pid), "cmdline");
        if (!Files.exists(commandLine)) throw new BadInput("there is no process " + pid);
        String words = new String(Files.readAllBytes(commandLine), StandardCharsets.UTF_8);
        if (words.contains("io.kmdebug.monitor/") || words.contains("io.kmdebug.monitor.KmMain")) {
            throw new BadInput(
                    "process " + pid + " is a km: ask for its payload's core by its stub's [HOST]:PORT, or with "
                            + "km_cli core -p " + pid);
        }
    }
}
