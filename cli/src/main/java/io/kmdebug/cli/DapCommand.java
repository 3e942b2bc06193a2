package io.kmdebug.cli;

import io.kmdebug.cli.command.BadInput;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kmdebug dap}, for the help only: {@link KmdebugMain} runs the adapter without the command line. */
@Command(
        name = "dap",
        description = "Speaks the Debug Adapter Protocol on standard input and output, or on a TCP port.")
final class DapCommand implements Callable<Integer> {
    @Option(
            names = "--listen",
            paramLabel = "[HOST:]PORT",
            description = "Serves any number of clients on TCP; 127.0.0.1 when no host is given, a free port for 0.")
    private @Nullable String listen;

    @Option(
            names = "--log",
            paramLabel = "rsp=FILE",
            description = "Keeps the packets to and from debug stubs in FILE.")
    private @Nullable String log;

    @Override
    public Integer call() {
        throw new BadInput("'dap' comes first on the command line: kmdebug dap"
                + (listen == null ? "" : " --listen " + listen) + (log == null ? "" : " --log " + log));
    }
}
