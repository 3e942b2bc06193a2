package io.kmdebug.debugger.target;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.MonitorLocation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@code km} launcher and starts it with its stub. The command line is KM's: {@code km --km-log-to=FILE
 * --coredump=FILE -gPORT PROGRAM ARGUMENTS}.
 */
public final class KmLauncher {
    private KmLauncher() {}

    /**
     * Starts km and waits until its stub listens.
     *
     * @throws DebuggerException when km cannot be started or gives up; the message has what km said
     */
    public static KmProcess start(LaunchOptions options, KmProcess.OutputSink sink) {
        Path km = find(options.monitor());
        Path log = logFile();
        List<String> command = command(km, log, options);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        if (options.workingDirectory() != null) {
            if (!Files.isDirectory(options.workingDirectory())) {
                throw new DebuggerException("The working directory " + options.workingDirectory() + " does not exist.");
            }
            builder.directory(options.workingDirectory().toFile());
        }
        if (options.environment() != null) {
            builder.environment().clear();
            builder.environment().putAll(options.environment());
        }
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new DebuggerException("The monitor " + km + " cannot be started: " + e.getMessage(), e);
        }
        return KmProcess.awaitStub(process, log, sink);
    }

    private static List<String> command(Path km, Path log, LaunchOptions options) {
        List<String> command = new ArrayList<>();
        command.add(km.toString());
        command.add("--km-log-to=" + log);
        if (options.coreFile() != null) command.add("--coredump=" + options.coreFile());
        command.add("-g" + freePort());
        // a payload that was launched ends with its debugger, however that ends
        command.add("--gdb-lost-kill");
        command.addAll(options.monitorArguments());
        // km runs in another folder than this process may
        command.add(options.program().toAbsolutePath().toString());
        command.addAll(options.arguments());
        return command;
    }

    /** The stub takes the next free port when another process is quicker; its banner says which one it took. */
    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new DebuggerException("No port on the loopback interface is free: " + e.getMessage(), e);
        }
    }

    private static Path logFile() {
        try {
            return Files.createTempFile("kmdebug-km-", ".log");
        } catch (IOException e) {
            throw new DebuggerException("No temporary file can be made for the monitor's log: " + e.getMessage(), e);
        }
    }

    private static Path find(@Nullable Path named) {
        if (named != null) return executable(named, "the launch argument \"km\"");
        return MonitorLocation.find()
                .map(found -> executable(found.path(), found.namedBy()))
                .orElseThrow(() -> new DebuggerException(
                        "The monitor km is not found: it is neither beside this distribution nor on PATH. Name it with"
                                + " the launch argument \"km\" or the environment variable "
                                + MonitorLocation.VARIABLE + "."));
    }

    private static Path executable(Path km, String source) {
        if (!Files.isRegularFile(km)) {
            throw new DebuggerException("The monitor " + km + " that " + source + " names does not exist.");
        }
        if (!Files.isExecutable(km)) {
            throw new DebuggerException(
                    String.format(Locale.ROOT, "The monitor %s that %s names is not executable.", km, source));
        }
        return km.toAbsolutePath();
    }
}
