package io.kmdebug.debugger.console;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.Session;
import java.util.List;
import java.util.stream.Collectors;

/** {@code help}: what there is. */
final class Help implements ConsoleCommand {
    private final List<ConsoleCommand> commands;

    /** @param commands all, this one too as soon as it is there */
    Help(List<ConsoleCommand> commands) {
        this.commands = commands;
    }

    @Override
    public String name() {
        return "help";
    }

    @Override
    public String usage() {
        return "help [COMMAND]";
    }

    @Override
    public String summary() {
        return "this list, or one command of it";
    }

    @Override
    public String run(String argument, int frameId, Session session) {
        if (!argument.isBlank()) {
            ConsoleCommand one = Console.command(argument.strip());
            if (one == null)
                throw new DebuggerException("There is no command " + argument.strip() + "; help lists them.");
            return one.usage() + "  " + one.summary();
        }
        int width = commands.stream().mapToInt(c -> c.usage().length()).max().orElse(0);
        String list = commands.stream()
                .map(c -> c.usage() + " ".repeat(width - c.usage().length() + 2) + c.summary())
                .collect(Collectors.joining("\n"));
        return list + "\nEverything else is an expression. A backtick in front of a command tells it from a variable.";
    }
}
