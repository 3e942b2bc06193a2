package io.kmdebug.cli.run;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.cli.command.Monitor;
import io.kmdebug.cli.command.Terminal;
import io.kmdebug.cli.report.Cores;
import io.kmdebug.cli.report.ReportOptions;
import io.kmdebug.cli.report.ReportText;
import io.kmdebug.debugger.CrashReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kmdebug run}: runs a program in the monitor, and explains the crash if it has one. */
@Command(
        name = "run",
        description = {
            "Runs a program in a virtual machine; its standard streams are this command's.",
            "When it crashes, the report goes to standard error. Options that are not listed here go to km."
        })
public final class RunCommand implements Callable<Integer> {
    /** Options of km whose value may stand in the next word. */
    private static final Set<String> WITH_VALUE = Set.of(
            "-e",
            "-F",
            "-P",
            "-C",
            "-k",
            "--log-to",
            "--km-log-to",
            "--putenv",
            "--copyenv",
            "--coredump",
            "--snapshot",
            "--membus-width",
            "--virt-device",
            "--mgtpipe",
            "--gdb-socket",
            "--gdb-bind",
            "--gdb-token-file");

    private static final int FIRST_SIGNAL_STATUS = 128;

    private final Context context;

    @Mixin
    private ReportOptions options = new ReportOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = "[KM-OPTION...] PROGRAM [ARG...]",
            hideParamSyntax = true,
            description = "Options for km, the x86-64 executable, and its arguments.")
    private List<String> words = List.of();

    public RunCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.check();
        Split split = split(words);
        Path km = Monitor.find(System.getenv());
        if (km == null) {
            throw new BadInput("the monitor km is neither beside this kmdebug nor on PATH; name it in KMDEBUG_KM");
        }
        if (!Files.exists(split.program)) {
            context.terminal().complain(split.program + ": no such file; name the executable to run");
            return ExitCode.NOT_FOUND;
        }
        Instant start = Instant.now();
        int status = run(km);
        if (status >= FIRST_SIGNAL_STATUS && wasWritten(split.core, start)) {
            explain(split);
        }
        return status;
    }

    private int run(Path km) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(km.toString()));
        command.addAll(words);
        Process process;
        try {
            process = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            context.terminal()
                    .complain("cannot start " + km + ": " + e.getMessage() + "; name another km in KMDEBUG_KM");
            return ExitCode.CANNOT_RUN;
        }
        Thread end = new Thread(process::destroy, "end-km");
        Runtime.getRuntime().addShutdownHook(end);
        int status = process.waitFor();
        Runtime.getRuntime().removeShutdownHook(end);
        return status;
    }

    /** A core from an earlier run is not this run's. File times may be coarser than the clock. */
    private static boolean wasWritten(Path core, Instant start) throws IOException {
        return Files.isRegularFile(core)
                && Files.getLastModifiedTime(core).compareTo(FileTime.from(start.minusSeconds(1))) >= 0;
    }

    private void explain(Split split) {
        Terminal terminal = context.terminal();
        terminal.complain("the payload crashed; its core is " + split.core);
        CrashReport report = new Cores(context, split.program, null, options).readNamed(split.core);
        new ReportText(terminal.err(), terminal.inkErr(), options).print(report);
    }

    /** @param core where km writes a core */
    record Split(Path program, Path core) {}

    /** Finds the program behind km's options. */
    static Split split(List<String> words) {
        String core = "kmcore";
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                if (i + 1 < words.size()) {
                    return new Split(Path.of(words.get(i + 1)), Path.of(core));
                }
            } else if (!word.startsWith("-") || word.equals("-")) {
                return new Split(Path.of(word), Path.of(core));
            } else if (WITH_VALUE.contains(word) && i + 1 < words.size()) {
                String value = words.get(++i);
                core = word.equals("-C") || word.equals("--coredump") ? value : core;
            } else {
                String attached = attached(word);
                core = attached == null ? core : attached;
            }
        }
        throw new BadInput(
                "there is no program behind the options " + String.join(" ", words) + "; name the executable to run");
    }

    private static @Nullable String attached(String word) {
        if (word.startsWith("--coredump=")) {
            return word.substring("--coredump=".length());
        }
        return word.startsWith("-C") && word.length() > 2 ? word.substring(2) : null;
    }
}
