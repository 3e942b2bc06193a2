package io.kmdebug.cli.relay;

import io.kmdebug.cli.command.BadInput;
import io.kmdebug.cli.command.Context;
import io.kmdebug.cli.command.ExitCode;
import io.kmdebug.debugger.Relay;
import io.kmdebug.debugger.StubPlace;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kmdebug relay}: takes gdb and lldb to a stub that wants a token. */
@Command(
        name = "relay",
        description = {
            "Leads from a port of this machine to a debug stub and shows it the token that gdb and lldb cannot show.",
            "Runs until it is ended. Everybody on this machine who may use the port gets to the stub."
        })
public final class RelayCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65535;

    private final Context context;

    @Option(
            names = "--listen",
            paramLabel = "PORT",
            required = true,
            description = "The port of 127.0.0.1 to listen on; a free one for 0, the next free one when it is taken.")
    private int listen;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "The token that km --gdb-token-file was started with; nobody else may read the file.")
    private @Nullable Path tokenFile;

    @Parameters(paramLabel = "HOST:PORT", description = "The stub, or the path of its unix socket.")
    private String stub = "";

    public RelayCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (listen < 0 || listen > MAX_PORT) {
            throw new BadInput("--listen takes a port from 0 to 65535, not " + listen);
        }
        StubPlace place = place();
        try (Relay relay = Relay.open(listen, place, context.terminal()::complain)) {
            context.terminal().err().println("relaying 127.0.0.1:" + relay.port() + " to " + place);
            context.terminal().err().flush();
            new CountDownLatch(1).await();
        }
        return ExitCode.FAILURE;
    }

    private StubPlace place() {
        if (stub.indexOf('/') >= 0) {
            if (tokenFile != null) {
                throw new BadInput("a unix socket takes no token: leave --token-file out");
            }
            return new StubPlace.Socket(Path.of(stub));
        }
        int colon = stub.lastIndexOf(':');
        String digits = stub.substring(colon + 1);
        boolean number = digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number && !digits.isEmpty() ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw new BadInput("the stub is HOST:PORT with a port from 1 to 65535, or a path, not '" + stub + "'");
        }
        String host = colon <= 0 ? "127.0.0.1" : stub.substring(0, colon);
        return new StubPlace.Port(host.replaceAll("^\\[|]$", ""), port, tokenFile);
    }
}
