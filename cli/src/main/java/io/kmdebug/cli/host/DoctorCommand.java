package io.kmdebug.cli.host;

import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.cli.command.Ink;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.cli.host.Doctor.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kmdebug doctor}: says what this host offers, and how to mend what it lacks. */
@Command(
        name = "doctor",
        description =
                "Says what this host offers, and how to mend what it lacks. Exit code 1 when something needed is missing.")
public final class DoctorCommand implements Callable<Integer> {
    private final Context context;

    public DoctorCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<Finding> findings = new Doctor(Path.of("/"), System.getenv(), new HostCommands()).examine();
        return print(findings, context.terminal());
    }

    static int print(List<Finding> findings, Terminal terminal) {
        Ink ink = terminal.inkOut();
        boolean missing = false;
        for (Finding finding : findings) {
            String mark = switch (finding.state()) {
                case OK -> ink.green("ok      ");
                case MISSING -> ink.red("missing ");
                case OPTIONAL -> ink.yellow("optional");
                case NOTE -> ink.dim("note    ");
            };
            terminal.out().println(mark + " " + finding.subject() + ": " + finding.found());
            if (!finding.remedy().isEmpty()) {
                terminal.out().println("           " + finding.remedy());
            }
            missing |= finding.state() == Doctor.State.MISSING;
        }
        return missing ? ExitCode.FAILURE : ExitCode.OK;
    }
}
