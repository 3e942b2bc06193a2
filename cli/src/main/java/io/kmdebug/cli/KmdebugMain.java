package io.kmdebug.cli;

import io.kmdebug.cli.command.Terminal;
import io.kmdebug.dap.DapMain;
import io.kmdebug.dap.request.SessionFactory;
import java.util.Arrays;

/** Entry point of {@code kmdebug}. */
public final class KmdebugMain {
    private KmdebugMain() {}

    public static void main(String[] args) {
        // The adapter's start is what an editor waits for: it must not load the command line.
        if (args.length > 0 && args[0].equals("dap")) {
            System.exit(DapMain.run(Arrays.copyOfRange(args, 1, args.length)));
        }
        System.exit(Kmdebug.execute(Terminal.standard(), SessionFactory.debugger(), args));
    }
}
