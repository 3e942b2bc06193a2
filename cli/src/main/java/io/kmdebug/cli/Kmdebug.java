package io.kmdebug.cli;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.cli.core.CoreCommand;
import io.kmdebug.cli.demo.DemoCommand;
import io.kmdebug.cli.dump.DumpCommand;
import io.kmdebug.cli.host.DoctorCommand;
import io.kmdebug.cli.relay.RelayCommand;
import io.kmdebug.cli.run.RunCommand;
import io.kmdebug.cli.triage.TriageCommand;
import io.kmdebug.dap.request.SessionFactory;
import io.kmdebug.debugger.DebuggerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself: what it offers, and how failures look. */
@Command(
        name = "kmdebug",
        description = "Debugs programs that run alone in their own virtual machine, and the cores they leave.",
        versionProvider = Kmdebug.Version.class,
        subcommands = {
            CoreCommand.class,
            TriageCommand.class,
            RunCommand.class,
            DumpCommand.class,
            DapCommand.class,
            RelayCommand.class,
            DoctorCommand.class,
            DemoCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ok",
            "1:something that should work did not",
            "2:the command line or a named file is wrong",
            "run:the payload's status; 128+n when signal n ended it; 126, 127 as in the shell"
        })
final class Kmdebug implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Shows the version.")
    private boolean version;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Shows where in the debugger a failure came from.")
    private boolean debug;

    @Override
    public void run() {
        CommandSpec present = spec;
        if (present != null) {
            throw new ParameterException(present.commandLine(), "no command is given");
        }
    }

    static int execute(Terminal terminal, SessionFactory sessions, String... args) {
        Kmdebug root = new Kmdebug();
        Context context = new Context(terminal, sessions);
        CommandLine line = new CommandLine(root, new Commands(context));
        // Whatever run does not know itself is km's or the payload's.
        Objects.requireNonNull(line.getSubcommands().get("run"))
                .setStopAtPositional(true)
                .setUnmatchedOptionsArePositionalParams(true);
        line.setOut(new PrintWriter(terminal.out(), true));
        line.setErr(new PrintWriter(terminal.err(), true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colourOut() ? Ansi.ON : Ansi.OFF));
        line.setParameterExceptionHandler((problem, given) -> {
            String name = problem.getCommandLine().getCommandSpec().qualifiedName();
            terminal.complain(firstLine(problem.getMessage()) + "; see " + name + " --help");
            return ExitCode.BAD_INPUT;
        });
        line.setExecutionExceptionHandler((problem, failed, parsed) -> {
            if (root.debug) {
                problem.printStackTrace(terminal.err());
            }
            terminal.complain(describe(problem));
            return problem instanceof BadInput ? ExitCode.BAD_INPUT : ExitCode.FAILURE;
        });
        return line.execute(args);
    }

    private static String describe(Exception problem) {
        if (problem instanceof DebuggerException || problem instanceof BadInput) {
            return String.valueOf(problem.getMessage());
        }
        return "this failed inside the debugger: " + firstLine(problem.toString())
                + "; --debug shows where, please report it";
    }

    private static String firstLine(@Nullable String text) {
        return String.valueOf(text).lines().findFirst().orElse("");
    }

    /** Makes the commands, with what they work with. */
    private record Commands(Context context) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            Map<Class<?>, Object> made = Map.of(
                    CoreCommand.class, new CoreCommand(context),
                    TriageCommand.class, new TriageCommand(context),
                    RunCommand.class, new RunCommand(context),
                    DumpCommand.class, new DumpCommand(context),
                    RelayCommand.class, new RelayCommand(context),
                    DoctorCommand.class, new DoctorCommand(context),
                    DemoCommand.class, new DemoCommand(context));
            Object command = made.get(type);
            return command == null ? CommandLine.defaultFactory().create(type) : type.cast(command);
        }
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            try (InputStream text = Kmdebug.class.getResourceAsStream("version.txt")) {
                if (text == null) {
                    throw new IllegalStateException("version.txt is not in the jar");
                }
                return new String[] {new String(text.readAllBytes(), StandardCharsets.UTF_8).strip()};
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
